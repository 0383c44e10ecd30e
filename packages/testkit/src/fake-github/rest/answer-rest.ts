import type { FakeResponse } from '../../http/fake-server.ts'
import type { Session } from '../model/access.ts'
import { Refusal } from '../model/refusal.ts'
import type { App, World } from '../model/world.ts'
import type { Incoming } from '../recorded-request.ts'
import type { RestCall, RestHandler } from './rest-call.ts'
import { accountRoutes } from './routes/account-routes.ts'
import { appRoutes } from './routes/app-routes.ts'
import { contentsRoutes } from './routes/contents-routes.ts'
import { gitRoutes } from './routes/git-routes.ts'
import { issueRoutes } from './routes/issue-routes.ts'
import { pullRequestRoutes } from './routes/pull-request-routes.ts'
import { statusRoutes } from './routes/status-routes.ts'

interface Route {
  method: string
  /** As the OpenAPI document writes it. */
  template: string
  pattern: RegExp
  names: string[]
  handler: RestHandler
}

/** Parameters that may hold slashes. */
const WIDE = new Set(['path', 'ref', 'branch', 'basehead'])

const ROUTES: readonly Route[] = Object.entries({
  ...accountRoutes,
  ...gitRoutes,
  ...contentsRoutes,
  ...pullRequestRoutes,
  ...issueRoutes,
  ...statusRoutes,
  ...appRoutes,
})
  .map(([key, handler]) => compile(key, handler))
  .sort((a, b) => b.template.length - a.template.length)

/** The route of a request, or null. The more of it is fixed text, the better it fits. */
export function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } | null {
  for (const route of ROUTES) {
    if (route.method !== method) continue
    const match = route.pattern.exec(path)
    if (match === null) continue
    const values = route.names.map((name, index) => [name, decode(match[index + 1] ?? '')])
    return { route, params: Object.fromEntries(values) }
  }
  return null
}

/** Answers a REST request; what GitHub would refuse becomes its error body. */
export async function answerRest(
  world: World,
  session: Session,
  app: App | null,
  incoming: Incoming,
): Promise<FakeResponse> {
  const method = incoming.record.method === 'HEAD' ? 'GET' : incoming.record.method
  const found = findRoute(method, incoming.route)
  if (found === null) {
    const message = `fakeGitHub has no route ${method} ${incoming.route}`
    world.violations.push(`REST: ${message}`)
    return { status: 501, body: { message, status: '501' } }
  }
  const body = readBody(incoming.record.body)
  if (body === null) return problem(400, 'Problems parsing JSON')
  const call: RestCall = {
    world,
    session,
    app,
    params: found.params,
    query: new URLSearchParams(incoming.record.query),
    body,
    accept: incoming.record.headers.accept ?? '',
    url: world.apiUrl + incoming.record.path,
  }
  try {
    return await found.route.handler(call)
  } catch (error) {
    if (error instanceof Refusal) return refusalResponse(error)
    throw error
  }
}

function refusalResponse(refusal: Refusal): FakeResponse {
  const { restMessage, restErrors = [], accepted } = refusal.options
  const headers = accepted === undefined ? {} : { 'x-accepted-github-permissions': accepted }
  return problem(refusal.status, restMessage ?? refusal.message, restErrors, headers)
}

function problem(
  status: number,
  message: string,
  errors: readonly unknown[] = [],
  headers: Record<string, string> = {},
): FakeResponse {
  const documentation_url = 'https://docs.github.com/rest'
  const list = errors.length === 0 ? {} : { errors }
  return { status, headers, body: { message, ...list, documentation_url, status: String(status) } }
}

function compile(key: string, handler: RestHandler): Route {
  const [method = '', template = ''] = key.split(' ')
  const names = [...template.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '')
  const source = template
    .replace(/[.$]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, name) => (WIDE.has(name) ? '(.+)' : '([^/]+)'))
  return { method, template, pattern: new RegExp(`^${source}/?$`), names, handler }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** The JSON object of the body, `{}` for none, null where it cannot be read. */
function readBody(body: string): Record<string, unknown> | null {
  if (body === '') return {}
  try {
    const json: unknown = JSON.parse(body)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : null
  } catch {
    return null
  }
}
