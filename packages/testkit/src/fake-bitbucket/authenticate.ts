import type { Session } from './model/access.ts'
import type { World } from './model/world.ts'

/** Who asks, or `bad` where the credential is unknown, revoked, expired, or comes with another's name. */
export function authenticate(world: World, authorization: string | undefined): Session | 'bad' {
  if (authorization === undefined) return { token: null, account: null }
  const [scheme = '', value = ''] = authorization.split(/\s+/)
  const basic = scheme.toLowerCase() === 'basic'
  const sent = basic ? Buffer.from(value, 'base64').toString('utf8') : value
  const colon = sent.indexOf(':')
  const token = world.tokens.get(basic ? sent.slice(colon + 1) : sent)
  if (token === undefined || token.revoked) return 'bad'
  if (token.expiresAt !== null && token.expiresAt <= world.now()) return 'bad'
  const { nickname, email } = token.account
  const name = basic ? sent.slice(0, colon).toLowerCase() : null
  const fits = {
    'app-password': name === nickname.toLowerCase(),
    'api-token': name === email.toLowerCase() || name === 'x-bitbucket-api-token-auth',
    'access-token': name === null || name === 'x-token-auth',
  }
  return fits[token.kind] ? { token, account: token.account } : 'bad'
}
