import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import {
  createPullwright,
  defineEvent,
  type HandlerContext,
  memoryStore,
  retrySchedule,
  VcsError,
} from '../src/index.ts'
import { deployed, fakeClock, memoryLogger, plugin, settled, setUp } from './harness.ts'

const noted = defineEvent('thing.noted', z.object({ n: z.number(), key: z.string().optional() }), {
  description: 'Something to be handled.',
  example: { n: 1 },
})

describe('a handler', () => {
  it('runs once for each event it listens to, and its result is kept', async () => {
    const seen: number[] = []
    const { pullwright } = setUp({
      events: [noted],
      plugins: [
        plugin({
          add: {
            on: ['thing.*'],
            run: ({ event, done, attempt }) => {
              seen.push((event.data as { n: number }).n)
              return done({ attempt })
            },
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 7 })
    await pullwright.drain()
    await pullwright.drain()
    expect(seen).toEqual([7])
    const [task] = await pullwright.tasks.list()
    expect(task).toMatchObject({ status: 'done', attempts: 1, result: { attempt: 1 }, target: { handler: 'test/add' } })
    expect((await pullwright.tasks.get(task?.id ?? '')).history).toMatchObject([{ number: 1, outcome: 'done' }])
  })

  it('is tried again by its schedule and not before, with every attempt kept', async () => {
    let fail = true
    const { pullwright, clock } = setUp({
      events: [noted],
      plugins: [
        plugin({
          flaky: {
            on: ['thing.noted'],
            retry: retrySchedule({ delays: [1_000, 60_000], attempts: 3, jitter: 0 }),
            run: ({ done, retry }) => (fail ? retry({ reason: 'not yet' }) : done()),
          },
        }),
      ],
    })
    const { id } = await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    await clock.advance(999)
    await pullwright.drain()
    const [waiting] = await pullwright.tasks.list({ eventId: id })
    expect(waiting).toMatchObject({ status: 'retrying', attempts: 1, reason: 'not yet', dueAt: clock.now() + 1 })
    await clock.advance(1)
    await pullwright.drain()
    fail = false
    await clock.advance(60_000)
    await pullwright.drain()
    const { history, status } = await pullwright.tasks.get(waiting?.id ?? '')
    expect(status).toBe('done')
    expect(history.map(({ outcome, error }) => [outcome, error])).toEqual([
      ['retry', 'not yet'],
      ['retry', 'not yet'],
      ['done', null],
    ])
  })

  it('is dead after its last attempt, and can be retried by hand', async () => {
    const { pullwright, logger } = setUp({
      events: [noted],
      plugins: [
        plugin({
          broken: {
            on: ['thing.noted'],
            retry: retrySchedule({ delays: [], attempts: 1, jitter: 0 }),
            run() {
              throw new Error('out of paper')
            },
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    const [task] = await pullwright.tasks.list()
    expect(task).toMatchObject({ status: 'dead', reason: expect.stringContaining('out of paper') })
    expect(logger.lines.some(({ level, message }) => level === 'warn' && message.includes('given up'))).toBe(true)
    await pullwright.tasks.retry(task?.id ?? '')
    await pullwright.drain()
    expect((await pullwright.tasks.get(task?.id ?? '')).history).toHaveLength(2)
  })

  it('takes a forge’s refusal as final and a rate limit as a time to wait', async () => {
    const errors = [new VcsError('permission', 'The token may not write', { missing: ['contents: write'] })]
    errors.unshift(new VcsError('rate-limited', 'Wait', { retryAfter: 90_000 }))
    const { pullwright, clock } = setUp({
      events: [noted],
      plugins: [
        plugin({
          push: {
            on: ['thing.noted'],
            run() {
              throw errors.shift()
            },
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    expect((await pullwright.tasks.list())[0]).toMatchObject({
      status: 'waiting',
      attempts: 0,
      dueAt: clock.now() + 90_000,
    })
    await clock.advance(90_000)
    await pullwright.drain()
    expect((await pullwright.tasks.list())[0]).toMatchObject({ status: 'dead', reason: 'The token may not write' })
  })

  it('is aborted when it takes too long, even if it ignores its signal', async () => {
    let signal: AbortSignal | undefined
    const { pullwright, clock } = setUp({
      events: [noted],
      plugins: [
        plugin({
          slow: {
            on: ['thing.noted'],
            timeoutMs: 5_000,
            run(context) {
              signal = context.signal
              return new Promise(() => {})
            },
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 1 })
    const drained = pullwright.drain()
    await settled()
    await clock.advance(5_000)
    await drained
    expect(signal?.aborted).toBe(true)
    expect((await pullwright.tasks.list())[0]).toMatchObject({
      status: 'retrying',
      reason: expect.stringContaining('5000 ms'),
    })
  })

  it('waits without counting attempts, until its time or its signal', async () => {
    let runs = 0
    const { pullwright, clock, store } = setUp({
      events: [noted],
      plugins: [
        plugin({
          patient: {
            on: ['thing.noted'],
            run: ({ wait, done }) =>
              ++runs < 3 ? wait({ untilMs: clock.now() + 10_000, wakeOn: 'approved' }) : done(),
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    expect((await pullwright.tasks.list())[0]).toMatchObject({ status: 'waiting', attempts: 0 })
    expect(await store.wake('approved', clock.now())).toBe(1)
    await pullwright.drain()
    expect(runs).toBe(2)
    await clock.advance(10_000)
    await pullwright.drain()
    const [task] = await pullwright.tasks.list()
    expect(task).toMatchObject({ status: 'done', attempts: 1 })
  })

  it('may try a failed step again within the same run', async () => {
    let tries = 0
    const pay = () => (++tries < 3 ? Promise.reject(new Error('busy')) : Promise.resolve('paid'))
    const { pullwright } = setUp({
      events: [noted],
      plugins: [
        plugin({
          buy: {
            on: ['thing.noted'],
            async run({ step, done }) {
              for (;;) {
                const paid = await step('pay', pay).catch(() => null)
                if (paid !== null) return done(paid)
              }
            },
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    expect((await pullwright.tasks.list())[0]).toMatchObject({ status: 'done', result: 'paid' })
    expect(tries).toBe(3)
  })

  it('that answers what is no outcome is dead, and says so', async () => {
    const answers: unknown[] = [
      { kind: 'nope' },
      5,
      'x',
      {},
      { kind: 'wait' },
      { kind: 'retry', afterMs: -5 },
      { kind: 'dead' },
    ]
    const { pullwright } = setUp({
      events: [noted],
      plugins: [plugin({ odd: { on: ['thing.noted'], run: () => answers.shift() as undefined } })],
    })
    for (let n = answers.length; n > 0; n--) await pullwright.emitter.emit(noted, { n })
    await pullwright.drain()
    const tasks = await pullwright.tasks.list()
    expect(tasks).toHaveLength(7)
    for (const task of tasks)
      expect(task).toMatchObject({ status: 'dead', reason: expect.stringContaining('test/odd') })
  })

  it('runs one at a time for each key', async () => {
    let running = 0
    let most = 0
    const { pullwright } = setUp({
      events: [noted],
      plugins: [
        plugin({
          keyed: {
            on: ['thing.noted'],
            key: ['data.key'],
            async run() {
              most = Math.max(most, ++running)
              await settled()
              running--
              return undefined
            },
          },
        }),
      ],
    })
    for (let n = 0; n < 5; n++) await pullwright.emitter.emit(noted, { n, key: 'same' })
    await pullwright.drain()
    expect(most).toBe(1)
    expect((await pullwright.tasks.list()).map(({ status }) => status)).toEqual(Array(5).fill('done'))
  })

  it('does not act on an event that a newer one superseded, also when it comes late by a retry', async () => {
    const acted: number[] = []
    let failFirst = true
    const { pullwright, clock } = setUp({
      events: [noted],
      plugins: [
        plugin({
          publish: {
            on: ['thing.noted'],
            key: ['data.key'],
            supersede: true,
            run({ event, retry, done }) {
              const { n } = event.data as { n: number }
              if (n === 15 && failFirst) {
                failFirst = false
                return retry()
              }
              acted.push(n)
              return done()
            },
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 15, key: 'app' })
    await pullwright.drain()
    await pullwright.emitter.emit(noted, { n: 16, key: 'app' })
    await pullwright.drain()
    await clock.advance(24 * 3_600_000)
    await pullwright.drain()
    expect(acted).toEqual([16])
    const [, older] = await pullwright.tasks.list()
    expect(older).toMatchObject({ status: 'done', result: { outcome: 'superseded' } })
  })

  it('remembers the steps it took, sealed, and forgets them when it ends', async () => {
    let paid = 0
    let fail = true
    const { pullwright, clock, store } = setUp({
      key: Buffer.alloc(32, 7).toString('base64'),
      events: [noted],
      plugins: [
        plugin({
          buy: {
            on: ['thing.noted'],
            async run({ step, done, retry }) {
              const receipt = await step('pay', async () => ({ secret: 'receipt-text', number: ++paid }))
              return fail ? retry() : done(receipt.number)
            },
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    fail = false
    await clock.advance(3_600_000)
    const now = clock.now()
    const [peek] = await store.claim({
      worker: 'w',
      now,
      leaseMs: 1,
      limit: 1,
      lane: 'retry',
      handlers: ['test/buy'],
      endpoints: false,
    })
    expect(peek?.steps.map(({ name }) => name)).toEqual(['pay'])
    expect(JSON.stringify(peek?.steps)).not.toContain('receipt-text')
    await clock.advance(10)
    await pullwright.drain()
    expect(paid).toBe(1)
    expect((await pullwright.tasks.list())[0]).toMatchObject({ status: 'done', result: 1 })
  })

  it('emits follow-ups with its settlement: not when it is to be repeated, and in the order of the first event', async () => {
    const followed = defineEvent('thing.followed', z.object({ n: z.number() }), {
      description: 'After it.',
      example: { n: 1 },
    })
    let tries = 0
    const { pullwright, clock } = setUp({
      events: [noted, followed],
      plugins: [
        plugin({
          first: {
            on: ['thing.noted'],
            run({ event, emit, retry, done }) {
              emit('thing.followed', { n: 1 })
              emit('thing.followed', { n: 2 }, { idempotencyKey: event.id })
              return ++tries === 1 ? retry() : done()
            },
          },
        }),
      ],
    })
    const { id } = await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    const early = await pullwright.events.list({ types: ['thing.followed'] })
    expect(early.map(({ data }) => data)).toEqual([{ n: 2 }])
    await clock.advance(3_600_000)
    await pullwright.drain()
    const [followUp, ...others] = await pullwright.events.list({ types: ['thing.followed'] })
    expect(followUp?.data).toEqual({ n: 1 })
    expect(others.map(({ id }) => id)).toEqual(early.map(({ id }) => id))
    const [task] = await pullwright.tasks.list({ eventId: id })
    const root = await pullwright.events.get(id)
    expect(followUp).toMatchObject({ rootId: id, causedBy: task?.id, source: 'test', order: root.order })
  })

  it('is dead with the reason when its follow-up is no valid event', async () => {
    const { pullwright } = setUp({
      events: [noted],
      plugins: [
        plugin({
          first: {
            on: ['thing.noted'],
            run({ emit, done }) {
              emit('thing.noted', { n: 'seven' })
              return done()
            },
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    expect((await pullwright.tasks.list())[0]).toMatchObject({
      status: 'dead',
      reason: expect.stringContaining('data.n'),
    })
  })

  it('plans for a handler that only another process has', async () => {
    const store = memoryStore()
    const clock = fakeClock()
    const seen: string[] = []
    const handlers = { note: { on: ['thing.noted'], run: ({ event }: HandlerContext) => void seen.push(event.id) } }
    const worker = createPullwright({
      store,
      clock,
      logger: memoryLogger(),
      events: [noted],
      plugins: [plugin(handlers)],
    })
    await worker.start()
    const producer = createPullwright({ store, clock, logger: memoryLogger(), events: [noted] })
    const { id } = await producer.emitter.emit(noted, { n: 1 })
    await producer.drain()
    await worker.drain()
    expect(seen).toEqual([id])
    await worker.stop()
  })
})

describe('start and stop', () => {
  it('dispatches what is emitted after start without being asked', async () => {
    const seen: number[] = []
    const handlers = { note: { on: ['thing.noted'], run: () => void seen.push(1) } }
    const { pullwright } = setUp({ events: [noted], plugins: [plugin(handlers)] })
    await pullwright.start()
    await pullwright.emitter.emit(noted, { n: 1 })
    await settled()
    expect(seen).toEqual([1])
    await pullwright.stop()
  })

  it('puts back what does not end in time, uncounted', async () => {
    const { pullwright, clock, store } = setUp({
      events: [noted],
      plugins: [plugin({ endless: { on: ['thing.noted'], run: () => new Promise(() => {}) } })],
    })
    await pullwright.start()
    const { id } = await pullwright.emitter.emit(noted, { n: 1 })
    await settled()
    const stopped = pullwright.stop({ timeoutMs: 100 })
    await settled()
    await clock.advance(100)
    await stopped
    expect(await store.query.tasks({ eventId: id })).toMatchObject([{ status: 'pending', attempts: 0 }])
    await expect(pullwright.emitter.emit(noted, { n: 2 })).rejects.toMatchObject({ code: 'stopped' })
  })

  it('takes over from a worker that died, and keeps the lost attempt', async () => {
    const { pullwright, clock, store } = setUp({
      events: [noted],
      plugins: [plugin({ note: { on: ['thing.noted'], run: () => undefined } })],
    })
    const { id } = await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.migrate()
    const died = {
      worker: 'dead',
      now: clock.now(),
      leaseMs: 1_000,
      limit: 1,
      lane: 'first' as const,
      endpoints: false,
    }
    expect(await store.claim({ ...died, handlers: ['test/note'] })).toHaveLength(1)
    await pullwright.drain()
    expect(await pullwright.tasks.list({ eventId: id })).toMatchObject([{ status: 'running' }])
    await clock.advance(1_001)
    await pullwright.drain()
    const [task] = await pullwright.tasks.list({ eventId: id })
    const { history, status } = await pullwright.tasks.get(task?.id ?? '')
    expect(status).toBe('done')
    expect(history.map(({ outcome }) => outcome)).toEqual(['lost', 'done'])
  })

  it('tells a run whose lease was lost or whose task was cancelled to end', async () => {
    const { pullwright, clock } = setUp({
      events: [noted],
      limits: { leaseMs: 3_000 },
      plugins: [
        plugin({
          long: {
            on: ['thing.noted'],
            run: ({ signal, done }) =>
              new Promise((resolve) => signal.addEventListener('abort', () => resolve(done('late')))),
          },
        }),
      ],
    })
    const { id } = await pullwright.emitter.emit(noted, { n: 1 })
    const drained = pullwright.drain()
    await settled()
    const [task] = await pullwright.tasks.list({ eventId: id })
    await pullwright.tasks.cancel(task?.id ?? '')
    await clock.advance(1_000)
    await drained
    expect(await pullwright.tasks.get(task?.id ?? '')).toMatchObject({ status: 'cancelled', result: null })
  })

  it('drains until nothing is due, however quickly runs end while it looks', async () => {
    const { pullwright, clock } = setUp({
      events: [noted],
      plugins: [plugin({ quick: { on: ['thing.noted'], run: () => undefined } })],
    })
    for (let n = 0; n < 500; n++) await pullwright.emitter.emit(noted, { n })
    await pullwright.drain()
    expect(await pullwright.tasks.list({ statuses: ['pending'] })).toEqual([])
    expect(await pullwright.tasks.list({ statuses: ['done'], limit: 1_000 })).toHaveLength(500)
    expect(clock.now()).toBe(Date.UTC(2026, 0, 1))
  })

  it('leaves a run whose lease is over to whoever takes it over, and notes its attempt as lost', async () => {
    const store = memoryStore()
    let runs = 0
    const { pullwright, clock, logger } = setUp({
      store: { ...store, extend: () => Promise.reject(new Error('cut off')) },
      events: [noted],
      limits: { leaseMs: 3_000 },
      plugins: [
        plugin({
          long: {
            on: ['thing.noted'],
            run({ signal }) {
              runs += 1
              if (runs > 1) return undefined
              return new Promise((resolve) => signal.addEventListener('abort', () => resolve(undefined)))
            },
          },
        }),
      ],
    })
    const { id } = await pullwright.emitter.emit(noted, { n: 1 })
    const drained = pullwright.drain()
    await settled()
    await clock.advance(4_000)
    await drained
    await pullwright.drain()
    const [task] = await pullwright.tasks.list({ eventId: id })
    const { history, status } = await pullwright.tasks.get(task?.id ?? '')
    expect(runs).toBe(2)
    expect(status).toBe('done')
    expect(history.map(({ number, outcome }) => `${number} ${outcome}`)).toEqual(['1 lost', '2 done'])
    expect(logger.lines).toContainEqual(expect.objectContaining({ message: expect.stringMatching(/took it over/) }))
  })

  it('gives up a lease that the store did not prolong in time', async () => {
    const store = memoryStore()
    let reachable = true
    const extend: typeof store.extend = (...args) =>
      reachable ? store.extend(...args) : Promise.reject(new Error('cut off'))
    let aborted = false
    const { pullwright, clock } = setUp({
      store: { ...store, extend },
      events: [noted],
      limits: { leaseMs: 3_000 },
      plugins: [
        plugin({
          long: {
            on: ['thing.noted'],
            run: ({ signal }) =>
              new Promise((resolve) =>
                signal.addEventListener('abort', () => {
                  aborted = true
                  resolve(undefined)
                }),
              ),
          },
        }),
      ],
    })
    await pullwright.emitter.emit(noted, { n: 1 })
    const drained = pullwright.drain()
    await settled()
    await clock.advance(2_900)
    expect(aborted).toBe(false)
    reachable = false
    await clock.advance(4_000)
    expect(aborted).toBe(true)
    reachable = true
    const stopped = pullwright.stop({ timeoutMs: 0 })
    await settled()
    await clock.advance(0)
    await stopped
    await drained
  })

  it('starts each plugin once and stops only what was started, the last one first', async () => {
    const calls: string[] = []
    const named = (name: string, broken = false) => ({
      name,
      apiVersion: 1 as const,
      async start() {
        await settled()
        if (broken && calls.filter((call) => call === `start ${name}`).length === 0) {
          calls.push(`start ${name}`)
          throw new Error('not yet')
        }
        calls.push(`start ${name}`)
      },
      stop: () => void calls.push(`stop ${name}`),
    })
    const { pullwright } = setUp({ plugins: [named('a'), named('b', true)] })
    await expect(pullwright.start()).rejects.toThrow('not yet')
    await pullwright.start()
    await pullwright.stop()
    expect(calls).toEqual(['start a', 'start b', 'start b', 'stop b', 'stop a'])

    calls.length = 0
    const { pullwright: raced } = setUp({ plugins: [named('a'), named('b')] })
    const starting = raced.start().catch((error: Error) => error)
    while (calls.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await raced.stop()
    expect(await starting).toMatchObject({ code: 'stopped' })
    const who = (verb: string) => calls.filter((call) => call.startsWith(verb)).map((call) => call.slice(-1))
    expect(who('stop')).toEqual(who('start').reverse())
    const { pullwright: idle } = setUp({ plugins: [named('a')] })
    calls.length = 0
    await idle.stop()
    expect(calls).toEqual([])
  })

  it('refuses limits and schedules under which nothing could be done', () => {
    expect(() => setUp({ limits: { concurrency: 0 } })).toThrow('limits.concurrency')
    expect(() => setUp({ limits: { leaseMs: Number.NaN } })).toThrow('limits.leaseMs')
    expect(() => setUp({ limits: { leaseMS: 5 } as object })).toThrow('leaseMs')
    const tidy = { everyMs: 0, run: async () => {} }
    expect(() => setUp({ plugins: [plugin({}, { schedules: { tidy } })] })).toThrow('test/tidy')
  })

  it('runs schedules in one process at a time', async () => {
    const store = memoryStore()
    const clock = fakeClock()
    let runs = 0
    const scheduled = () =>
      createPullwright({
        store,
        clock,
        logger: memoryLogger(),
        plugins: [plugin({}, { schedules: { tidy: { everyMs: 60_000, run: async () => void runs++ } } })],
      })
    const [a, b] = [scheduled(), scheduled()]
    await a.drain()
    await clock.advance(60_000)
    await Promise.all([a.drain(), b.drain()])
    expect(runs).toBe(1)
    await clock.advance(60_000)
    await b.drain()
    expect(runs).toBe(2)
  })
})

describe('tasks', () => {
  it('are cancelled for good, and a running one loses its lease', async () => {
    const { pullwright } = setUp({
      events: [noted],
      plugins: [plugin({ note: { on: ['thing.noted'], run: ({ retry }) => retry() } })],
    })
    await pullwright.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    const [task] = await pullwright.tasks.list()
    expect(await pullwright.tasks.cancel(task?.id ?? '')).toMatchObject({ status: 'cancelled' })
    await expect(pullwright.tasks.cancel(task?.id ?? '')).rejects.toMatchObject({ code: 'conflict' })
  })

  it('of other tenants are not found', async () => {
    const { pullwright } = setUp({
      events: [noted],
      plugins: [plugin({ note: { on: ['thing.noted'], run: () => undefined } })],
    })
    const ours = pullwright.as({ project: 'ours', subject: 'jane' })
    const theirs = pullwright.as({ project: 'theirs' })
    const { id } = await ours.emitter.emit(noted, { n: 1 })
    await pullwright.drain()
    const [task] = await ours.tasks.list()
    const heard: string[] = []
    theirs.emitter.on('*', ({ project }) => void heard.push(project))
    await ours.emitter.emit(noted, { n: 2 })
    await theirs.emitter.emit(noted, { n: 3 })
    expect(heard).toEqual(['theirs'])
    expect(await ours.events.get(id)).toMatchObject({ project: 'ours', subject: 'jane' })
    expect(await theirs.tasks.list()).toHaveLength(1)
    await expect(theirs.events.get(id)).rejects.toMatchObject({ code: 'not-found' })
    await expect(theirs.tasks.get(task?.id ?? '')).rejects.toMatchObject({ code: 'not-found' })
    await expect(theirs.tasks.retry(task?.id ?? '')).rejects.toMatchObject({ code: 'not-found' })
    await expect(theirs.events.list({ project: 'ours' })).rejects.toMatchObject({ code: 'invalid-argument' })
    expect(deployed.app_name).toBe('support-bot')
  })
})
