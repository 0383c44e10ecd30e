import type { RateBucket, World } from './model/world.ts'

export type RateResource = 'core' | 'graphql' | 'search' | 'integration_manifest'

/** Points an hour for a token: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
const LIMIT_PER_HOUR = 5000
/** And without one. */
const ANONYMOUS_LIMIT = 60
const HOUR = 3_600_000

/** The token's bucket for a resource, renewed when its hour is over. */
export function rateBucket(world: World, token: string, resource: RateResource): RateBucket {
  const key = `${resource} ${token}`
  const known = world.buckets.get(key)
  if (known !== undefined && known.resetAt > world.now()) return known
  const limit = known?.limit ?? (token === '' ? ANONYMOUS_LIMIT : LIMIT_PER_HOUR)
  const fresh = { limit, used: 0, resetAt: world.now() + HOUR }
  world.buckets.set(key, fresh)
  return fresh
}

export function rateHeaders(bucket: RateBucket, resource: RateResource): Record<string, string> {
  return {
    'x-ratelimit-limit': String(bucket.limit),
    'x-ratelimit-remaining': String(Math.max(0, bucket.limit - bucket.used)),
    'x-ratelimit-used': String(bucket.used),
    'x-ratelimit-reset': String(Math.ceil(bucket.resetAt / 1000)),
    'x-ratelimit-resource': resource,
  }
}
