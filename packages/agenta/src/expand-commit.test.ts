import {
  createTransport,
  type EventRecord,
  type FollowUpOptions,
  type HandlerContext,
  type JsonValue,
  type Outcome,
} from '@pullwright/core'
import { type AgentaDelivery, type FakeAgenta, fakeAgenta } from '@pullwright/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AgentaOptions, agenta } from './agenta.ts'

const API_KEY = 'key-of-a-project'
const AT = Date.UTC(2026, 3, 7, 12)

let fake: FakeAgenta
const transport = createTransport()

beforeEach(async () => {
  fake = await fakeAgenta({ secret: 'secret', apiKey: API_KEY, now: () => AT })
})
afterEach(() => fake.close())

interface Emitted {
  type: string
  data: JsonValue
  options: FollowUpOptions | undefined
}

/** Runs the plugin's handler on what its source made of a delivery; `steps` outlives a run as it does in a store. */
async function run(
  delivery: AgentaDelivery,
  options: Partial<AgentaOptions> = {},
  steps = new Map<string, JsonValue>(),
) {
  const plugin = agenta({ secret: 'secret', apiKey: API_KEY, baseUrl: fake.url, transport, ...options })
  const request = { headers: {}, body: new Uint8Array(), receivedAt: AT, json: delivery.payload }
  const [event] = plugin.sources?.[0]?.normalise(request) ?? []
  if (event === undefined) throw new Error('The delivery means nothing')
  const emitted: Emitted[] = []
  const warnings: string[] = []
  const context = contextFor({ data: event.data, occurredAt: event.occurredAt ?? 0 }, steps, emitted, warnings)
  const outcome = await plugin.handlers?.expand?.run(context as HandlerContext)
  return { outcome, emitted, warnings, steps }
}

function contextFor(
  event: Partial<EventRecord>,
  steps: Map<string, JsonValue>,
  emitted: Emitted[],
  warnings: string[],
) {
  const log = (_fields: object, message: string) => void warnings.push(message)
  const context: Partial<HandlerContext> = {
    event: event as EventRecord,
    signal: new AbortController().signal,
    log: { debug: log, info: log, warn: log, error: log },
    emit: (type, data, options) => void emitted.push({ type, data, options }),
    step: async <T extends JsonValue>(name: string, work: () => T | Promise<T>): Promise<T> => {
      if (!steps.has(name)) steps.set(name, await work())
      return steps.get(name) as T
    },
    done: (result) => ({ kind: 'done', ...(result === undefined ? {} : { result }) }),
    retry: (options) => ({ kind: 'retry', ...options }),
    dead: (reason) => ({ kind: 'dead', reason }),
  }
  return context
}

const reasonOf = (outcome: Outcome | undefined) =>
  outcome !== undefined && 'reason' in outcome ? outcome.reason : undefined

