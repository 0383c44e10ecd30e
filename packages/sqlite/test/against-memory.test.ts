import {
  type ClaimedTask,
  type ClaimRequest,
  memoryStore,
  type NewTask,
  type Settlement,
  type Store,
} from '@pullwright/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'

const HANDLERS = ['a', 'b']
const ENDPOINTS = ['end_1', 'end_2']
const KEYS = [null, null, 'k', 'l']
const LEASE = 50

const task = fc.record({
  delay: fc.integer({ min: -20, max: 60 }),
  concurrencyKey: fc.constantFrom(...KEYS),
  ordered: fc.boolean(),
  supersede: fc.boolean(),
  atOnce: fc.boolean(),
  target: fc.oneof(
    fc.constantFrom(...HANDLERS).map((handler) => ({ kind: 'handler' as const, handler })),
    fc.constantFrom(...ENDPOINTS).map((endpointId) => ({ kind: 'endpoint' as const, endpointId })),
  ),
})

const event = fc.record({
  tasks: fc.array(task, { maxLength: 3 }),
  order: fc.option(fc.nat(30), { freq: 4 }),
  idempotencyKey: fc.option(fc.constantFrom('x', 'y', '\u0000\ud800'), { freq: 4 }),
  person: fc.option(fc.constantFrom('p', 'q'), { freq: 4 }),
  /** Follows from the chain of so many events before. */
  chain: fc.option(fc.nat(3), { freq: 4 }),
  project: fc.constantFrom('acme', 'acme', 'zeta'),
  type: fc.constantFrom('t.a', 't.b'),
  app: fc.option(fc.constantFrom('one', 'two')),
})

