import { describe, expect, it, vi } from 'vitest'
import type { Pullwright } from '../src/index.ts'
import { deployed } from './harness.ts'
import { closing } from './sinks.ts'

const { sink, instances } = closing()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** An endpoint whose answer can be switched, and one that hears of everything operational. */
async function world(count = 1) {
  const state = { status: 503 }
  const receiver = await sink((_request, response) => response.writeHead(state.status).end())
  const alerts = await sink()
  const setting = instances(count)
  const [pullwright] = setting.all as [Pullwright]
  const retry = { base: 5_000, factor: 1, attempts: 1_000, jitter: 0 }
  const endpoint = await pullwright.webhooks.endpoints.create({ url: receiver.url, events: ['*'], retry })
  await pullwright.webhooks.endpoints.create({ url: alerts.url, events: ['endpoint.*', 'delivery.exhausted'] })
  const heard = () => alerts.received.map(({ body }) => JSON.parse(body).event as string)
  const emit = (n = 1) => pullwright.emitter.emit('deployment.succeeded', { ...deployed, revision: n })
  /** Goes on in steps, every instance working off what is due after each. */
  async function pass(total: number, step: number): Promise<void> {
    for (let at = 0; at < total; at += step) {
      await setting.clock.advance(Math.min(step, total - at))
      for (const one of setting.all) await one.drain()
    }
  }
  return { ...setting, state, receiver, pullwright, endpoint, heard, emit, pass }
}

describe('an endpoint that keeps failing', () => {
  it('is reported once, backs off with one probe at a time, and recovers with all that waited', async () => {
    const { state, receiver, pullwright, heard, emit, pass, endpoint } = await world()
    for (let n = 0; n < 30; n += 1) await emit(n)
    await pullwright.drain()
    await pass(15_000, 5_000)
    expect(heard()).toEqual(['endpoint.failing'])
    expect(await pullwright.webhooks.endpoints.health(endpoint.id)).toMatchObject({
      ...{ status: 'failing', nextProbeAt: expect.any(Number), failingSince: expect.any(Number) },
    })
    const before = receiver.received.length
    await pass(10 * MINUTE, 1_000)
    const probes = receiver.received.length - before
    expect(probes).toBeGreaterThanOrEqual(3)
    expect(probes).toBeLessThanOrEqual(6)
    state.status = 204
    await pass(16 * MINUTE, 1_000)
    expect(heard()).toEqual(['endpoint.failing', 'endpoint.recovered'])
    const statuses = (await pullwright.webhooks.deliveries.list({ endpoint: endpoint.id })).map(({ status }) => status)
    // The thirty, and the news that it recovered; the news that it failed is not for the one that failed.
    expect(statuses).toEqual(Array(31).fill('done'))
  })

  it('is not reported for a burst of failures that is over within seconds', async () => {
    const { state, heard, emit, pullwright, pass } = await world()
    for (let n = 0; n < 30; n += 1) await emit(n)
    await pullwright.drain()
    state.status = 200
    await pass(5_000, 1_000)
    await pass(HOUR, 10 * MINUTE)
    expect(heard()).toEqual([])
  })

  it('costs nothing while it is well: not one write beside the deliveries', async () => {
    const { state, store, emit, pullwright } = await world()
    state.status = 200
    await emit()
    await pullwright.drain()
    const asked = [vi.spyOn(store.documents, 'put'), vi.spyOn(store.documents, 'get')]
    for (let n = 0; n < 10; n += 1) await emit(n)
    await pullwright.drain()
    for (const verb of asked) expect(verb).not.toHaveBeenCalled()
  })

  it('is disabled after five days, keeps what it missed, is probed ever more rarely, and heals itself', async () => {
    const { state, receiver, pullwright, heard, emit, pass, endpoint } = await world()
    await emit()
    await pullwright.drain()
    await pass(5 * DAY + HOUR, 5 * MINUTE)
    expect(heard()).toEqual(['endpoint.failing', 'endpoint.disabled'])
    const off = await pullwright.webhooks.endpoints.get(endpoint.id)
    expect(off).toMatchObject({ enabled: false, disabledReason: expect.stringContaining('five days') })
    await emit(2)
    const before = receiver.received.length
    await pass(4 * DAY, 10 * MINUTE)
    const probes = receiver.received.length - before
    expect(probes).toBeGreaterThanOrEqual(5)
    expect(probes).toBeLessThanOrEqual(9)
    expect((await pullwright.webhooks.endpoints.get(endpoint.id)).enabled).toBe(false)
    state.status = 200
    await pass(2 * DAY, 10 * MINUTE)
    expect(heard()).toEqual(['endpoint.failing', 'endpoint.disabled', 'endpoint.recovered'])
    expect(await pullwright.webhooks.endpoints.get(endpoint.id)).toMatchObject({ enabled: true, disabledReason: null })
    const rest = await pullwright.webhooks.deliveries.list({ endpoint: endpoint.id, status: ['pending', 'retrying'] })
    expect(rest).toEqual([])
  }, 60_000)

  it('is tried at once where somebody asks for it', async () => {
    const { state, receiver, pullwright, emit, pass, endpoint } = await world()
    for (let n = 0; n < 6; n += 1) await emit(n)
    await pullwright.drain()
    await pass(MINUTE, 5_000)
    state.status = 200
    const before = receiver.received.length
    const [delivery] = await pullwright.webhooks.deliveries.list({ endpoint: endpoint.id })
    await pullwright.webhooks.deliveries.retry(delivery?.id ?? '')
    await pullwright.drain()
    expect(receiver.received.length).toBeGreaterThan(before)
    expect((await pullwright.webhooks.deliveries.get(delivery?.id ?? '')).status).toBe('done')
  })

  it('begins anew when a person enables it or changes its URL', async () => {
    const { receiver, pullwright, emit, pass, endpoint, store } = await world()
    for (let n = 0; n < 6; n += 1) await emit(n)
    await pullwright.drain()
    await pass(MINUTE, 5_000)
    const health = () => store.documents.list('*', 'pullwright.endpoint-health')
    expect(await health()).toHaveLength(1)
    await pullwright.webhooks.endpoints.enable(endpoint.id)
    expect(await health()).toEqual([])
    const before = receiver.received.length
    await pullwright.drain()
    expect(receiver.received.length - before).toBeGreaterThan(1)
    await pass(MINUTE, 5_000)
    await pullwright.webhooks.endpoints.update(endpoint.id, { url: `${receiver.url}/new` })
    expect(await health()).toEqual([])
  })

  it('has one probe over all processes', async () => {
    const { receiver, all, emit, pass, clock } = await world(3)
    for (let n = 0; n < 40; n += 1) await emit(n)
    for (const one of all) await one.drain()
    await pass(MINUTE, 5_000)
    await clock.advance(16 * MINUTE)
    const before = receiver.received.length
    await Promise.all(all.map((one) => one.drain()))
    expect(receiver.received.length - before).toBe(1)
  })
})

