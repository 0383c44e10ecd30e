import type { FakeResponse } from '../http/fake-server.ts'
import { errorBody } from './model/refusal.ts'
import type { Token, World } from './model/world.ts'

const HOUR = 3_600_000

/** Counts one request; the refusal where the hour's are spent. https://support.atlassian.com/bitbucket-cloud/docs/api-request-limits */
export function countRequest(world: World, token: Token | null): FakeResponse | null {
  if (token === null) return null
  if (token.resetAt <= world.now()) Object.assign(token, { used: 0, resetAt: world.now() + HOUR })
  token.used++
  if (token.used <= world.hourlyLimit) return null
  return { status: 429, body: errorBody('Rate limit for this resource has been exceeded') }
}

/** Told with every answer to a known credential. */
export function rateHeaders(world: World, token: Token): Record<string, string> {
  return {
    'x-ratelimit-limit': String(world.hourlyLimit),
    'x-ratelimit-resource': 'api',
    'x-ratelimit-nearlimit': String(token.used > world.hourlyLimit * 0.8),
  }
}
