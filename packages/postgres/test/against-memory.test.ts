import { type ClaimedTask, memoryStore, type NewEvent, type Settlement, type Store } from '@pullwright/core'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from './server.ts'
import { claim, eventOf } from './work.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)

const ENDINGS = ['done', 'dead', 'retrying', 'waiting', 'signal', 'never', 'pending'] as const
const APPEND = fc.record({
  kind: fc.constant('append' as const),
  delay: fc.integer({ min: -20, max: 30 }),
  key: fc.constantFrom(null, 'k', 'l'),
  ordered: fc.boolean(),
  supersede: fc.boolean(),
  handler: fc.constantFrom('a', 'b'),
  order: fc.option(fc.integer({ min: 1, max: 30 }), { freq: 3 }),
})
const CLAIM = fc.record({
  kind: fc.constant('claim' as const),
  lane: fc.constantFrom('first' as const, 'retry' as const),
  handlers: fc.constantFrom(['a', 'b'], ['a', 'b'], ['a'], ['b']),
  sibling: fc.boolean(),
})
const SETTLE = fc.record({
  kind: fc.constant('settle' as const),
  which: fc.nat(20),
  to: fc.constantFrom(...ENDINGS),
  delay: fc.integer({ min: 0, max: 30 }),
})
const ONE = fc.record({ kind: fc.constantFrom('cancel' as const, 'redrive' as const), which: fc.nat(40) })
const TICK = fc.record({
  kind: fc.constantFrom('tick' as const, 'wake' as const),
  by: fc.integer({ min: -10, max: 40 }),
})
const STEPS = fc.array(fc.oneof(APPEND, APPEND, CLAIM, CLAIM, SETTLE, SETTLE, TICK, ONE), {
  minLength: 20,
  maxLength: 60,
})
type Step = typeof STEPS extends fc.Arbitrary<(infer One)[]> ? One : never

const LEASE = 50
const HANDLERS = { handlers: ['a', 'b'], endpoints: true }

function newEvent(number: number, now: number, step: Extract<Step, { kind: 'append' }>): NewEvent {
  const { delay, handler, key, ordered, supersede, order } = step
  const target = { kind: 'handler', handler } as const
  const task = { target, dueAt: now + delay, concurrencyKey: key, ordered, supersede }
  return eventOf(number, order === null ? {} : { order }, task)
}

function transition(to: (typeof ENDINGS)[number], dueAt: number): Settlement['transition'] {
  if (to === 'done') return { status: to, result: null }
  if (to === 'dead') return { status: to, reason: 'x' }
  if (to === 'never') return { status: 'waiting' }
  if (to === 'signal') return { status: 'waiting', dueAt, wakeOn: 's' }
  return { status: to, dueAt, reason: 'x' }
}

/** The same steps for the reference store and for two instances over one schema; each must answer alike. */
async function compare(memory: Store, [here, there]: [Store, Store], steps: readonly Step[]): Promise<void> {
  let running: { mine: ClaimedTask; theirs: ClaimedTask }[] = []
  let [now, count] = [1000, 0]
  for (const step of steps) {
    const id = `tsk_${String('which' in step ? step.which : 0).padStart(6, '0')}`
    if (step.kind === 'tick') now += step.by
    if (step.kind === 'wake') expect(await here.wake('s', now)).toBe(await memory.wake('s', now))
    if (step.kind === 'append') {
      count += 1
      const event = newEvent(count, now, step)
      for (const store of [memory, here]) await store.append({ events: [event] })
    }
    if (step.kind === 'claim') {
      const request = { now, leaseMs: LEASE, lane: step.lane, handlers: step.handlers }
      const [theirs, mine] = [await claim(memory, request), await claim(step.sibling ? there : here, request)]
      const shape = (tasks: ClaimedTask[]) =>
        new Map(tasks.map(({ task, superseded }) => [task.id, [superseded, task.attempts, task.lane]]))
      expect(shape(mine)).toEqual(shape(theirs))
      const pairs = mine.map((one) => ({
        mine: one,
        theirs: theirs.find(({ task }) => task.id === one.task.id) ?? one,
      }))
      running = [...running.filter(({ mine: { task } }) => !shape(mine).has(task.id)), ...pairs]
    }
    if (step.kind === 'settle') {
      const [pair] = running.splice(step.which % Math.max(1, running.length), 1)
      if (pair === undefined) continue
      const parts = { at: now, transition: transition(step.to, now + step.delay) }
      const answers = [
        await memory.settle([{ ...parts, lease: pair.theirs.lease }]),
        await here.settle([{ ...parts, lease: pair.mine.lease }]),
      ]
      expect(answers[1]).toEqual(answers[0])
    }
    if (step.kind === 'cancel') {
      const ended = [await memory.cancel(id, now), await here.cancel(id, now)]
      expect(ended[1]?.status).toBe(ended[0]?.status)
    }
    if (step.kind === 'redrive') {
      const request = { at: now, limit: 2, statuses: ['done', 'dead', 'cancelled'] as const, taskIds: [id] }
      const begun = [await memory.redrive(request), await here.redrive(request)]
      expect(begun[1]?.map((task) => task.id)).toEqual(begun[0]?.map((task) => task.id))
    }
  }
  const state = async (store: Store) =>
    (await store.query.tasks({})).map((task) => [
      task.id,
      task.status,
      task.lane,
      task.attempts,
      task.dueAt,
      task.wakeOn,
    ])
  expect(await state(here)).toEqual(await state(memory))
  // It may look too early, for a key that is still taken, but never too late; only leases of others may wait.
  if (running.length > 0) return
  const [theirs, mine] = [await memory.query.nextDueAt(HANDLERS), await here.query.nextDueAt(HANDLERS)]
  if (theirs !== null) expect(mine ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(theirs)
}

test('whatever happens, it answers as the reference store does, also over two instances', async () => {
  const here = server.store()
  await here.migrate()
  const there = server.sibling(here)
  const schema = server.schemaOf(here)
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      const tables = ['events', 'tasks', 'queue', 'outcomes', 'attempts', 'steps', 'wakes'].map(
        (name) => `${schema}.${name}`,
      )
      await server.pool.query(`truncate ${tables.join(', ')}`)
      await server.pool.query(`alter sequence ${schema}.event_numbers restart`)
      await compare(memoryStore(), [here, there], steps)
    }),
    { numRuns: Number(process.env.PULLWRIGHT_TEST_RUNS ?? 60) },
  )
}, 120_000)
