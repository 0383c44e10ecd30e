/**
 * Receives the webhooks of Jira and turns them into events about issues.
 *
 * @module @pullwright/jira
 */
export type { JiraOptions } from './jira.ts'
export { jira } from './jira.ts'
