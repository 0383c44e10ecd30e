import type { FakeRequest, FakeResponse } from '../http/fake-server.ts'
import { authenticate } from './authenticate.ts'
import { demandScope, type Session } from './model/access.ts'
import { errorBody, Refusal } from './model/refusal.ts'
import type { World } from './model/world.ts'
import { countRequest, rateHeaders } from './rate-limit.ts'
import type { Call } from './rest/call.ts'
import { KNOWN_FIELDS } from './rest/known-fields.ts'
import type { FoundRoute } from './rest/routes.ts'

/** Credential, rate limit, scope, then the route's own work. */
export async function answer(world: World, request: FakeRequest, found: FoundRoute | null): Promise<FakeResponse> {
  const session = authenticate(world, request.headers.authorization)
  if (session === 'bad') {
    const message = 'Token is invalid, expired, or not supported for this endpoint.'
    return {
      status: 401,
      headers: { 'www-authenticate': 'OAuth realm="Bitbucket.org HTTP"' },
      body: errorBody(message),
    }
  }
  const headers = {
    ...tokenHeaders(session, found),
    ...(session.token === null ? {} : rateHeaders(world, session.token)),
  }
  const limited = countRequest(world, session.token)
  const response = limited ?? (await work(world, session, request, found))
  return { ...response, headers: { ...headers, ...response.headers } }
}

async function work(
  world: World,
  session: Session,
  request: FakeRequest,
  found: FoundRoute | null,
): Promise<FakeResponse> {
  if (found === null) {
    world.violations.push(`The fake has no ${request.method} ${request.path}`)
    return { status: 404, body: errorBody('Resource not found') }
  }
  const { route, parameters } = found
  noteUnknownFields(world, `${route.method} ${route.template}`, request)
  const { query, headers, body, path } = request
  const call: Call = { world, session, parameters, query, headers, body, path }
  try {
    demandScope(session, route.scope)
    return await route.answer(call)
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { status: error.status, body: errorBody(error.message, error.more) }
  }
}

function noteUnknownFields(world: World, name: string, { body, headers }: FakeRequest): void {
  const known = KNOWN_FIELDS[name]
  if (known === undefined || body.length === 0) return
  if (!/json/.test(headers['content-type'] ?? '')) world.violations.push(`${name}: the body is not sent as JSON`)
  try {
    const unknown = Object.keys(JSON.parse(body.toString('utf8')) as object).filter((key) => !known.includes(key))
    for (const key of unknown) world.violations.push(`${name}: Bitbucket knows no field ${key}`)
  } catch {
    world.violations.push(`${name}: the body is no JSON`)
  }
}

function tokenHeaders({ token }: Session, found: FoundRoute | null): Record<string, string> {
  if (token === null) return {}
  return {
    'x-oauth-scopes': [...token.scopes].join(', '),
    ...(found === null ? {} : { 'x-accepted-oauth-scopes': found.route.scope }),
  }
}