const STEP = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('append' as const), events: fc.array(event, { maxLength: 2 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      lane: fc.constantFrom('first' as const, 'retry' as const),
      handlers: fc.subarray(HANDLERS, { minLength: 1 }),
      endpoints: fc.boolean(),
      limit: fc.integer({ min: 1, max: 4 }),
      exceptEndpoints: fc.subarray(ENDPOINTS, { maxLength: 1 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      which: fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }),
      to: fc.constantFrom('done', 'dead', 'retrying', 'waiting', 'signal', 'pending'),
      delay: fc.integer({ min: 0, max: 60 }),
      followUp: fc.option(event, { freq: 3 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('tick' as const), by: fc.integer({ min: -10, max: 60 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wake' as const), delay: fc.integer({ min: -5, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('redrive' as const), limit: fc.nat(3), delay: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(30) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('extend' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('prune' as const), age: fc.nat(60), limit: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const), person: fc.constantFrom('p', 'q') }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('enable' as const), which: fc.nat(1), enabled: fc.boolean() }),
  },
)

type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never
type Of<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>

/** One store under test, with what a worker there would remember. Everything it answers is free of chance. */
function createRunner(store: Store) {
  let now = 1000
  let count = 0
  const roots: string[] = []
  const taskIds: string[] = []
  const versions = [0, 0]
  let running: ClaimedTask[] = []

  function newEvent(given: typeof event extends fc.Arbitrary<infer T> ? T : never, leases = false) {
    const id = `evt_${++count}`
    const rootId = given.chain === null ? id : (roots[roots.length - 1 - given.chain] ?? id)
    roots.push(rootId)
    const tasks = given.tasks.map(({ delay, atOnce, ...rest }): NewTask => {
      const taskId = `tsk_${++count}`
      taskIds.push(taskId)
      const isTaken = leases && atOnce && delay <= 0 && rest.concurrencyKey === null
      const lease = isTaken ? { from: now, until: now + LEASE } : undefined
      return { ...rest, id: taskId, dueAt: now + delay, body: 'body', lease }
    })
    return {
      ...{ id, rootId, tasks, type: given.type, project: given.project, idempotencyKey: given.idempotencyKey },
      ...(given.order === null ? {} : { order: given.order }),
      ...{ source: 'host', occurredAt: now, recordedAt: now, data: { n: count }, kept: {}, redactions: [] },
      ...{
        attributes: given.app === null ? {} : { app: given.app },
        people: given.person === null || given.app !== null ? [] : [given.person],
      },
      ...{ identity: null, orderingKey: null, causedBy: null, subject: null },
    }
  }

  function transition(to: Of<'settle'>['to'], dueAt: number): Settlement['transition'] {
    if (to === 'done') return { status: to, result: { ok: true } }
    if (to === 'dead') return { status: to, reason: 'x' }
    if (to === 'signal') return { status: 'waiting', wakeOn: 's', ...(dueAt % 2 ? { dueAt } : {}) }
    if (to === 'retrying') return { status: to, dueAt, reason: 'x' }
    return { status: to as 'waiting' | 'pending', dueAt }
  }

  const acts: { [Kind in Step['kind']]: (step: Of<Kind>) => Promise<unknown> } = {
    async append({ events }) {
      const result = await store.append({ events: events.map((one) => newEvent(one, true)) })
      const taken = result.status === 'recorded' ? result.events.flatMap(({ claimed = [] }) => claimed) : []
      running.push(...taken)
      return JSON.parse(JSON.stringify(result, (name, value) => (name === 'lease' ? null : value)))
    },
    tick: async ({ by }) => {
      now += by
    },
    async claim({ kind: _, ...rest }) {
      const request: ClaimRequest = { worker: 'w', now, leaseMs: LEASE, ...rest }
      const claimed = await store.claim(request)
      running = running.filter(({ task: { id } }) => !claimed.some((each) => each.task.id === id))
      running.push(...claimed)
      return claimed.map(({ lease: _lease, ...each }) => each)
    },
    async settle({ which, to, delay, followUp }) {
      const chosen = which.flatMap((index) => running[index % Math.max(1, running.length)] ?? [])
      const results = await store.settle(
        chosen.map(({ lease }, index) => ({
          ...{ lease, at: now, transition: transition(to, now + delay), progress: `p${now}` },
          attempt: { startedAt: now, endedAt: now, outcome: 'done', error: null, details: { index } },
          ...(followUp !== null && index === 0 ? { followUps: { events: [newEvent(followUp)] } } : {}),
        })),
      )
      running = running.filter((each) => !chosen.includes(each))
      return results
    },
    wake: ({ delay }) => store.wake('s', now + delay),
    redrive: ({ limit, delay }) => store.redrive({ at: now + delay, limit, statuses: ['done', 'dead', 'cancelled'] }),
    cancel: ({ which }) => store.cancel(taskIds[which % Math.max(1, taskIds.length)] ?? 'none', now),
    extend: ({ which }) => {
      const held = running[which % Math.max(1, running.length)]
      return store.extend(held === undefined ? [] : [held.lease], now + 2 * LEASE)
    },
    prune: ({ age, limit }) => store.prune({ before: now - age, limit }),
    forget: ({ person }) => store.forget({ project: 'acme', person, at: now }),
    async enable({ which, enabled }) {
      const version = (versions[which] ?? 0) + 1
      versions[which] = version
      const plain = { name: null, description: null, url: 'https://a.example', events: ['*'], disabledReason: null }
      const row = { ...plain, id: ENDPOINTS[which] ?? '', project: 'acme', secrets: [], settings: {} }
      return store.endpoints.put({ ...row, enabled, version, createdAt: 0, updatedAt: now })
    },
  }

  return {
    act: (step: Step) => (acts[step.kind] as (step: Step) => Promise<unknown>)(step),
    look: async () => ({
      events: await store.query.events({}),
      tasks: await store.query.tasks({}),
      ofApp: (await store.query.tasks({ attributes: { app: 'one' }, eventTypes: ['t.a'], limit: 5 })).map(
        ({ id }) => id,
      ),
      attempts: await Promise.all(taskIds.map((id) => store.query.attempts(id))),
      backlog: (await store.query.backlog(now)).map((row) => JSON.stringify(Object.entries(row).sort())).sort(),
      next: await store.query.nextDueAt({ handlers: HANDLERS, endpoints: true }),
      nextOfA: await store.query.nextDueAt({ handlers: ['a'], endpoints: false }),
    }),
  }
}

test('whatever happens, the store does what the store in memory does', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { minLength: 5, maxLength: 50 }), async (steps) => {
      const stores = [memoryStore(), sqlite({ file: ':memory:' })] as const
      for (const store of stores) await store.migrate()
      const [model, real] = [createRunner(stores[0]), createRunner(stores[1])]
      for (const step of steps) expect(await real.act(step)).toEqual(await model.act(step))
      expect(await real.look()).toEqual(await model.look())
      for (const store of stores) await store.close()
    }),
    { numRuns: 100 },
  )
})
