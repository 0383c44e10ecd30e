import { PullwrightError } from '@pullwright/core'

/** A credential that never leaves this object but in a header. */
export interface Authorization {
  /** As the client library takes it. */
  credential: { token: string } | { oauthToken: string }
  headers: Record<string, string>
  /** What must never turn up anywhere. */
  secret: string
  /** The text without the credential in it. */
  hide(text: string): string
}

export type GitLabAuth = { token: string | undefined } | { oauthToken: string | undefined }

/** A personal, project or group access token, or an OAuth token. */
export function authorizationOf(auth: GitLabAuth | undefined): Authorization {
  const oauth = auth !== undefined && 'oauthToken' in auth
  const given = auth === undefined ? undefined : 'oauthToken' in auth ? auth.oauthToken : auth.token
  const clean = typeof given === 'string' ? given.trim() : ''
  if (!/^[\x21-\x7e]+$/.test(clean)) {
    const name = oauth ? 'oauthToken' : 'token'
    const message = `auth.${name} must be a GitLab token: text without spaces. Is the environment variable it comes from set?`
    throw new PullwrightError('invalid-argument', message)
  }
  return {
    credential: oauth ? { oauthToken: clean } : { token: clean },
    headers: oauth ? { authorization: `Bearer ${clean}` } : { 'private-token': clean },
    secret: clean,
    hide: (text) => text.replaceAll(clean, '[token]'),
  }
}
