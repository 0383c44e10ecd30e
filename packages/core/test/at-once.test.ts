import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  type AppendResult,
  createPullwright,
  defineEvent,
  generateKey,
  memoryStore,
  type PullwrightOptions,
  type Store,
} from '../src/index.ts'
import { memoryLogger } from './harness.ts'
import { closing, LOCAL, until } from './sinks.ts'

const noted = defineEvent('thing.noted', z.strictObject({ number: z.number() }), {
  description: 'A thing was noted',
  example: { number: 1 },
})

/** What passes between an instance and its store. */
interface Seen {
  claimed: number
  leases: number
}

function watched(store: Store, over: Partial<Store> = {}): { store: Store; seen: Seen } {
  const seen: Seen = { claimed: 0, leases: 0 }
  const inner = { ...store, ...over }
  return {
    seen,
    store: {
      ...inner,
      async claim(request) {
        const claimed = await inner.claim(request)
        seen.claimed += claimed.length
        return claimed
      },
      append(recording, options) {
        for (const { lease } of recording.events.flatMap(({ tasks }) => tasks)) if (lease !== undefined) seen.leases++
        return inner.append(recording, options)
      },
    },
  }
}

const open = closing()

async function instance(store: Store, options: PullwrightOptions = {}) {
  const pullwright = createPullwright({
    ...{ store, events: [noted], key: generateKey(), egress: LOCAL, logger: memoryLogger() },
    ...options,
  })
  await pullwright.migrate()
  return pullwright
}

/** Started, and its first look is over: it knows that nothing older waits. */
async function start(pullwright: Awaited<ReturnType<typeof instance>>): Promise<void> {
  await pullwright.start()
  await new Promise((resolve) => setTimeout(resolve, 30))
}

function numbers(sink: { received: readonly { body: string | Uint8Array }[] }): number[] {
  return sink.received.map(({ body }) => (JSON.parse(String(body)) as { data: { number: number } }).data.number)
}

