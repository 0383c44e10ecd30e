import type { Session } from './model/access.ts'
import type { Token, World } from './model/world.ts'

/** Who asks, or `bad` where the credential is unknown, revoked or expired. */
export function authenticate(world: World, authorization: string | undefined): Session | 'bad' {
  if (authorization === undefined) return { token: null, account: null }
  const token = world.tokens.get(credential(authorization))
  if (token === undefined || token.revoked) return 'bad'
  if (token.expiresAt !== null && token.expiresAt <= world.now()) return 'bad'
  return { token, account: token.account }
}

/** What GitHub tells about the credential itself. */
export function tokenHeaders(token: Token | null): Record<string, string> {
  if (token === null) return {}
  const scopes = token.kind === 'classic' ? { 'x-oauth-scopes': 'read:org, repo, workflow' } : {}
  if (token.expiresAt === null || token.kind === 'installation') return scopes
  const at = new Date(token.expiresAt).toISOString().replace('T', ' ').replace(/\..*$/, ' UTC')
  return { ...scopes, 'github-authentication-token-expiration': at }
}

/** `Bearer x`, `token x`, or the password of `Basic`. */
function credential(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(/\s+/)
  if (scheme.toLowerCase() !== 'basic') return value
  return Buffer.from(value, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '')
}
