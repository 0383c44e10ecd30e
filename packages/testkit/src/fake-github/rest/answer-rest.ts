import type { FakeResponse } from '../../http/fake-server.ts'
import type { Session } from '../model/access.ts'
import { Refusal } from '../model/refusal.ts'
import type { App, World } from '../model/world.ts'
import type { Incoming } from '../recorded-request.ts'
import { findRoute } from './find-route.ts'
import type { RestCall } from './rest-call.ts'

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
    authorization: incoming.record.headers.authorization ?? '',
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
