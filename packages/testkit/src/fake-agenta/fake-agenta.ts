import { type FailHandle, type FailRule, type FailSubject, failRules, play } from '../http/fail-rules.ts'
import { type FakeRequest, type FakeResponse, startFakeServer } from '../http/fake-server.ts'
import { type AgentaDelivery, agentaDelivery, committedAttributes, signedDelivery } from './agenta-delivery.ts'
import { retrieveRevision } from './agenta-retrieve.ts'
import { type AgentaRevision, type AgentaState, agentaState, type NewAgentaRevision } from './agenta-state.ts'
import { commitRevision, deployRevision } from './agenta-writes.ts'

export interface FakeAgentaOptions {
  /** The webhook's secret. */
  secret: string
  /** Every request must carry `Authorization: ApiKey <this>`. */
  apiKey: string
  /** Default `signature`; `authorization` sends the secret itself, as Agenta does when told to. */
  mode?: 'signature' | 'authorization'
  projectId?: string
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number
  port?: number
}

export interface EnvironmentChange {
  /** Default `production`. */
  environment?: string
  deploy?: readonly AgentaRevision[]
  /** Slugs of applications to take out. */
  remove?: readonly string[]
  message?: string
  userId?: string
}

export interface FakeAgenta {
  /** The base URL of the API, which ends in `/api`. */
  readonly url: string
  readonly revisions: readonly AgentaRevision[]
  /** Every request that arrived, in order; refused ones as well. */
  readonly requests: readonly FakeAgentaRequest[]
  /** A new revision of an application's variant; nothing is deployed by it. */
  commitRevision(revision: NewAgentaRevision): AgentaRevision
  /** Deploys revisions and takes applications out, in one commit; answers the delivery Agenta would send. */
  commitEnvironment(change: EnvironmentChange): AgentaDelivery
  /** What the button "test" sends. */
  testDelivery(): AgentaDelivery
  /** Any other event, signed alike. */
  delivery(type: string, attributes: Parameters<typeof agentaDelivery>[1]): AgentaDelivery
  /** The same delivery, sent again now. With `body`, other bytes: what a subscription with payload fields sends. */
  again(delivery: AgentaDelivery, body?: string): AgentaDelivery
  fail(rule: FailRule<FakeAgentaRequest>): FailHandle
  close(): Promise<void>
}

export interface FakeAgentaRequest extends FailSubject {
  headers: Record<string, string>
  /** Text as sent. */
  body: string
}

const VERBS: Readonly<Record<string, (state: AgentaState, request: FakeRequest) => FakeResponse>> = {
  retrieve: retrieveRevision,
  deploy: deployRevision,
  commit: commitRevision,
}

/**
 * A stateful stand-in for Agenta over HTTP: its configuration API (`POST /applications/revisions/…`) and the
 * webhooks it would send, genuinely signed. Anything else answers 404, as Agenta does.
 */
export async function fakeAgenta(options: FakeAgentaOptions): Promise<FakeAgenta> {
  const now = options.now ?? Date.now
  const state = agentaState(now)
  const requests: FakeAgentaRequest[] = []
  const rules = failRules<FakeAgentaRequest>()
  const settings = {
    secret: options.secret,
    mode: options.mode ?? ('signature' as const),
    projectId: options.projectId ?? '019c0000-0000-7000-8000-000000000001',
    now,
  }
  const server = await startFakeServer(async (request, signal) => {
    const seen = { ...request, operations: [], body: request.body.toString('utf8') }
    requests.push(seen)
    return play(rules.take(seen), async () => route(request), signal)
  }, options.port)

  function route(request: FakeRequest): FakeResponse {
    const path = request.path.replace(/^\/api(?=\/)/, '')
    const verb = VERBS[path.replace('/applications/revisions/', '')]
    if (verb === undefined) return { status: 404, body: { detail: 'Not Found' } }
    if (request.method !== 'POST')
      return { status: 405, headers: { allow: 'POST' }, body: { detail: 'Method Not Allowed' } }
    const authorised = request.headers.authorization === `ApiKey ${options.apiKey}`
    return authorised ? verb(state, request) : { status: 401, body: { detail: 'Unauthorized' } }
  }

  return {
    url: `${server.url}/api`,
    revisions: state.revisions,
    requests,
    commitRevision: state.commitRevision,
    commitEnvironment({ environment = 'production', deploy = [], remove = [], message, userId }) {
      const commit = state.commitEnvironment(environment, deploy, remove)
      const who = { userId: userId ?? '019315dc-0000-7000-8000-000000000001', message }
      return agentaDelivery('environments.revisions.committed', committedAttributes(commit, who), settings)
    },
    testDelivery: () => agentaDelivery('webhooks.subscriptions.tested', {}, settings),
    delivery: (type, attributes) => agentaDelivery(type, attributes, settings),
    again(delivery, body = delivery.body) {
      const type = delivery.headers['X-Agenta-Event-Type'] ?? ''
      return signedDelivery({ ...delivery, type, body }, settings)
    },
    fail: rules.add,
    close: server.close,
  }
}