describe('the handler of agenta()', () => {
  it('makes a deployment with nothing before it of a first one', async () => {
    const revision = fake.commitRevision({ app: 'bot', parameters: { prompt: { temperature: 0.7 } }, message: 'First' })
    const delivery = fake.commitEnvironment({ deploy: [revision], userId: 'user-1' })
    const { outcome, emitted } = await run(delivery)
    expect(outcome).toEqual({ kind: 'done', result: { deployments: 1 } })
    expect(emitted).toEqual([
      {
        type: 'environment.deployed',
        data: {
          app_id: revision.app.id,
          app_name: 'bot',
          variant_id: revision.variant.id,
          variant_name: 'default',
          environment: 'production',
          revision: 1,
          commit_message: 'First',
          deployed_by: { user_id: 'user-1' },
          deployment_id: delivery.eventId,
          config: { prompt: { temperature: 0.7 } },
          previous_config: null,
        },
        options: { idempotencyKey: `agenta:${delivery.eventId}:bot`, occurredAt: AT },
      },
    ])
    expect(fake.requests.map(({ body }) => JSON.parse(body))).toEqual([
      { application_revision_ref: { id: revision.id } },
    ])
  })

  it('fetches both sides of a change, and prefers the message of the deployment', async () => {
    const first = fake.commitRevision({ app: 'bot', parameters: { temperature: 0.7 } })
    const second = fake.commitRevision({ app: 'bot', parameters: { temperature: 0.5 }, message: 'Of the revision' })
    fake.commitEnvironment({ deploy: [first] })
    const { emitted } = await run(fake.commitEnvironment({ deploy: [second], message: 'Of the deployment' }))
    expect(emitted).toMatchObject([
      {
        data: {
          revision: 2,
          previous_revision: 1,
          commit_message: 'Of the deployment',
          config: { temperature: 0.5 },
          previous_config: { temperature: 0.7 },
        },
      },
    ])
  })

  it('gives a removed application no configuration', async () => {
    const revision = fake.commitRevision({ app: 'bot', variant: 'calm', parameters: { temperature: 0.7 } })
    fake.commitEnvironment({ deploy: [revision] })
    const { emitted } = await run(fake.commitEnvironment({ remove: ['bot'] }))
    expect(emitted).toMatchObject([
      {
        data: {
          app_name: 'bot',
          variant_name: 'calm',
          revision: 1,
          previous_revision: 1,
          config: null,
          previous_config: { temperature: 0.7 },
        },
      },
    ])
  })

  it('makes one deployment for each application of a commit', async () => {
    const before = ['a', 'b', 'c'].map((app) => fake.commitRevision({ app, parameters: { app } }))
    fake.commitEnvironment({ deploy: before })
    const changed = fake.commitRevision({ app: 'a', parameters: { app: 'a', more: true } })
    const added = fake.commitRevision({ app: 'd', parameters: { app: 'd' } })
    const { emitted, outcome } = await run(fake.commitEnvironment({ deploy: [changed, added], remove: ['c'] }))
    expect(outcome).toMatchObject({ kind: 'done', result: { deployments: 3 } })
    const keys = emitted.map(({ options }) => options?.idempotencyKey)
    expect(new Set(keys).size).toBe(3)
    expect(emitted.map(({ data }) => (data as { app_name: string }).app_name).sort()).toEqual(['a', 'c', 'd'])
  })

  it('asks again only for what it does not have', async () => {
    const [a, b] = ['a', 'b'].map((app) => fake.commitRevision({ app, parameters: { app } }))
    if (!a || !b) throw new Error('unreachable')
    const delivery = fake.commitEnvironment({ deploy: [a, b] })
    fake.fail({
      match: (request) => request.body.includes(b.id),
      status: 503,
      headers: { 'retry-after': '7' },
      times: 1,
    })
    const first = await run(delivery)
    expect(first.outcome).toMatchObject({ kind: 'retry', afterMs: 7000 })
    expect(first.emitted).toHaveLength(1)
    const second = await run(delivery, {}, first.steps)
    expect(second.outcome).toMatchObject({ kind: 'done' })
    expect(second.emitted).toHaveLength(2)
    expect(second.emitted[0]).toEqual(first.emitted[0])
    expect(fake.requests).toHaveLength(3)
  })

  it.each([{ status: 500 }, { status: 429 }, { reset: true as const }])('tries again after %j', async (rule) => {
    const delivery = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'a', parameters: {} })] })
    fake.fail(rule)
    const { outcome, emitted } = await run(delivery)
    expect(outcome?.kind).toBe('retry')
    expect(emitted).toEqual([])
  })

  it.each([
    [{ status: 401, body: { detail: 'Unauthorized' } }, /apiKey/],
    [{ status: 403, body: { detail: 'Forbidden' } }, /apiKey/],
    [{ status: 404, body: { detail: 'Not Found' } }, /baseUrl/],
    [{ status: 307, headers: { location: 'https://elsewhere.example/' } }, /baseUrl/],
    [{ status: 200, body: '<!doctype html>' }, /baseUrl/],
    [{ status: 400, body: { detail: 'Nothing named' } }, /400: Nothing named/],
  ])('gives up at once on %j, with advice', async (rule, advice) => {
    const delivery = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'a', parameters: {} })] })
    fake.fail(rule)
    const { outcome, emitted } = await run(delivery)
    expect(outcome?.kind).toBe('dead')
    expect(reasonOf(outcome)).toMatch(advice)
    expect(JSON.stringify(outcome)).not.toMatch(API_KEY)
    expect(emitted).toEqual([])
  })

  it('says which revision is gone, and still emits the others', async () => {
    const [a, b] = ['a', 'b'].map((app) => fake.commitRevision({ app, parameters: { app } }))
    if (!a || !b) throw new Error('unreachable')
    const delivery = fake.commitEnvironment({ deploy: [a, b] })
    const gone = { count: 0, application_revision: null }
    fake.fail({ match: (request) => request.body.includes(a.id), status: 200, body: gone })
    const { outcome, emitted } = await run(delivery)
    expect(outcome?.kind).toBe('dead')
    expect(reasonOf(outcome)).toMatch(`Revision ${a.id} was not found in Agenta`)
    expect(emitted).toMatchObject([{ data: { app_name: 'b' } }])
  })

  it('documents a deployment although its predecessor is gone', async () => {
    const first = fake.commitRevision({ app: 'a', parameters: { n: 1 } })
    const second = fake.commitRevision({ app: 'a', parameters: { n: 2 } })
    fake.commitEnvironment({ deploy: [first] })
    const delivery = fake.commitEnvironment({ deploy: [second] })
    const gone = { count: 0, application_revision: null }
    fake.fail({ match: (request) => request.body.includes(first.id), status: 200, body: gone })
    const { outcome, emitted, warnings } = await run(delivery)
    expect(outcome?.kind).toBe('done')
    expect(emitted).toMatchObject([{ data: { config: { n: 2 }, previous_revision: 1 } }])
    expect(emitted[0]?.data).not.toHaveProperty('previous_config')
    expect(warnings).toHaveLength(1)
  })

  it('says that a key is missing', async () => {
    const delivery = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'a', parameters: {} })] })
    const { outcome } = await run(delivery, { apiKey: '' })
    expect(outcome?.kind).toBe('dead')
    expect(reasonOf(outcome)).toMatch('agenta({ apiKey })')
    expect(fake.requests).toEqual([])
  })

  it('asks for the key of the project a delivery comes from', async () => {
    const delivery = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'a', parameters: {} })] })
    const asked: (string | null)[] = []
    const apiKey = async (project: string | null) => {
      asked.push(project)
      return API_KEY
    }
    expect((await run(delivery, { apiKey })).outcome?.kind).toBe('done')
    expect(asked).toEqual(['019c0000-0000-7000-8000-000000000001'])
  })

  it('links back, with every part escaped, and only where all parts are known', async () => {
    const revision = fake.commitRevision({ app: 'a b', parameters: {} })
    const delivery = fake.commitEnvironment({ deploy: [revision] })
    const withLink = await run(delivery, {
      links: 'https://cloud.agenta.ai/apps/{{app_id}}/{{app_name}}?revision={{revision}}',
    })
    expect(withLink.emitted).toMatchObject([
      { data: { url: `https://cloud.agenta.ai/apps/${revision.app.id}/a%20b?revision=1` } },
    ])
    const { scope: _scope, ...bare } = delivery.payload
    const without = await run(
      { ...delivery, payload: bare },
      { links: 'https://cloud.agenta.ai/p/{{agenta_project_id}}' },
    )
    expect(without.emitted[0]?.data).toMatchObject({ app_name: 'a b' })
    expect(without.emitted[0]?.data).not.toHaveProperty('url')
    await expect(run(delivery, { links: 'https://cloud.agenta.ai/{{nothing}}' })).rejects.toThrow('agenta({ links })')
  })

  it('treats an application without parameters as deployed, not as removed', async () => {
    const delivery = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'a', parameters: {} })] })
    fake.fail({ status: 200, body: { count: 1, application_revision: { id: 'r', version: '1', data: null } } })
    expect((await run(delivery)).emitted).toMatchObject([{ data: { config: {} } }])
  })
})
