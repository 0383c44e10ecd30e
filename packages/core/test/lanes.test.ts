import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { createPullwright, generateKey, memoryStore, type Pullwright } from '../src/index.ts'
import { deployed, memoryLogger, settled } from './harness.ts'
import { closing, LOCAL, until } from './sinks.ts'

const { sink, instances } = closing()

describe('an endpoint that hangs', () => {
  it('among a hundred delays none of the others, however much is queued for it', async () => {
    const hanging: ServerResponse[] = []
    const arrived = new Map<string, number>()
    const receiver = await sink((request, response) => {
      if (request.path === '/hangs') return void hanging.push(response)
      arrived.set(request.path, (arrived.get(request.path) ?? 0) + 1)
      response.end()
    })
    const pullwright = createPullwright({
      store: memoryStore(),
      key: generateKey(),
      egress: LOCAL,
      logger: memoryLogger(),
    })
    const { endpoints } = pullwright.webhooks
    // The one that hangs is first in every plan, and a long queue for it alone stands before everybody else's.
    await endpoints.create({ url: `${receiver.url}/hangs`, events: ['*'] })
    for (let n = 0; n < 300; n += 1) await pullwright.emitter.emit('deployment.succeeded', { ...deployed, revision: n })
    for (let n = 1; n < 100; n += 1) {
      await endpoints.create({ url: `${receiver.url}/${n}`, events: ['deployment.failed'] })
    }
    for (let n = 0; n < 3; n += 1) await pullwright.emitter.emit('deployment.failed', { ...deployed, revision: n })
    const started = performance.now()
    await pullwright.start()
    await until(() => arrived.size === 99 && [...arrived.values()].every((count) => count === 3))
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(hanging.length).toBeGreaterThan(0)
    expect(hanging.length).toBeLessThanOrEqual(10)
    for (const response of hanging) response.destroy()
    await pullwright.stop({ timeoutMs: 0 })
  })

  it('gives its places up when it is slow, so that several of them cannot fill the lane', async () => {
    const hanging: ServerResponse[] = []
    let arrived = 0
    const receiver = await sink((request, response) => {
      if (request.path !== '/fine') return void hanging.push(response)
      arrived += 1
      response.end()
    })
    const { all, clock } = instances(1, { limits: { concurrency: 4 } })
    const [pullwright] = all as [Pullwright]
    const { endpoints } = pullwright.webhooks
    for (let n = 0; n < 4; n += 1) {
      await endpoints.create({ url: `${receiver.url}/${n}`, events: ['*'], concurrency: 1, timeoutMs: 60_000 })
      // Endpoints are planned for in the order of their creation.
      await clock.advance(1)
    }
    await endpoints.create({ url: `${receiver.url}/fine`, events: ['*'] })
    await pullwright.emitter.emit('deployment.succeeded', deployed)
    await pullwright.start()
    await until(() => hanging.length === 4)
    await settled()
    expect(arrived).toBe(0)
    await clock.advance(1_000)
    await until(() => arrived === 1)
    for (const response of hanging) response.destroy()
  })
})

describe('an endpoint’s own limits', () => {
  it('so many deliveries at once, in both lanes together', async () => {
    let inside = 0
    let most = 0
    const receiver = await sink((_request, response) => {
      most = Math.max(most, ++inside)
      setTimeout(() => {
        inside -= 1
        response.end()
      }, 10)
    })
    const { all } = instances(1)
    const [pullwright] = all as [Pullwright]
    await pullwright.webhooks.endpoints.create({ url: receiver.url, events: ['*'], concurrency: 2 })
    for (let n = 0; n < 12; n += 1) await pullwright.emitter.emit('deployment.succeeded', { ...deployed, revision: n })
    await pullwright.drain()
    expect(receiver.received).toHaveLength(12)
    expect(most).toBe(2)
    await pullwright.webhooks.deliveries.recover({
      endpoint: (await pullwright.webhooks.endpoints.list())[0]?.id ?? '',
      since: 0,
      status: 'done',
    })
    for (let n = 0; n < 6; n += 1) await pullwright.emitter.emit('deployment.succeeded', { ...deployed, revision: n })
    await pullwright.drain()
    expect(receiver.received).toHaveLength(30)
    expect(most).toBe(2)
  })

  it('a rate spreads deliveries over time, and other endpoints flow', async () => {
    const receiver = await sink()
    const { all, clock, store } = instances(1)
    const [pullwright] = all as [Pullwright]
    const { endpoints } = pullwright.webhooks
    await endpoints.create({ url: `${receiver.url}/slow`, events: ['*'], rateLimit: { perSecond: 2 } })
    await endpoints.create({ url: `${receiver.url}/fast`, events: ['*'] })
    let settlements = 0
    const { settle } = store
    store.settle = (...args) => {
      settlements += args[0].length
      return settle(...args)
    }
    for (let n = 0; n < 10; n += 1) await pullwright.emitter.emit('deployment.succeeded', { ...deployed, revision: n })
    const at = (path: string) => receiver.received.filter((request) => request.path === path).length
    await pullwright.drain()
    expect([at('/slow'), at('/fast')]).toEqual([2, 10])
    await pullwright.drain()
    expect(at('/slow')).toBe(2)
    await clock.advance(500)
    await pullwright.drain()
    expect(at('/slow')).toBe(3)
    // What may not go is put back, once, and left in the queue.
    expect(settlements).toBeLessThan(40)
    for (let n = 0; n < 20; n += 1) {
      await clock.advance(500)
      await pullwright.drain()
    }
    expect(at('/slow')).toBe(10)
    const times = (await pullwright.webhooks.deliveries.list()).map(({ attempts }) => attempts)
    expect(times).toEqual(Array(20).fill(1))
  })

  it('while started, deliveries wait here for a rate that is soon theirs, and stopping puts them back', async () => {
    const receiver = await sink()
    const { all, clock, store } = instances(1)
    const [pullwright] = all as [Pullwright]
    await pullwright.webhooks.endpoints.create({ url: receiver.url, events: ['*'], rateLimit: { perSecond: 2 } })
    for (let n = 0; n < 6; n += 1) await pullwright.emitter.emit('deployment.succeeded', { ...deployed, revision: n })
    await pullwright.start()
    await until(() => receiver.received.length === 2)
    await clock.advance(500)
    await until(() => receiver.received.length === 3)
    await settled()
    const stopped = pullwright.stop({ timeoutMs: 0 })
    await settled()
    await clock.advance(0)
    await stopped
    const statuses = (await store.query.tasks({})).map(({ status }) => status).sort()
    expect(statuses).toEqual(['done', 'done', 'done', 'pending', 'pending', 'pending'])
  })
})
