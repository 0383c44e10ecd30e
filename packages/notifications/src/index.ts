/**
 * Slack and e-mail messages about what Pullwright does.
 *
 * @module @pullwright/notifications
 */
export type { EmailOptions } from './email.ts'
export { email } from './email.ts'
export type { NoticeType } from './notices.ts'
export type { NotificationOptions } from './options.ts'
export type { SlackOptions } from './slack.ts'
export { slack } from './slack.ts'
export type { SmtpOptions } from './smtp.ts'
export type { NoticeTemplate, NoticeTemplates } from './templates.ts'
