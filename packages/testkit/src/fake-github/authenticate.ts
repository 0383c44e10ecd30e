import { verify } from 'node:crypto'
import type { Session } from './model/access.ts'
import type { App, Token, World } from './model/world.ts'

/** Who asks, or `bad` where the credential is unknown, revoked or expired, `suspended` where its installation is. */
export function authenticate(world: World, authorization: string | undefined): Session | 'bad' | 'suspended' {
  if (authorization === undefined) return { token: null, account: null }
  const sent = credential(authorization)
  // Knows nothing but `/user/installations`, which looks for itself.
  if (world.signedIn.has(sent)) return { token: null, account: null }
  // An app's client secret opens nothing but the way to end a person's token, which looks for itself.
  if ([...world.apps.values()].some(({ clientSecret }) => clientSecret === sent)) return { token: null, account: null }
  const token = world.tokens.get(sent)
  if (token === undefined || token.revoked) return 'bad'
  if (token.expiresAt !== null && token.expiresAt <= world.now()) return 'bad'
  if (token.installation?.suspendedAt != null) return 'suspended'
  return { token, account: token.account }
}

/** Longest that an app's own token may live: https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app */
const MAX_JWT_LIFE = 600

/**
 * The app whose JSON Web Token this is; null where the credential is no such token; a sentence, GitHub's, where it is a
 * bad one. Only RS256, `iat` in the past, `exp` within ten minutes.
 */
export function authenticateApp(world: World, authorization: string | undefined): App | string | null {
  const sent = credential(authorization ?? '')
  const parts = sent.split('.')
  if (parts.length !== 3 || sent.startsWith('gh')) return null
  const [header = '', payload = '', signature = ''] = parts
  const head = json(header)
  const claims = json(payload)
  const app = [...world.apps.values()].find((one) => [String(one.id), one.clientId].includes(String(claims?.iss)))
  if (head?.alg !== 'RS256' || claims === null || app === undefined) return 'A JSON web token could not be decoded'
  const signed = verify(
    'sha256',
    Buffer.from(`${header}.${payload}`),
    app.publicKey,
    Buffer.from(signature, 'base64url'),
  )
  if (!signed) return 'A JSON web token could not be decoded'
  const now = Math.floor(world.now() / 1000)
  const [iat, exp] = [Number(claims.iat), Number(claims.exp)]
  if (!Number.isInteger(iat) || iat > now) {
    return "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued"
  }
  if (!Number.isInteger(exp) || exp <= now) {
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires"
  }
  if (exp > now + MAX_JWT_LIFE) return "'Expiration time' claim ('exp') is too far in the future"
  return app
}

function json(part: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
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
export function credential(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(/\s+/)
  if (scheme.toLowerCase() !== 'basic') return value
  return Buffer.from(value, 'base64')
    .toString('utf8')
    .replace(/^[^:]*:/, '')
}
