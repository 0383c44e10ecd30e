import { createHash } from 'node:crypto'
import type { Channel, Message, Sent } from './channel.ts'
import { oneLine } from './one-line.ts'
import type { SmtpOptions } from './smtp.ts'

export interface MailChannelOptions {
  smtp: SmtpOptions
  from: string
  to: readonly string[]
  subjectPrefix: string
  timeoutMs: number
  /** Takes the password out of what the server repeats. */
  hide: (text: string) => string
}

const LONGEST_SUBJECT = 200

/** A connection for each message: there are few. The time-outs are nodemailer's own, for each wait. */
export function mailChannel(options: MailChannelOptions): Channel {
  return {
    messageLimit: 20_000,
    summaryLines: 50,
    value: oneLine,
    link: (url) => url,
    async send(message, { id, signal }) {
      const { createTransport } = await import('nodemailer')
      const transport = createTransport(transportOf(options))
      try {
        const { rejected } = await transport.sendMail({ ...mailOf(message, id, options), signal })
        return rejected.length === 0
          ? { kind: 'sent' }
          : { kind: 'sent', note: `Refused for ${rejected.length} of them` }
      } catch (error) {
        if (signal.aborted) throw error
        return judge(error, options)
      } finally {
        transport.close()
      }
    },
  }
}

function transportOf({ smtp, timeoutMs }: MailChannelOptions) {
  const { host, secure = false, port = secure ? 465 : 587, auth, ca } = smtp
  return {
    ...{ host, port, secure },
    ...(auth === undefined ? {} : { auth }),
    ...(ca === undefined ? {} : { tls: { ca } }),
    requireTLS: !secure && (smtp.requireTls ?? auth !== undefined),
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  }
}

function mailOf({ title, text }: Message, id: string, { from, to, subjectPrefix }: MailChannelOptions) {
  return {
    from,
    to: [...to],
    subject: oneLine(`${subjectPrefix}${title}`, LONGEST_SUBJECT),
    text: `${title}\n\n${text}\n`,
    html: `<p><strong>${html(title)}</strong></p>\n<p>${html(text).replaceAll('\n', '<br>\n')}</p>\n`,
    // The same for every try, so that a mailbox can know it again.
    messageId: `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${hostOf(from)}>`,
    // RFC 3834: so that no vacation notice answers.
    headers: { 'Auto-Submitted': 'auto-generated' },
  }
}

function hostOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).replace(/>$/, '')
}

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function html(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => HTML[mark] ?? '')
}

/** What nodemailer's errors carry: https://nodemailer.com/errors */
interface MailError {
  code?: string
  /** Node's own, where `code` says no more than that the socket failed. */
  originalCode?: string
  responseCode?: number
  response?: string
  permanent?: boolean
}

/** Another try cannot mend these. */
const FINAL = new Set(['EENVELOPE', 'EMESSAGE', 'ENOAUTH', 'EAUTH', 'ECONFIG'])

function judge(error: unknown, { smtp, hide }: MailChannelOptions): Sent {
  const { code = 'no code', originalCode, responseCode, response = '', permanent } = error as MailError
  const known = CERTIFICATE.test(originalCode ?? '') ? CERTIFICATE_ADVICE : ADVICE[code]
  const advice = known ?? 'Look at `from` and `to`'
  if (responseCode === undefined) {
    const reason = `No mail went out through ${smtp.host}: ${[code, originalCode ?? []].flat().join(', ')}`
    if (FINAL.has(code)) return { kind: 'refused', reason: `${reason}. ${advice}, then retry.` }
    return { kind: 'failed', reason: known === undefined ? reason : `${reason}. ${known}.` }
  }
  const reason = `${smtp.host} answered ${oneLine(hide(response), 200)}`
  return permanent === true
    ? { kind: 'refused', reason: `${reason}. ${advice}, then retry.` }
    : { kind: 'failed', reason }
}

/** Node's codes for certificates it does not trust: https://nodejs.org/api/tls.html#x509-certificate-error-codes */
const CERTIFICATE = /CERT|^UNABLE_TO_/
const CERTIFICATE_ADVICE =
  'Its certificate is none that Node trusts for this host: name the host as the certificate does, and give the one that ' +
  'signed it as `smtp.ca`'
const LOGIN_ADVICE = 'Give `email({ smtp })` a working user and password'
const ADVICE: Readonly<Record<string, string>> = {
  EAUTH: LOGIN_ADVICE,
  ENOAUTH: LOGIN_ADVICE,
  ETLS: 'TLS failed, or the server has none: mend that, or set `requireTls: false` for a relay on the same machine',
}
