import { describe, expect, it } from 'vitest'
import { createPullwright, memoryStore, type Pullwright } from '../src/index.ts'
import { deployed, fakeClock, memoryLogger, plugin, settled } from './harness.ts'
import { closing } from './sinks.ts'

const { sink, instances } = closing()
const HOUR = 3_600_000

/** A clock that can be set, and whose timers keep running as the machine’s do. */
function unruly() {
  const clock = fakeClock()
  let shift = 0
  const jump = (milliseconds: number): void => {
    shift += milliseconds
  }
  return { ...clock, now: () => clock.now() + shift, jump }
}

/** A handler that takes as long as it is told, on one or two instances of one store. */
function world() {
  const clock = unruly()
  const store = memoryStore()
  const ends: (() => void)[] = []
  const run = () => new Promise<undefined>((resolve) => ends.push(() => resolve(undefined)))
  const make = () =>
    createPullwright({
      store,
      clock,
      logger: memoryLogger(),
      plugins: [plugin({ slow: { on: ['*'], timeoutMs: 10 * HOUR, run } })],
    })
  return { clock, store, ends, make }
}

describe('a clock that jumps', () => {
  it('ahead does not make an instance claim what it still runs', async () => {
    const { clock, store, ends, make } = world()
    const pullwright = make()
    await pullwright.emitter.emit('deployment.succeeded', deployed)
    await pullwright.start()
    await settled()
    expect(ends).toHaveLength(1)
    clock.jump(5 * HOUR)
    await clock.advance(1_000)
    expect(ends).toHaveLength(1)
    ends[0]?.()
    await settled()
    const [task] = await pullwright.tasks.list()
    expect(task).toMatchObject({ status: 'done', attempts: 1 })
    expect(await store.query.attempts(task?.id ?? '')).toHaveLength(1)
    await pullwright.stop()
  })

  it('back keeps the leases of what runs, for another instance with the right time too', async () => {
    const { clock, ends, make } = world()
    const [pullwright, other] = [make(), make()]
    await pullwright.emitter.emit('deployment.succeeded', deployed)
    await pullwright.start()
    await settled()
    clock.jump(-5 * HOUR)
    await other.start()
    for (let n = 0; n < 10; n += 1) await clock.advance(20_000)
    expect(ends).toHaveLength(1)
    ends[0]?.()
    await settled()
    expect((await pullwright.tasks.list())[0]).toMatchObject({ status: 'done', attempts: 1 })
    const stopped = Promise.all([pullwright.stop(), other.stop()])
    await settled()
    await clock.advance(10_000)
    await stopped
  })

  it('ahead and back again loses no retry and holds none up for longer than it jumped', async () => {
    let status = 503
    const receiver = await sink((_request, response) => response.writeHead(status).end())
    const { all, clock } = instances(1)
    const [pullwright] = all as [Pullwright]
    await pullwright.webhooks.endpoints.create({
      url: receiver.url,
      events: ['*'],
      retry: 'agenta',
      rateLimit: { perSecond: 1 },
    })
    await pullwright.emitter.emit('deployment.succeeded', deployed)
    await pullwright.drain()
    const [first] = await pullwright.webhooks.deliveries.list()
    expect(first?.status).toBe('retrying')
    const { now } = clock
    clock.now = () => now() - HOUR
    await pullwright.drain()
    expect(receiver.received).toHaveLength(1)
    status = 200
    await clock.advance(HOUR + 15_000)
    await pullwright.drain()
    expect(await pullwright.webhooks.deliveries.get(first?.id ?? '')).toMatchObject({ status: 'done', attempts: 2 })
  })

  it('ahead by years disables no endpoint: it takes failures, not only time', async () => {
    const receiver = await sink((_request, response) => response.writeHead(503).end())
    const { all, clock } = instances(1)
    const [pullwright] = all as [Pullwright]
    const { id } = await pullwright.webhooks.endpoints.create({
      ...{ url: receiver.url, events: ['*'], retry: { base: 15_000, factor: 1, attempts: 100, jitter: 0 } },
    })
    await pullwright.emitter.emit('deployment.succeeded', deployed)
    for (let n = 0; n < 5; n += 1) {
      await pullwright.drain()
      await clock.advance(15_000)
    }
    await clock.advance(3 * 365 * 24 * HOUR)
    await pullwright.drain()
    expect(receiver.received).toHaveLength(6)
    expect((await pullwright.webhooks.endpoints.get(id)).enabled).toBe(true)
  })
})
