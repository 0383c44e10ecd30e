import { PullwrightError } from '@pullwright/core'
import { refused } from './options.ts'

export interface SmtpOptions {
  host: string
  /** Default 587, with `secure` 465. */
  port?: number
  /** TLS from the first byte. Otherwise STARTTLS. */
  secure?: boolean
  auth?: { user: string; pass: string }
  /**
   * Give up where the server has no TLS, so that nothing is sent in the clear. Default true where `auth` is given; false
   * for a relay on this machine.
   */
  requireTls?: boolean
  /** Certificates to trust instead of Node's own, PEM. */
  ca?: string
}

/** Also as a URL: `smtps://user:password@smtp.example.com`, `smtp://127.0.0.1:25`. Throws `invalid-argument`. */
export function smtpOptions(given: SmtpOptions | string | undefined): SmtpOptions {
  const smtp = typeof given === 'string' ? fromUrl(given) : given
  if (typeof smtp?.host !== 'string' || smtp.host === '') {
    throw refused('email', '`smtp` must name a `host`, or be a URL such as smtps://user:password@smtp.example.com')
  }
  if (smtp.auth !== undefined && (!smtp.auth.user || !smtp.auth.pass)) {
    throw refused('email', '`smtp.auth` must have both `user` and `pass`; leave it out where the server asks for none')
  }
  return smtp
}

/** The password, and the form of it that AUTH PLAIN sends (RFC 4616). */
export function smtpSecrets({ auth }: SmtpOptions): string[] {
  if (auth === undefined) return []
  const { user, pass } = auth
  return [pass, base64(pass), base64(`\u0000${user}\u0000${pass}`)]
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}

function fromUrl(text: string): SmtpOptions | undefined {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'smtp:' && url.protocol !== 'smtps:')) return undefined
  const [user, pass] = [decoded(url.username), decoded(url.password)]
  return {
    host: url.hostname,
    secure: url.protocol === 'smtps:',
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    ...(user === '' && pass === '' ? {} : { auth: { user, pass } }),
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new PullwrightError(
      'invalid-argument',
      'email(): user and password in the `smtp` URL must be percent-encoded.',
    )
  }
}
