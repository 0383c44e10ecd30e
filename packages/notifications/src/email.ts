import { createRedactor, type Plugin } from '@pullwright/core'
import { mailChannel } from './mail-channel.ts'
import { notifier } from './notifier.ts'
import { checkOptions, type NotificationOptions, refused } from './options.ts'
import { type SmtpOptions, smtpOptions, smtpSecrets } from './smtp.ts'

export interface EmailOptions extends NotificationOptions {
  /** The server that takes the mail, or its URL. A missing one is refused here, at once. */
  smtp: SmtpOptions | string | undefined
  /** `ops@example.com`, or `Pullwright <ops@example.com>`. */
  from: string
  to: string | readonly string[]
  /** Before each subject. Default `[Pullwright] `. */
  subjectPrefix?: string
}

/** One address, with or without a name before it; nothing that would begin another header or another address. */
const ADDRESS = /^(?:[^<>@,;:\p{Cc}]*<[^<>@\s,;]+@[^<>@\s,;]+>|[^<>@\s,;]+@[^<>@\s,;]+)$/u

/**
 * Tells people by mail what they have to know. Throws `invalid-argument` for unusable options, and for templates that
 * name unknown variables.
 */
export function email(options: EmailOptions): Plugin {
  const checked = checkOptions('email', options)
  const smtp = smtpOptions(options.smtp)
  const to = [options.to].flat()
  for (const address of [options.from, ...to]) {
    if (typeof address !== 'string' || !ADDRESS.test(address)) {
      throw refused('email', '`from` and `to` must be addresses such as ops@example.com, several as a list')
    }
  }
  if (to.length === 0) throw refused('email', '`to` is empty')
  const secrets = smtpSecrets(smtp)
  const { text: hide } = createRedactor({ values: secrets })
  const { from, subjectPrefix = '[Pullwright] ' } = options
  return notifier({
    channel: mailChannel({ smtp, from, to, subjectPrefix, timeoutMs: checked.timeoutMs, hide }),
    checked,
    templates: options.templates,
    secrets,
  })
}
