import { createPullwright, memoryStore, type Pullwright, type Store } from '@pullwright/core'
import { type AgentaDelivery, type FakeAgenta, fakeAgenta } from '@pullwright/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AgentaOptions, agenta } from '../src/index.ts'

const SECRET = 'the secret Agenta showed once'
const API_KEY = 'key-of-a-project'
const PLANTED = ['s', 'k-'].join('') + 'Ab3dEf9hJk2mNp5q'.repeat(3)
const START = Date.UTC(2026, 3, 7, 12)

let fake: FakeAgenta
let pullwright: Pullwright
let now = START
const logged: unknown[] = []

beforeEach(async () => {
  now = START
  logged.length = 0
  fake = await fakeAgenta({ secret: SECRET, apiKey: API_KEY, now: () => now })
  pullwright = create()
})
afterEach(async () => {
  await pullwright.stop()
  await fake.close()
})

function create(options: Partial<AgentaOptions> = {}, store: Store = memoryStore()): Pullwright {
  const log = (fields: object, message: string) => void logged.push({ ...fields, message })
  return createPullwright({
    store,
    key: Buffer.alloc(32, 7).toString('base64'),
    plugins: [agenta({ secret: SECRET, apiKey: API_KEY, baseUrl: fake.url, ...options })],
    logger: { debug: log, info: log, warn: log, error: log },
    clock: { now: () => now },
  })
}

async function send({ headers, body }: Pick<AgentaDelivery, 'headers' | 'body'>) {
  const url = 'https://host.example/pullwright/hooks/agenta'
  const response = await pullwright.handler(new Request(url, { method: 'POST', headers, body }))
  return { status: response.status, body: (await response.json()) as { id: string | null; status: unknown } }
}

const deployments = async () => (await pullwright.events.list({ types: ['environment.deployed'] })).reverse()
const expansions = () => pullwright.tasks.list({ handler: 'agenta/expand' })

describe('the key and the secret', () => {
  const key = ['Zq81xT0pLw93', 'nMv72RkbEo4'].join('.')

  it.each([
    ['as a text', (text: string): unknown => text],
    ['inside of an object', (text: string): unknown => [{ loc: ['header'], input: text }]],
    ['so that a cut would go through it', (text: string): unknown => `${'x'.repeat(185)} ${text}`],
  ])('are in no reason and no log where the API repeats them %s', async (_how, detail) => {
    await fake.close()
    fake = await fakeAgenta({ secret: SECRET, apiKey: key, now: () => now })
    await pullwright.stop()
    const store = memoryStore()
    pullwright = create({ apiKey: async () => key, baseUrl: fake.url }, store)
    const revision = fake.commitRevision({ app: 'bot', parameters: {} })
    fake.fail({ status: 422, body: { detail: detail(`${key} and ${SECRET} have no access`) } })
    await send(fake.commitEnvironment({ deploy: [revision] }))
    await pullwright.drain()
    const [task] = await expansions()
    expect(task).toMatchObject({ status: 'dead', reason: expect.stringContaining('422') })
    const everything = JSON.stringify([task, await store.query.attempts(task?.id ?? ''), logged])
    for (const part of [key.slice(0, 12), SECRET.slice(0, 12)]) expect(everything).not.toContain(part)
  })
})

