import type { GraphQLSchema } from 'graphql'
import type { FailRule } from '../http/fail-rules.ts'
import type { FakeResponse } from '../http/fake-server.ts'
import { authenticate, authenticateApp, tokenHeaders } from './authenticate.ts'
import { primaryLimitBody, secondaryLimitAnswer } from './faults.ts'
import type { Graph } from './graphql/context.ts'
import { runGraphQL } from './graphql/run-graphql.ts'
import type { Session } from './model/access.ts'
import type { App, World } from './model/world.ts'
import type { OpenApiChecker } from './openapi-checker.ts'
import { type RateResource, rateBucket, rateHeaders } from './rate-limit.ts'
import type { Incoming } from './recorded-request.ts'
import { answerRest } from './rest/answer-rest.ts'
import type { SecondaryLimit } from './secondary-limit.ts'

export interface Backend {
  graph: Graph
  schema: GraphQLSchema
  /** Null: REST traffic is not compared with GitHub's document. */
  openApi: OpenApiChecker | null
  /** Null: as much as one likes, as fast as one likes. */
  secondary: SecondaryLimit | null
}

/** Everything GitHub does with a request that no fault rule has taken over. */
export async function answer(
  backend: Backend,
  incoming: Incoming,
  rule: FailRule<never> | null,
): Promise<FakeResponse> {
  const { world } = backend.graph
  const { headers, api } = incoming.record
  const general = {
    ...COMMON,
    date: new Date(world.now()).toUTCString(),
    'x-github-request-id': `FA4E:${world.nextId().toString(16).toUpperCase()}`,
  }
  const nobody = { ...general, ...rateHeaders(rateBucket(world, '', 'core'), 'core') }
  if (!headers['user-agent']) return { status: 403, headers: nobody, body: NO_USER_AGENT }
  const app = authenticateApp(world, headers.authorization)
  if (typeof app === 'string') return { status: 401, headers: nobody, body: unauthorized(app, api) }
  const session = app === null ? authenticate(world, headers.authorization) : { token: null, account: app.bot }
  if (session === 'suspended') return { status: 403, headers: nobody, body: SUSPENDED }
  if (session === 'bad') return { status: 401, headers: nobody, body: unauthorized('Bad credentials', api) }
  const resource: RateResource = api === 'graphql' ? 'graphql' : 'core'
  const bucket = rateBucket(world, session.token?.value ?? '', resource)
  const free = incoming.route === '/rate_limit'
  const limited = !free && bucket.used >= bucket.limit
  if (!limited && !free) bucket.used++
  const wait = backend.secondary?.(incoming, world.now()) ?? null
  const response = limited
    ? primaryLimitBody(session, api)
    : wait !== null
      ? secondaryLimitAnswer(wait)
      : await work(backend, session, app, incoming, rule)
  return {
    ...response,
    headers: { ...general, ...tokenHeaders(session.token), ...rateHeaders(bucket, resource), ...response.headers },
  }
}

async function work(
  backend: Backend,
  session: Session,
  app: App | null,
  incoming: Incoming,
  rule: FailRule<never> | null,
): Promise<FakeResponse> {
  if (incoming.record.api === 'rest') {
    const response = await answerRest(backend.graph.world, session, app, incoming)
    if (backend.openApi !== null) compareRest(backend.openApi, backend.graph.world, incoming, response)
    return response
  }
  if (incoming.record.method !== 'POST') return { status: 404, body: { message: 'Not Found', status: '404' } }
  if (session.token === null) {
    return { status: 401, body: unauthorized('This endpoint requires you to be authenticated.', 'graphql') }
  }
  if (incoming.graphql === null) {
    backend.graph.world.violations.push('GraphQL: the body is no JSON with a query')
    const bad = {
      message: 'Problems parsing JSON',
      documentation_url: 'https://docs.github.com/graphql',
      status: '400',
    }
    return { status: 400, body: bad }
  }
  return { status: 200, body: await runGraphQL(backend.schema, backend.graph, session, incoming.graphql, rule) }
}

/** Notes what GitHub's document does not allow: in the request, and in the fake's own answer. */
function compareRest(openApi: OpenApiChecker, world: World, incoming: Incoming, response: FakeResponse): void {
  const { record, template } = incoming
  // Pages for browsers and their like stand in no document.
  if (template === null || template.startsWith('/login/')) return
  const method = record.method === 'HEAD' ? 'GET' : record.method
  const wrong = openApi.request(method, template, record.query, record.body)
  const own =
    response.body instanceof Uint8Array ? [] : openApi.response(method, template, response.status, response.body)
  for (const problem of wrong) world.violations.push(`REST: ${method} ${template}: ${problem}`)
  for (const problem of own) world.violations.push(`fakeGitHub answers ${method} ${template} wrongly: ${problem}`)
}

const COMMON = {
  server: 'github.com',
  'x-github-media-type': 'github.v3; format=json',
  'x-content-type-options': 'nosniff',
}

const SUSPENDED = {
  message: 'This installation has been suspended',
  documentation_url: 'https://docs.github.com/apps/maintaining-github-apps/suspending-a-github-app-installation',
  status: '403',
}

const NO_USER_AGENT =
  'Request forbidden by administrative rules. Please make sure your request has a User-Agent header ' +
  '(https://docs.github.com/en/rest/overview/resources-in-the-rest-api#user-agent-required). Check https://developer.github.com for other possible causes.\n'

function unauthorized(message: string, api: 'rest' | 'graphql') {
  return { message, documentation_url: `https://docs.github.com/${api}`, status: '401' }
}
