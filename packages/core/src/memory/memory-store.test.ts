import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClaimedTask, ClaimRequest, NewEvent, NewTask, Settlement, TaskRecord } from '../ports/store.ts'
import { memoryStore } from './memory-store.ts'

/** A task as the model sees it: a plain record, and when its lease runs out. */
type Modelled = Pick<TaskRecord, 'id' | 'status' | 'lane' | 'dueAt' | 'sequence' | 'order'> &
  Pick<NewTask, 'concurrencyKey' | 'ordered'> & { handler: string; leaseUntil: number }

const HANDLERS = ['a', 'b']
const LEASE = 50

/** What may be claimed, straight from the words of the port: every row looked at, no index. */
function claimable(tasks: readonly Modelled[], request: ClaimRequest): Set<string> {
  const unfinished = tasks.filter(({ status }) => !['done', 'dead'].includes(status))
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

const STEP = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('append' as const),
      delay: fc.integer({ min: -20, max: 60 }),
      key: fc.constantFrom(null, 'k', 'l'),
      ordered: fc.boolean(),
      handler: fc.constantFrom(...HANDLERS),
      order: fc.option(fc.nat(30)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      lane: fc.constantFrom('first' as const, 'retry' as const),
      handlers: fc.subarray(HANDLERS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('settle' as const),
      which: fc.nat(20),
      to: fc.constantFrom(
        'done' as const,
        'dead' as const,
        'retrying' as const,
        'waiting' as const,
        'pending' as const,
      ),
      delay: fc.integer({ min: 0, max: 60 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('tick' as const), by: fc.integer({ min: -10, max: 40 }) }) },
)

function newEvent(id: string, task: NewTask, order: number | null): NewEvent {
  const times = { occurredAt: 0, recordedAt: 0 }
  const empty = { data: null, attributes: {}, redactions: [], kept: {}, people: [] }
  const absent = { identity: null, idempotencyKey: null, orderingKey: null, causedBy: null, subject: null }
  const named = { id, rootId: id, type: 't', project: 'p', source: 'host', tasks: [task] }
  return { ...named, ...times, ...empty, ...absent, ...(order === null ? {} : { order }) }
}

function transition(to: Settlement['transition']['status'], dueAt: number): Settlement['transition'] {
  if (to === 'done') return { status: to, result: null }
  if (to === 'dead') return { status: to, reason: 'x' }
  if (to === 'retrying') return { status: to, dueAt, reason: 'x' }
  return { status: to, dueAt }
}

test('whatever happens, a claim takes just what the rules say, oldest due time first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 60 }), async (steps) => {
      const store = memoryStore()
      const model = new Map<string, Modelled>()
      const running: ClaimedTask[] = []
      let now = 1000
      for (const [index, step] of steps.entries()) {
        if (step.kind === 'tick') now += step.by
        if (step.kind === 'append') {
          const target = { kind: 'handler', handler: step.handler } as const
          const plain = { target, supersede: false, body: null, dueAt: now + step.delay }
          const task = { ...plain, id: `tsk_${index}`, concurrencyKey: step.key, ordered: step.ordered }
          await store.append({ events: [newEvent(`evt_${index}`, task, step.order)] })
          const row = await store.query.task(task.id)
          if (row !== null) model.set(row.id, { ...row, handler: step.handler, leaseUntil: 0 })
        }
        if (step.kind === 'claim') {
          const { lane, handlers } = step
          const request = { worker: 'w', now, leaseMs: LEASE, limit: 100, lane, handlers, endpoints: false }
          const expected = claimable([...model.values()], request)
          const claimed = await store.claim(request)
          expect(new Set(claimed.map(({ task }) => task.id))).toEqual(expected)
          for (const each of claimed) {
            const before = model.get(each.task.id)
            if (before !== undefined) Object.assign(before, each.task, { leaseUntil: now + LEASE })
            const lost = running.findIndex(({ task }) => task.id === each.task.id)
            if (lost >= 0) running.splice(lost, 1)
            running.push(each)
          }
        }
        if (step.kind === 'settle' && running.length > 0) {
          const [each] = running.splice(step.which % running.length, 1)
          if (each === undefined) continue
          const settlement = { lease: each.lease, at: now, transition: transition(step.to, now + step.delay) }
          expect(await store.settle([settlement])).toEqual([{ status: 'settled' }])
          Object.assign(model.get(each.task.id) ?? {}, await store.query.task(each.task.id))
        }
      }
    }),
    { numRuns: 300 },
  )
})
