import type { FakeResponse } from '../http/fake-server.ts'
import { runGraphQL } from './graphql/run-graphql.ts'
import { unknownFields } from './known-fields.ts'
import { authenticate, demandScope } from './model/access.ts'
import { forbidden, Refusal } from './model/refusal.ts'
import { findProject, type Token, type World } from './model/world.ts'
import type { Incoming } from './recorded-request.ts'
import { findRoute } from './rest/find-route.ts'

/** Everything GitLab does with a request that no fault rule has taken over. */
export async function answer(world: World, incoming: Incoming): Promise<FakeResponse> {
  try {
    const session = authenticate(world, incoming.record.headers)
    const limit = session.token === null ? null : countRequest(world, session.token)
    if (limit?.refused) return { status: 429, headers: limit.headers, body: 'Retry later\n' }
    const response =
      incoming.api === 'graphql'
        ? await runGraphQL(world, session, incoming.record.body)
        : await answerRest(world, session, incoming)
    return { ...response, headers: { ...limit?.headers, ...response.headers } }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { status: error.status, body: error.body }
  }
}

async function answerRest(world: World, session: ReturnType<typeof authenticate>, incoming: Incoming) {
  const { record, route } = incoming
  const found = findRoute(record.method, route)
  if (incoming.api !== 'rest' || found === null) {
    world.violations.push(`fakeGitLab has no route ${record.method} ${record.path}`)
    return { status: 404, body: { error: '404 Not Found' } }
  }
  const writes = record.method !== 'GET'
  if (writes) demandScope(session, true)
  const body = readBody(record.body)
  if (body === null) throw new Refusal(400, { error: 'The provided JSON is invalid' })
  for (const name of unknownFields(record.operations[0] ?? '', body)) {
    world.violations.push(`${record.operations[0]}: GitLab knows no field ${name}`)
  }
  const { params } = found
  if (writes && findProject(world, params.id ?? '')?.archived === true) throw forbidden()
  const url = new URL(record.path, `${new URL(world.webUrl).origin}/`).href
  return found.route.handler({ world, session, params, query: incoming.query, body, url })
}

function countRequest(world: World, token: Token) {
  if (world.rateLimit === null) return null
  const now = world.now()
  if (now - token.window.from >= 60_000) token.window = { from: now, used: 0 }
  token.window.used += 1
  const reset = Math.ceil((token.window.from + 60_000) / 1000)
  const refused = token.window.used > world.rateLimit
  const headers: Record<string, string> = {
    'ratelimit-name': 'throttle_authenticated_api',
    'ratelimit-limit': String(world.rateLimit),
    'ratelimit-observed': String(token.window.used),
    'ratelimit-remaining': String(Math.max(world.rateLimit - token.window.used, 0)),
    'ratelimit-reset': String(reset),
    date: new Date(now).toUTCString(),
  }
  if (refused) headers['retry-after'] = String(Math.max(reset - Math.floor(now / 1000), 1))
  return { refused, headers }
}

function readBody(text: string): Record<string, unknown> | null {
  if (text === '') return {}
  try {
    const json: unknown = JSON.parse(text)
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Record<string, unknown>) : null
  } catch {
    return null
  }
}
