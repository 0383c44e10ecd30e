import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClaimedTask, ClaimRequest, NewEvent, NewTask, Settlement, TaskRecord } from '../ports/store.ts'
import { memoryStore } from './memory-store.ts'

/** A task as the model sees it: a plain record, and when its lease runs out. */
type Modelled = Pick<TaskRecord, 'id' | 'status' | 'lane' | 'dueAt' | 'sequence' | 'order'> &
  Pick<NewTask, 'concurrencyKey' | 'ordered'> & { handler: string; leaseUntil: number }

const HANDLERS: readonly string[] = ['a', 'b']
const LEASE = 50

/** What may be claimed, straight from the words of the port: every row looked at, no index. */
function claimable(tasks: readonly Modelled[], request: ClaimRequest): Set<string> {
  const unfinished = tasks.filter(({ status }) => !['done', 'dead', 'cancelled'].includes(status))
  const isOlder = (a: Modelled, b: Modelled) => a.order < b.order || (a.order === b.order && a.sequence < b.sequence)
  const candidates = unfinished.filter((task) => {
    if (!request.handlers.includes(task.handler)) return false
    if (task.status === 'running') return task.leaseUntil <= request.now
    const rivals = unfinished.filter((other) => other !== task && other.concurrencyKey === task.concurrencyKey)
    if (task.lane !== request.lane || task.dueAt > request.now) return false
    if (task.concurrencyKey === null) return true
    return !rivals.some(({ status }) => status === 'running') && !(task.ordered && rivals.some((r) => isOlder(r, task)))
  })
  const best = candidates.filter(
    (task) =>
      task.concurrencyKey === null ||
      !candidates.some((other) => other.concurrencyKey === task.concurrencyKey && isOlder(other, task)),
  )
  return new Set(best.map(({ id }) => id))
}

const ENDINGS = ['done', 'dead', 'retrying', 'waiting', 'never', 'pending'] as const
const APPEND = fc.record({
  kind: fc.constant('append' as const),
  delay: fc.integer({ min: -20, max: 30 }),
  key: fc.constantFrom(null, 'k', 'l'),
  ordered: fc.boolean(),
  handler: fc.constantFrom(...HANDLERS),
  order: fc.option(fc.nat(30), { freq: 3 }),
})
const CLAIM = fc.record({
  kind: fc.constant('claim' as const),
  lane: fc.constantFrom('first' as const, 'retry' as const),
  handlers: fc.constantFrom(HANDLERS, HANDLERS, ['a'], ['b']),
})
const SETTLE = fc.record({
  kind: fc.constant('settle' as const),
  which: fc.nat(20),
  to: fc.constantFrom(...ENDINGS),
  delay: fc.integer({ min: 0, max: 30 }),
})
const CANCEL = fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(50) })
const TICK = fc.record({ kind: fc.constant('tick' as const), by: fc.integer({ min: -10, max: 30 }) })
const STEPS = fc.array(fc.oneof(APPEND, APPEND, CLAIM, CLAIM, SETTLE, SETTLE, TICK, CANCEL), {
  minLength: 30,
  maxLength: 100,
})
type AnyStep = typeof STEPS extends fc.Arbitrary<(infer One)[]> ? One : never
type Step<Kind> = Extract<AnyStep, { kind: Kind }>

function newEvent(id: string, task: NewTask, order: number | null): NewEvent {
  const times = { occurredAt: 0, recordedAt: 0 }
  const empty = { data: null, attributes: {}, redactions: [], kept: {}, people: [] }
  const absent = { identity: null, idempotencyKey: null, orderingKey: null, causedBy: null, subject: null }
  const named = { id, rootId: id, type: 't', project: 'p', source: 'host', tasks: [task] }
  return { ...named, ...times, ...empty, ...absent, ...(order === null ? {} : { order }) }
}

function transition(to: (typeof ENDINGS)[number], dueAt: number): Settlement['transition'] {
  if (to === 'done') return { status: to, result: null }
  if (to === 'dead') return { status: to, reason: 'x' }
  if (to === 'never') return { status: 'waiting' }
  return { status: to, dueAt, reason: 'x' }
}

/** The store and the model side by side. */
function createPair() {
  const store = memoryStore()
  const model = new Map<string, Modelled>()
  let running: ClaimedTask[] = []
  let [now, count] = [1000, 0]

  async function copyRow(id: string, more: Partial<Modelled> = {}): Promise<void> {
    const row = await store.query.task(id)
    if (row !== null) model.set(id, { handler: '', leaseUntil: 0, ...model.get(id), ...row, ...more })
  }

  return {
    tick({ by }: Step<'tick'>) {
      now += by
    },
    async append({ handler, delay, key, ordered, order }: Step<'append'>) {
      count += 1
      const plain = { target: { kind: 'handler', handler }, supersede: false, body: null } as const
      const task = { ...plain, id: `tsk_${count}`, dueAt: now + delay, concurrencyKey: key, ordered }
      await store.append({ events: [newEvent(`evt_${count}`, task, order)] })
      await copyRow(task.id, { handler })
    },
    async claim({ lane, handlers }: Step<'claim'>) {
      const request = { worker: 'w', now, leaseMs: LEASE, limit: 100, lane, handlers, endpoints: false }
      const expected = claimable([...model.values()], request)
      const claimed = await store.claim(request)
      expect(new Set(claimed.map(({ task }) => task.id))).toEqual(expected)
      const times = claimed.filter(
        ({ task }) => task.lane === lane && task.concurrencyKey === null && task.attempts === 0,
      )
      expect(times.map(({ task }) => task.dueAt)).toEqual(times.map(({ task }) => task.dueAt).sort((a, b) => a - b))
      for (const { task } of claimed) await copyRow(task.id, { leaseUntil: now + LEASE })
      running = [...running.filter(({ task }) => !expected.has(task.id)), ...claimed]
    },
    async settle({ which, to, delay }: Step<'settle'>) {
      const [each] = running.splice(which % Math.max(1, running.length), 1)
      if (each === undefined) return
      const settlement = { lease: each.lease, at: now, transition: transition(to, now + delay) }
      expect(await store.settle([settlement])).toEqual([{ status: 'settled' }])
      await copyRow(each.task.id)
    },
    async cancel({ which }: Step<'cancel'>) {
      const id = `tsk_${which}`
      running = running.filter(({ task }) => task.id !== id)
      await store.cancel(id, now)
      await copyRow(id)
    },
  }
}

test('whatever happens, a claim takes just what the rules say, oldest due time first', async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      const pair = createPair()
      for (const step of steps) {
        if (step.kind === 'tick') pair.tick(step)
        else if (step.kind === 'append') await pair.append(step)
        else if (step.kind === 'claim') await pair.claim(step)
        else if (step.kind === 'settle') await pair.settle(step)
        else await pair.cancel(step)
      }
    }),
    { numRuns: 500 },
  )
}, 60_000)
