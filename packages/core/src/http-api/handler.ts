import { jsonResponse, problemResponse, SECURITY_HEADERS } from '../inbound/answers.ts'
import { type AdminOptions, adminRoutes } from './admin-routes.ts'
import { type Authorize, type Gate, permit } from './authorize.ts'
import { type ClientAddress, createHookGuard, type HookGuard, type HookOptions } from './hook-guard.ts'
import type { PullwrightHttp, ReadyReport, ServedRoute } from './http-port.ts'
import { withRawBody } from './native-body.ts'
import { createRouter, type Route } from './router.ts'
import { wireTime } from './wire-time.ts'

export interface PullwrightHandlerOptions extends AdminOptions {
  /** Opens the admin API, and the routes of plugins that are not public. */
  authorize?: Authorize
  /**
   * Where the handler is mounted, such as `/pullwright`; what lies outside answers 404. Without it hooks and health
   * are found under any prefix, plugin routes only at the root.
   */
  basePath?: string
  /**
   * Other origins whose pages may use the caller's cookies here, such as `https://admin.example.com`. Requests that
   * change something and carry cookies are refused from anywhere else. CORS headers are the host's.
   */
  allowedOrigins?: readonly string[]
  /** Who may send webhooks, and how often. */
  hooks?: HookOptions
  /** The sender's address, where a proxy stands in between: from the header that yours sets. Default: the connection's. */
  clientAddress?: ClientAddress
}

export interface PullwrightHandler {
  /** `native` is the framework's own request: `authorize` sees it, and its `rawBody` is used where it has one. */
  (request: Request, native?: unknown): Promise<Response>
  /** Whether a path is one of ours; adapters pass on the others. */
  matches(pathname: string): boolean
}

/**
 * The whole HTTP surface as one function: `POST /hooks/:source`, `GET /healthz`, `GET /readyz`, the routes of plugins,
 * and with `authorize` the admin API below `/api/v1`. Answers JSON, and problem details (RFC 9457) for errors; a wrong method is 405 with `Allow`.
 */
export function createPullwrightHandler(
  pullwright: { readonly http: PullwrightHttp },
  options: PullwrightHandlerOptions = {},
): PullwrightHandler {
  const { http } = pullwright
  const gate: Gate = {
    authorize: options.authorize,
    allowedOrigins: options.allowedOrigins ?? [],
    log: http.log,
    need: (caller, capability, doing) => http.admin.as(caller).need(capability, doing),
  }
  const routes = [
    ...builtInRoutes(http, createHookGuard(http, options.hooks, options.clientAddress)),
    ...http.routes.map((route) => pluginRoute(route, gate)),
    ...adminRoutes(http, gate, options),
  ]
  const router = createRouter(routes, options.basePath)

  const handle = async (request: Request, native?: unknown): Promise<Response> => {
    const found = router.find(new URL(request.url).pathname)
    if (found === null) return problemResponse(404, 'not-found', 'Not Found')
    const route = found.routes.find((candidate) => answers(candidate, request.method))
    if (route === undefined) return methodNotAllowed(found.routes)
    try {
      const response = await route.handle(request, { native, params: found.params })
      return finished(response, request.method)
    } catch (error) {
      http.log.error(
        { method: route.method, path: route.path, error: error instanceof Error ? error.message : String(error) },
        'A route failed',
      )
      return problemResponse(500, 'failed', 'Internal Server Error')
    }
  }
  return Object.assign(handle, { matches: (pathname: string) => router.find(pathname) !== null })
}

function builtInRoutes(http: PullwrightHttp, guard: HookGuard): Route[] {
  return [
    {
      method: 'POST',
      path: '/hooks/:source',
      anywhere: true,
      handle: async (request, { native, params: { source = '' } }) =>
        guard(source, request, native) ?? http.receive(source, withRawBody(request, native), native),
    },
    {
      method: 'GET',
      path: '/healthz',
      anywhere: true,
      handle: async () => jsonResponse(200, { ...(await http.health()) }),
    },
    { method: 'GET', path: '/readyz', anywhere: true, handle: async () => readiness(await http.ready()) },
  ]
}

function pluginRoute(route: ServedRoute, gate: Gate): Route {
  const { access } = route
  return {
    method: route.method,
    path: route.path,
    anywhere: false,
    handle: async (request, { native }) => {
      if (access === 'public') return route.handle(request, null)
      const caller = await permit(gate, access, request, native, `${route.method} ${route.path}`)
      return caller instanceof Response ? caller : route.handle(request, caller)
    },
  }
}

function readiness(report: ReadyReport): Response {
  const backlog = report.backlog.map((row) => ({
    target: row.target,
    status: row.status,
    count: row.count,
    oldest_due_at: wireTime(row.oldestDueAt),
    owned: row.owned,
  }))
  const status = report.ready ? 'ready' : 'not-ready'
  return jsonResponse(report.ready ? 200 : 503, { status, store: { ...report.store }, backlog })
}

function answers(route: Route, method: string): boolean {
  return route.method === method || (method === 'HEAD' && route.method === 'GET')
}

function methodNotAllowed(routes: readonly Route[]): Response {
  const methods = new Set(routes.flatMap((route) => (route.method === 'GET' ? ['GET', 'HEAD'] : [route.method])))
  return problemResponse(405, 'method-not-allowed', 'Method Not Allowed', {
    headers: { allow: [...methods].join(', ') },
  })
}

/** Plugins' answers get the security headers they did not set themselves; `HEAD` has no body. */
function finished(response: Response, method: string): Response {
  const missing = Object.entries(SECURITY_HEADERS).filter(([name]) => !response.headers.has(name))
  if (missing.length === 0 && method !== 'HEAD') return response
  const headers = new Headers([...response.headers, ...missing])
  const { status, statusText } = response
  return new Response(method === 'HEAD' ? null : response.body, { status, statusText, headers })
}
