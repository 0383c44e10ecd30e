import { PullwrightError } from '@pullwright/core'

/**
 * - `token`: an access token of a repository, project or workspace, or an OAuth token.
 * - `username` and `appPassword`: an app password with its user name, or an API token with its owner's e-mail address.
 */
export type BitbucketAuth =
  | { token: string | undefined }
  | { username: string | undefined; appPassword: string | undefined }

export interface Authorization {
  /** Value of the `authorization` header. */
  header: string
  /** What must never be seen. */
  secrets: readonly string[]
  /** The text without any credential in it. */
  hide(text: string): string
}

export function authorizationOf(auth: BitbucketAuth | undefined): Authorization {
  if (auth === undefined || 'token' in auth) {
    const token = clean('auth.token', auth?.token)
    return made(`Bearer ${token}`, [token])
  }
  const username = clean('auth.username', auth.username)
  const password = clean('auth.appPassword', auth.appPassword)
  if (username.includes(':')) throw refused('auth.username must not hold a colon.')
  const basic = Buffer.from(`${username}:${password}`).toString('base64')
  return made(`Basic ${basic}`, [password, basic])
}

/** A tenant's: `user:password` where the credential has a colon, which no token has. */
export function authOfCredential(credential: string): BitbucketAuth {
  const colon = credential.indexOf(':')
  if (colon < 0) return { token: credential }
  return { username: credential.slice(0, colon), appPassword: credential.slice(colon + 1) }
}

function made(header: string, secrets: readonly string[]): Authorization {
  const hide = (text: string) => secrets.reduce((hidden, secret) => hidden.replaceAll(secret, '[token]'), text)
  return { header, secrets, hide }
}

function clean(name: string, value: string | undefined): string {
  const text = typeof value === 'string' ? value.trim() : ''
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw refused(`${name} must be text without spaces. Is the environment variable it comes from set?`)
}

function refused(message: string): PullwrightError {
  return new PullwrightError('invalid-argument', message)
}
