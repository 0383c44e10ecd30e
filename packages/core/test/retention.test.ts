import { describe, expect, it } from 'vitest'
import { createPullwright, generateKey, memoryStore, type Pullwright } from '../src/index.ts'
import { deployed, memoryLogger, plugin, setUp } from './harness.ts'
import { closing } from './sinks.ts'

const { sink, instances } = closing()
const HOUR = 3_600_000
const DAY = 24 * HOUR

describe('retention', () => {
  it('deletes ended work after so many days, in batches, and leaves the rest', async () => {
    const { pullwright, clock, store } = setUp({
      retention: { days: 30 },
      plugins: [plugin({ note: { on: ['*'], run: () => undefined } })],
    })
    for (let n = 0; n < 1_200; n += 1) await pullwright.emitter.emit('deployment.succeeded', deployed)
    await pullwright.drain()
    await clock.advance(20 * DAY)
    const { id } = await pullwright.emitter.emit('deployment.succeeded', deployed)
    const limits: number[] = []
    const { prune } = store
    store.prune = (request) => {
      limits.push(request.limit)
      return prune(request)
    }
    await clock.advance(10 * DAY + HOUR)
    await pullwright.drain()
    expect((await pullwright.events.list({ limit: 9_999 })).map((event) => event.id)).toEqual([id])
    expect(limits).toEqual([500, 500, 500])
    await clock.advance(21 * DAY)
    await pullwright.drain()
    expect(await pullwright.events.list()).toEqual([])
  })

  it('deletes nothing unless asked, and never what has not ended', async () => {
    const { pullwright, clock } = setUp({
      plugins: [plugin({ wait: { on: ['*'], run: ({ wait }) => wait({ wakeOn: 'x' }) } })],
    })
    await pullwright.emitter.emit('deployment.succeeded', deployed)
    await pullwright.drain()
    await clock.advance(1_000 * DAY)
    await pullwright.drain()
    expect(await pullwright.events.list()).toHaveLength(1)
    expect(await pullwright.prune({ before: new Date(clock.now()) })).toEqual({ events: 0 })
    expect(await pullwright.events.list()).toHaveLength(1)
  })

  it('by hand is of the bound project, and refuses what is no time', async () => {
    const { pullwright, clock } = setUp()
    for (const project of ['a', 'b']) await pullwright.emitter.emit('deployment.succeeded', deployed, { project })
    await clock.advance(1)
    expect(await pullwright.as({ project: 'a' }).prune({ before: clock.now() })).toEqual({ events: 1 })
    await expect(pullwright.as({ project: 'a' }).prune({ before: 0, project: 'b' })).rejects.toMatchObject({
      code: 'invalid-argument',
    })
    expect(await pullwright.prune({ before: '2027-01-01' })).toEqual({ events: 1 })
    await expect(pullwright.prune({ before: 'soon' })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  it('ends what a disabled endpoint never got, which else would stay for ever', async () => {
    const receiver = await sink()
    const { all, clock } = instances(1, { retention: { days: 30 } })
    const [pullwright] = all as [Pullwright]
    const { id } = await pullwright.webhooks.endpoints.create({ url: receiver.url, events: ['deployment.*'] })
    await pullwright.webhooks.endpoints.disable(id)
    await pullwright.emitter.emit('deployment.succeeded', deployed)
    await clock.advance(31 * DAY)
    await pullwright.emitter.emit('deployment.succeeded', deployed)
    await pullwright.drain()
    expect((await pullwright.webhooks.deliveries.list()).map(({ status }) => status)).toEqual(['pending'])
  })

  it('takes a number of days and nothing else', () => {
    for (const retention of [{ days: 0 }, { days: Number.NaN }, { days: -3 }, { days: 5, everyMs: 0 }]) {
      expect(() => createPullwright({ store: memoryStore(), logger: memoryLogger(), retention })).toThrow(/retention/)
    }
  })
})

describe('old credentials', () => {
  it('are warned of once, at ninety days, and again ninety days after a rotation', async () => {
    const { all, clock } = instances(2, { retention: { days: 1 } })
    const [pullwright, other] = all as [Pullwright, Pullwright]
    const receiver = await sink()
    const { id, secret } = await pullwright.webhooks.endpoints.create({
      url: receiver.url,
      events: ['credential.*'],
      name: 'ops',
    })
    const told = () => receiver.received.map(({ body }) => JSON.parse(body).data)
    async function pass(days: number): Promise<void> {
      for (let day = 0; day < days; day += 1) {
        await clock.advance(DAY)
        await Promise.all([pullwright.drain(), other.drain()])
      }
    }
    await pass(89)
    expect(told()).toEqual([])
    await pass(2)
    expect(told()).toEqual([{ kind: 'endpoint-secret', id, name: 'ops', age_days: expect.any(Number) }])
    expect(JSON.stringify(receiver.received)).not.toContain(secret)
    await pass(60)
    expect(told()).toHaveLength(1)
    await pullwright.webhooks.endpoints.rotateSecret(id)
    await pass(92)
    expect(told()).toHaveLength(2)
  })

  it('of integrations too, in their own project', async () => {
    const { pullwright, store, clock } = setUp({ key: generateKey() })
    await store.integrations.put({
      ...{ id: 'int_1', project: 'acme', version: 1, createdAt: clock.now(), updatedAt: clock.now(), name: null },
      ...{ vcs: 'github', baseUrl: null, repository: 'acme/prompts', base: null, sealedCredential: 'sealed' },
      ...{ credentialCreatedAt: clock.now(), enabled: true, rules: {} },
    })
    await pullwright.drain()
    await clock.advance(91 * DAY)
    await pullwright.drain()
    const events = await pullwright.events.list({ project: 'acme' })
    expect(events).toMatchObject([
      { type: 'credential.expiring', data: { kind: 'integration-credential', id: 'int_1' } },
    ])
  })

  it('are warned of once more before they end, and not for their age where they renew themselves', async () => {
    const { pullwright, store, clock } = setUp({ key: generateKey() })
    const end = clock.now() + 60 * DAY
    const common = {
      ...{ project: 'acme', version: 1, createdAt: clock.now(), updatedAt: clock.now(), name: null },
      ...{ vcs: 'github', baseUrl: null, repository: 'acme/prompts', base: null, sealedCredential: 'sealed' },
      ...{ credentialCreatedAt: clock.now(), enabled: true, rules: {} },
    }
    await store.integrations.put({ ...common, id: 'int_ends', credentialExpiresAt: end })
    await store.integrations.put({ ...common, id: 'int_app', credentialExpiresAt: null, credentialRenews: true })
    const told = async (days: number) => {
      for (let day = 0; day < days; day += 1) {
        await clock.advance(DAY)
        await pullwright.drain()
      }
      return (await pullwright.events.list({ project: 'acme' })).map(({ data }) => data).reverse()
    }
    expect(await told(45)).toEqual([])
    const ending = {
      kind: 'integration-credential',
      id: 'int_ends',
      age_days: 46,
      expires_at: new Date(end).toISOString(),
    }
    expect(await told(2)).toEqual([ending])
    expect(await told(60)).toEqual([ending, { kind: 'integration-credential', id: 'int_ends', age_days: 90 }])
  })
})