describe('a real Agenta', () => {
  it('gets 202 before any work is done, and then one deployment is recorded', async () => {
    const revision = fake.commitRevision({ app: 'bot', parameters: { temperature: 0.7 } })
    const delivery = fake.commitEnvironment({ deploy: [revision], message: 'First' })
    const answer = await send(delivery)
    expect([answer.status, answer.body.status]).toEqual([202, 'recorded'])
    expect(fake.requests).toEqual([])
    expect(await deployments()).toEqual([])

    await pullwright.drain()
    const [event, ...more] = await deployments()
    expect(more).toEqual([])
    expect(event).toMatchObject({
      project: 'default',
      occurredAt: START,
      rootId: answer.body.id,
      data: {
        app_name: 'bot',
        variant_name: 'default',
        environment: 'production',
        revision: 1,
        commit_message: 'First',
        deployment_id: delivery.eventId,
        config_diff: { added: { temperature: 0.7 }, modified: {}, removed: {} },
      },
    })
  })

  it('has its changes, removals and several applications told apart', async () => {
    const bot = fake.commitRevision({ app: 'bot', parameters: { temperature: 0.7, model: 'small' } })
    const judge = fake.commitRevision({ app: 'judge', parameters: { strict: true } })
    await send(fake.commitEnvironment({ deploy: [bot, judge] }))
    const calmer = fake.commitRevision({ app: 'bot', parameters: { temperature: 0.5, model: 'small' } })
    await send(fake.commitEnvironment({ deploy: [calmer], remove: ['judge'] }))
    await pullwright.drain()
    const diffs = (await deployments()).map(({ data }) => {
      const { app_name, config_diff } = data as { app_name: string; config_diff: unknown }
      return [app_name, config_diff]
    })
    expect(diffs).toHaveLength(4)
    expect(diffs).toContainEqual(['bot', { added: { temperature: 0.7, model: 'small' }, modified: {}, removed: {} }])
    expect(diffs).toContainEqual(['bot', { added: {}, modified: { temperature: { old: 0.7, new: 0.5 } }, removed: {} }])
    expect(diffs).toContainEqual(['judge', { added: {}, modified: {}, removed: { strict: true } }])
  })

  it('may send a delivery as often as it likes', async () => {
    const delivery = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'bot', parameters: {} })] })
    const first = await send(delivery)
    expect(await send(delivery)).toEqual({ status: 200, body: { id: first.body.id, status: 'duplicate' } })
    now += 60_000
    expect(await send(fake.again(delivery))).toEqual({ status: 200, body: { id: first.body.id, status: 'duplicate' } })
    const renamed = fake.again({ ...delivery, deliveryId: 'replayed-under-another-id' })
    expect(await send(renamed)).toEqual({ status: 200, body: { id: first.body.id, status: 'duplicate' } })
    await pullwright.drain()
    expect(await deployments()).toHaveLength(1)
  })

  it('may bring one event by two subscriptions', async () => {
    const delivery = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'bot', parameters: {} })] })
    const first = await send(delivery)
    const other = fake.again({ ...delivery, deliveryId: 'other' }, delivery.body.replace('0000a001', '0000a002'))
    expect(other.body).not.toBe(delivery.body)
    expect(await send(other)).toEqual({ status: 200, body: { id: first.body.id, status: 'duplicate' } })
    await pullwright.drain()
    expect(await deployments()).toHaveLength(1)
  })

  it('gets 200 for a test, and for events that are no deployments, and nothing happens', async () => {
    for (const delivery of [fake.testDelivery(), fake.delivery('testsets.revisions.committed', { any: 'thing' })]) {
      expect(await send(delivery)).toEqual({ status: 200, body: { id: null, status: 'ignored' } })
    }
    expect(await pullwright.events.list()).toEqual([])
  })

  it('is refused: wrong signature 401, old 401, over the limit 413, no JSON 400, reshaped 422', async () => {
    const delivery = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'bot', parameters: {} })] })
    const forged = delivery.body.replace('"bot"', '"bat"')
    expect((await send({ ...delivery, body: forged })).status).toBe(401)
    expect((await send({ ...delivery, headers: {} })).status).toBe(401)
    expect((await send(fake.again(delivery, `{"pad":"${'x'.repeat(1024 * 1024)}"}`))).status).toBe(413)
    expect((await send(fake.again(delivery, 'deployed!'))).status).toBe(400)
    expect((await send(fake.again(delivery, '{"text":"deployed!"}'))).status).toBe(422)
    now += 301_000
    expect((await send(delivery)).status).toBe(401)
    await pullwright.drain()
    expect(await pullwright.events.list()).toEqual([])
    expect(fake.requests).toEqual([])
  })

  it('may fail for a while', async () => {
    const delivery = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'bot', parameters: {} })] })
    fake.fail({ status: 503, times: 2 })
    await send(delivery)
    await pullwright.drain()
    expect(await deployments()).toEqual([])
    for (let tries = 0; tries < 3; tries++) {
      now += 24 * 3600 * 1000
      await pullwright.drain()
    }
    expect(await deployments()).toHaveLength(1)
    expect(await expansions()).toMatchObject([{ status: 'done', attempts: 3 }])
  })

  it('may refuse our key: the task says what to do, and works once that is done', async () => {
    let key = 'wrong-key-given'
    await pullwright.stop()
    pullwright = create({ apiKey: () => key })
    await send(fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'bot', parameters: {} })] }))
    await pullwright.drain()
    const [dead] = await expansions()
    expect(dead).toMatchObject({ status: 'dead', reason: expect.stringMatching(/agenta\(\{ apiKey \}\)/) })
    expect(JSON.stringify([dead, logged])).not.toMatch('wrong-key-given')
    key = API_KEY
    await pullwright.tasks.retry(dead?.id ?? '')
    await pullwright.drain()
    expect(await deployments()).toHaveLength(1)
  })

  it('may keep keys in its configurations: they are in nothing we store or log', async () => {
    const parameters = { prompt: `use ${PLANTED}`, provider_api_key: 'hunter2-hunter2' }
    const revision = fake.commitRevision({ app: 'bot', parameters, message: `rotated to ${PLANTED}` })
    await send(fake.commitEnvironment({ deploy: [revision], message: `with ${PLANTED}` }))
    await pullwright.drain()
    const [tasks, events] = [await pullwright.tasks.list(), await pullwright.events.list()]
    expect(events.length).toBeGreaterThan(1)
    expect(JSON.stringify([tasks, events, logged])).not.toMatch(new RegExp(`${PLANTED}|hunter2`))
  })

  it('is one of several, each with its own name, secret and project', async () => {
    await pullwright.stop()
    const log = () => undefined
    pullwright = createPullwright({
      store: memoryStore(),
      logger: { debug: log, info: log, warn: log, error: log },
      clock: { now: () => now },
      plugins: [
        agenta({ secret: 'another', name: 'agenta-us' }),
        agenta({ secret: SECRET, apiKey: API_KEY, baseUrl: fake.url, name: 'agenta-eu', project: 'europe' }),
      ],
    })
    const { headers, body } = fake.commitEnvironment({ deploy: [fake.commitRevision({ app: 'bot', parameters: {} })] })
    const to = (name: string) =>
      pullwright.handler(new Request(`https://host.example/hooks/${name}`, { method: 'POST', headers, body }))
    expect((await to('agenta-us')).status).toBe(401)
    expect((await to('agenta')).status).toBe(404)
    expect((await to('agenta-eu')).status).toBe(202)
    await pullwright.drain()
    expect(await pullwright.events.list({ project: 'europe', types: ['environment.deployed'] })).toHaveLength(1)
    expect(await pullwright.tasks.list({ project: 'europe', statuses: ['dead'] })).toEqual([])
  })
})
