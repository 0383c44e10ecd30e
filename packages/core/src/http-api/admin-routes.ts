import { PullwrightError } from '../errors.ts'
import { problemResponse } from '../inbound/answers.ts'
import type { AdminApi } from './admin/admin-api.ts'
import { type Gate, NEEDS_AUTHORIZE } from './authorize.ts'
import type { PullwrightHttp } from './http-port.ts'
import { API_PREFIX, OPERATIONS, type OperationId } from './operations.ts'
import { createRateLimiter, type RateLimit } from './rate-limiter.ts'
import type { Route } from './router.ts'

export interface AdminOptions {
  /**
   * `true`: throw where `authorize` is missing. `false`: leave these paths to the host. Default: with `authorize` they
   * are open to whom it lets in, without it they answer 403 and say what is missing.
   */
  admin?: boolean
  /** For each caller, in this process. Default 1,200 requests in 60 seconds; `false` for none. */
  rateLimit?: RateLimit | false
  /** Of one request to the admin API. Default 1 MiB. */
  maxBodyBytes?: number
}

const DEFAULT_RATE: RateLimit = { requests: 1_200, perSeconds: 60 }
const DEFAULT_MAX_BODY_BYTES = 1024 * 1024

/** The admin API below `/api/v1`. Loaded with its first request: most of what imports us never administers. */
export function adminRoutes(http: PullwrightHttp, gate: Gate, options: AdminOptions): Route[] {
  const { admin, rateLimit = DEFAULT_RATE, maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = options
  if (admin === false) return []
  if (admin === true && gate.authorize === undefined) throw new PullwrightError('invalid-argument', NEEDS_AUTHORIZE)
  const limit = rateLimit === false ? null : createRateLimiter('caller', rateLimit, http.now)
  const load = () =>
    import('./admin/admin-api.ts').then((api) => api.createAdminApi({ http, gate, limit, maxBodyBytes }))
  let loading: Promise<AdminApi> | undefined

  return Object.entries(OPERATIONS).map(([id, { method, path }]) => ({
    method,
    path: `${API_PREFIX}${path.replace('{id}', ':id')}`,
    anywhere: true,
    handle: async (request, context) => {
      if (gate.authorize === undefined) {
        return problemResponse(403, 'authorize-missing', 'Forbidden', { detail: NEEDS_AUTHORIZE })
      }
      loading ??= load()
      return (await loading)(id as OperationId, request, context)
    },
  }))
}