describe('operational events', () => {
  it('make no loop: two dead endpoints that listen to everything come to rest', async () => {
    const dead = await sink((_request, response) => response.writeHead(500).end())
    const { all, clock } = instances(1)
    const [pullwright] = all as [Pullwright]
    const draft = { url: dead.url, events: ['*'], retry: 'agenta' as const }
    await pullwright.webhooks.endpoints.create(draft)
    await pullwright.webhooks.endpoints.create(draft)
    await pullwright.emitter.emit('environment.deployed', deployed)
    for (let n = 0; n < 100; n += 1) {
      await clock.advance(10 * MINUTE)
      await pullwright.drain()
    }
    const events = await pullwright.events.list({ limit: 1_000 })
    const count = (type: string) => events.filter((event) => event.type === type).length
    expect(count('delivery.exhausted')).toBe(2)
    expect(count('endpoint.failing')).toBe(2)
    expect(events.length).toBe(5)
    const open = await pullwright.webhooks.deliveries.list({ status: ['pending', 'retrying', 'waiting', 'running'] })
    expect(open).toEqual([])
  })
})

describe('a disabled endpoint', () => {
  it('is an event too when a person disabled it, once', async () => {
    const { all } = instances(1)
    const [pullwright] = all as [Pullwright]
    const { endpoints } = pullwright.webhooks
    const draft = { url: 'http://127.0.0.1:9/', events: ['environment.deployed'] }
    const [a, b] = [await endpoints.create(draft), await endpoints.create(draft)]
    await endpoints.disable(a.id, { reason: 'moving house' })
    await endpoints.disable(a.id)
    await endpoints.update(b.id, { enabled: false })
    const events = await pullwright.events.list({ types: ['endpoint.disabled'] })
    const told = events.map(({ data }) => data as { endpoint_id: string; reason: string })
    expect(told.map(({ endpoint_id, reason }) => [endpoint_id, reason])).toEqual([
      [b.id, 'Disabled by hand'],
      [a.id, 'moving house'],
    ])
    expect((await endpoints.health(a.id)).status).toBe('disabled')
  })

  it('gets what was emitted meanwhile once it is enabled', async () => {
    const receiver = await sink()
    const { all } = instances(1)
    const [pullwright] = all as [Pullwright]
    const { endpoints, deliveries } = pullwright.webhooks
    const { id } = await endpoints.create({ url: receiver.url, events: ['*'] })
    await endpoints.disable(id)
    for (let n = 0; n < 3; n += 1) await pullwright.emitter.emit('deployment.succeeded', { ...deployed, revision: n })
    await pullwright.drain()
    expect(receiver.received).toEqual([])
    expect((await deliveries.list()).map(({ status }) => status)).toEqual(['pending', 'pending', 'pending'])
    await endpoints.enable(id)
    await pullwright.drain()
    expect(receiver.received).toHaveLength(3)
  })
})