describe('a delivery of the process that records it', () => {
  it('goes out without being looked for, and is kept like any other', async () => {
    const sink = await open.sink()
    const { store, seen } = watched(memoryStore())
    const pullwright = await instance(store)
    await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'] })
    await start(pullwright)
    for (let number = 0; number < 5; number++) await pullwright.emitter.emit('thing.noted', { number })
    await until(async () => (await pullwright.tasks.list({ statuses: ['done'] })).length === 5)
    expect(seen).toEqual({ claimed: 0, leases: 5 })
    expect(numbers(sink).sort()).toEqual([0, 1, 2, 3, 4])
    const [task] = await pullwright.tasks.list({ statuses: ['done'] })
    expect(task).toMatchObject({ status: 'done', attempts: 1, lane: 'first' })
    await pullwright.stop()
  })

  it('waits in the queue where there is no room, and is not overtaken', async () => {
    const sink = await open.sink((_, response) => setTimeout(() => response.end(), 15))
    const { store, seen } = watched(memoryStore())
    const pullwright = await instance(store)
    await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'], concurrency: 1 })
    await start(pullwright)
    for (let number = 0; number < 8; number++) {
      await pullwright.emitter.emit('thing.noted', { number })
      await new Promise((resolve) => setTimeout(resolve, 6))
    }
    await until(() => sink.received.length === 8)
    expect(numbers(sink)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(seen.claimed).toBeGreaterThan(0)
    await pullwright.stop()
  })

  it('goes out while another endpoint hangs, whose own deliveries wait', async () => {
    const hanging = await open.sink(() => {})
    const sink = await open.sink()
    const { store, seen } = watched(memoryStore())
    const pullwright = await instance(store)
    await pullwright.webhooks.endpoints.create({ url: hanging.url, events: ['*'], concurrency: 1 })
    await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'] })
    await start(pullwright)
    for (let number = 0; number < 6; number++) await pullwright.emitter.emit('thing.noted', { number })
    await until(() => sink.received.length === 6)
    expect(seen).toEqual({ claimed: 0, leases: 7 })
    expect(hanging.received).toHaveLength(1)
    await pullwright.stop({ timeoutMs: 0 })
  })

  it('stays in the queue where nobody works, where it has a key, or the endpoint is disabled', async () => {
    const sink = await open.sink()
    const { store, seen } = watched(memoryStore())
    const pullwright = await instance(store)
    const endpoint = await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'] })
    await pullwright.emitter.emit('thing.noted', { number: 1 })
    await pullwright.webhooks.endpoints.disable(endpoint.id)
    await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'], ordering: 'key' })
    await start(pullwright)
    await pullwright.emitter.emit('thing.noted', { number: 2 }, { orderingKey: 'a' })
    await until(() => sink.received.length > 0)
    expect(seen.leases).toBe(0)
    await pullwright.stop()
  })

  it('is looked for where the store does not claim what it records', async () => {
    const sink = await open.sink()
    const inner = memoryStore()
    const { store, seen } = watched(inner, {
      append: (recording, options) => {
        const events = recording.events.map((event) => ({
          ...event,
          tasks: event.tasks.map(({ lease: _, ...task }) => task),
        }))
        return inner.append({ ...recording, events }, options)
      },
    })
    const pullwright = await instance(store, { limits: { concurrency: 2 } })
    await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'] })
    await start(pullwright)
    for (let number = 0; number < 6; number++) await pullwright.emitter.emit('thing.noted', { number })
    await until(() => sink.received.length === 6)
    expect(seen.leases).toBeGreaterThan(0)
    await pullwright.stop()
  })

  it('leaves no place taken where its record failed', async () => {
    const sink = await open.sink()
    const inner = memoryStore()
    let broken = true
    const { store } = watched(inner, {
      append: async (recording, options) => {
        if (broken && recording.events[0]?.type === 'thing.noted') throw new Error('The disk is full')
        return inner.append(recording, options)
      },
    })
    const pullwright = await instance(store, { limits: { concurrency: 2 } })
    await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'], concurrency: 2 })
    await start(pullwright)
    for (let number = 0; number < 5; number++)
      await expect(pullwright.emitter.emit('thing.noted', { number })).rejects.toThrow('The disk is full')
    broken = false
    for (let number = 0; number < 4; number++) await pullwright.emitter.emit('thing.noted', { number })
    await until(() => sink.received.length === 4)
    await pullwright.stop()
  })

  it('is waited for by whoever drains or stops right after the record', async () => {
    const sink = await open.sink()
    const pullwright = await instance(memoryStore())
    await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'] })
    await start(pullwright)
    await pullwright.emitter.emit('thing.noted', { number: 1 })
    await pullwright.drain()
    expect(numbers(sink)).toEqual([1])
    await pullwright.emitter.emit('thing.noted', { number: 2 })
    await pullwright.stop()
    const [task] = await pullwright.tasks.list({ statuses: ['pending', 'done'] })
    expect(task?.status).toBe(sink.received.length === 2 ? 'done' : 'pending')
  })

  it('is prolonged where its record took long, and run by one alone', async () => {
    const sink = await open.sink()
    const inner = memoryStore()
    const { store, seen } = watched(inner, {
      append: async (recording, options) => {
        const isSlow = recording.events[0]?.type === 'thing.noted'
        if (isSlow) await new Promise((resolve) => setTimeout(resolve, 700))
        const result = await inner.append(recording, options)
        if (isSlow) await new Promise((resolve) => setTimeout(resolve, 100))
        return result
      },
    })
    const pullwright = await instance(store, { limits: { leaseMs: 1_000 } })
    await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'] })
    await start(pullwright)
    await pullwright.emitter.emit('thing.noted', { number: 1 })
    await until(async () => (await pullwright.tasks.list({ statuses: ['done'] })).length === 1)
    expect(seen.leases).toBe(1)
    expect(sink.received).toHaveLength(1)
    expect((await pullwright.tasks.list({ statuses: ['done'] }))[0]).toMatchObject({ attempts: 1, lane: 'first' })
    await pullwright.stop()
  })

  it('keeps nobody from stopping in time while it is recorded', async () => {
    const inner = memoryStore()
    const { store, seen } = watched(inner, {
      append: (recording, options) =>
        recording.events[0]?.type === 'thing.noted' ? new Promise(() => {}) : inner.append(recording, options),
    })
    const pullwright = await instance(store)
    await pullwright.webhooks.endpoints.create({ url: 'http://127.0.0.1:9/', events: ['*'] })
    await start(pullwright)
    void pullwright.emitter.emit('thing.noted', { number: 1 })
    await until(() => seen.leases === 1)
    const begun = Date.now()
    await pullwright.stop({ timeoutMs: 50 })
    expect(Date.now() - begun).toBeLessThan(2_000)
  })

  it('is put back where the process stops while it is recorded', async () => {
    const sink = await open.sink()
    const inner = memoryStore()
    let record = () => {}
    const { store, seen } = watched(inner, {
      append: async (recording, options): Promise<AppendResult> => {
        const result = await inner.append(recording, options)
        await new Promise<void>((resolve) => {
          record = resolve
        })
        return result
      },
    })
    const options = { key: generateKey() }
    const pullwright = await instance(store, options)
    const creating = pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'] })
    await until(() => {
      record()
      return creating.then(
        () => true,
        () => true,
      )
    })
    await start(pullwright)
    const emitting = pullwright.emitter.emit('thing.noted', { number: 1 })
    await until(() => seen.leases === 1)
    const stopping = pullwright.stop()
    await new Promise((resolve) => setTimeout(resolve, 20))
    record()
    await Promise.all([emitting, stopping])
    await until(async () => (await inner.query.tasks({ limit: 10 })).every(({ status }) => status === 'pending'))
    expect(sink.received).toHaveLength(0)
    const next = await instance(inner, options)
    await next.drain()
    expect(numbers(sink)).toEqual([1])
    await next.stop()
  })
})
