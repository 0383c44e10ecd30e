import assert from 'node:assert/strict'
import type { AppendResult, ClaimedTask, NewEvent, NewTask } from '@pullwright/core'
import { type Cases, LEASE, NOW, type Scene, SECOND } from './scene.ts'

// Who records a task may run it at once. A store that cannot write it as claimed leaves it to `claim`.

const FROM = NOW + 5
const UNTIL = FROM + LEASE
const LATE = { now: UNTIL + SECOND, worker: 'worker-2' }

export function leased({ task }: Scene, parts?: Partial<NewTask>): NewTask {
  return task({ lease: { from: FROM, until: UNTIL }, ...parts })
}

export function claimedOf(result: AppendResult): ClaimedTask[] {
  assert.equal(result.status, 'recorded')
  return result.events.flatMap(({ claimed = [] }) => claimed)
}

/** Records; answers what was claimed of it. Null where the store leaves it all to `claim`, which then gets all of it. */
export async function take({ store, claimIds }: Scene, ...events: NewEvent[]): Promise<ClaimedTask[] | null> {
  const claimed = claimedOf(await store.append({ events }))
  if (claimed.length > 0) return claimed
  const ids = events.flatMap(({ tasks }) => tasks.map(({ id }) => id))
  assert.deepEqual(await claimIds(), ids, 'what is not claimed by its recording is claimable')
  return null
}

/** Of one event with one task. */
async function takeOne(scene: Scene, given = scene.event({ tasks: [leased(scene)] })): Promise<ClaimedTask | null> {
  const taken = await take(scene, given)
  assert.ok(taken === null || taken.length === 1)
  return taken?.[0] ?? null
}

export const takingAtOnce: Cases = {
  async 'a task recorded with a lease is claimed by its recording, or else by the next claim, and ends'(scene) {
    const given = scene.event({ tasks: [leased(scene)] })
    const claimed = claimedOf(await scene.store.append({ events: [given] }))
    const all = [...claimed, ...(await scene.claim())]
    assert.deepEqual(
      all.map(({ lease }) => lease.taskId),
      [given.tasks[0]?.id],
    )
    for (const each of all) await scene.finish(each)
    const ended = await scene.store.query.task(given.tasks[0]?.id ?? '')
    assert.deepEqual([ended?.status, ended?.attempts], ['done', 1])
  },

  async 'what is answered is what claim would answer'(scene) {
    const { store, event, endpoint, delivery, append, claimOne } = scene
    const { id } = await endpoint()
    const parts = {
      data: { list: [{ n: 1 }], text: 'a\u0000\ud800', note: null },
      attributes: { app: 'support' },
      redactions: [{ path: 'key', detector: 'key' }],
      kept: { config: { model: 'small' } },
      ...{ orderingKey: 'o', causedBy: 'tsk_before', subject: 'ada', people: ['person-1'], identity: 'ab12' },
      ...{ idempotencyKey: 'once', order: 3, recordedAt: NOW + 1 },
    }
    const sent = delivery(id, { body: '{"text":"\u0000\ud800"}', lease: { from: FROM, until: UNTIL } })
    const taken = await takeOne(scene, event({ ...parts, tasks: [sent] }))
    if (taken === null) return
    const { lease, task, event: answered, ...rest } = taken
    assert.equal(lease.taskId, sent.id)
    assert.ok(lease.token.length > 0)
    assert.deepEqual(rest, { steps: [], superseded: false })
    assert.deepEqual([task.status, task.attempts, task.lane], ['running', 0, 'first'])
    assert.deepEqual(task, await store.query.task(sent.id))
    assert.deepEqual(answered, await store.query.event(answered.id))

    await append(event({ ...parts, idempotencyKey: 'twice', tasks: [delivery(id, { body: sent.body })] }))
    const twin = await claimOne({ now: FROM })
    const own = { id: sent.id, eventId: answered.id, rootId: answered.rootId, sequence: task.sequence }
    assert.deepEqual(task, { ...twin.task, ...own })
    const { id: eventId, rootId, sequence, idempotencyKey } = answered
    assert.deepEqual(answered, { ...twin.event, id: eventId, rootId, sequence, idempotencyKey })
  },

  async 'nobody else claims it while its lease holds'(scene) {
    const { store, claimIds, finish } = scene
    const taken = await takeOne(scene)
    if (taken === null) return
    for (const now of [NOW, FROM, UNTIL - 1])
      for (const lane of ['first', 'retry'] as const) assert.deepEqual(await claimIds({ now, lane }), [])
    const next = () => store.query.nextDueAt({ handlers: ['work'], endpoints: false })
    assert.equal(await next(), UNTIL)
    await finish(taken)
    assert.equal(await next(), null)
    const ended = await store.query.task(taken.task.id)
    assert.deepEqual([ended?.status, ended?.attempts, ended?.settledAt], ['done', 1, NOW + SECOND])
    const attempts = await store.query.attempts(taken.task.id)
    assert.deepEqual(
      attempts.map(({ number, outcome }) => [number, outcome]),
      [[1, 'done']],
    )
    assert.deepEqual(await claimIds(LATE), [])
  },

  async 'it is retried as any other'(scene) {
    const taken = await takeOne(scene)
    if (taken === null) return
    const dueAt = NOW + 2 * SECOND
    await scene.settle(taken, { status: 'retrying', dueAt, reason: 'busy' })
    assert.deepEqual(await scene.claimIds({ now: dueAt - 1, lane: 'retry' }), [])
    assert.deepEqual(await scene.claimIds({ now: dueAt, lane: 'retry' }), [taken.task.id])
  },

  async 'a wake while it runs is not lost'(scene) {
    const { store, settle, claimIds } = scene
    await store.wake('s', NOW - SECOND)
    const taken = await takeOne(scene)
    if (taken === null) return
    await store.wake('s', NOW + SECOND)
    await settle(taken, { status: 'waiting', wakeOn: 's' })
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [taken.task.id])
  },

  async 'a wake before it was recorded wakes nobody'(scene) {
    const { store, enqueue, claimOne, settle, claimIds } = scene
    await enqueue({})
    await claimOne()
    await store.wake('s', NOW)
    const taken = await takeOne(scene)
    if (taken === null) return
    await settle(taken, { status: 'waiting', wakeOn: 's' })
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [])
  },

  async 'it is taken over when its lease ran out, and the lost run counts'(scene) {
    const { store, claimOne, settle } = scene
    const taken = await takeOne(scene)
    if (taken === null) return
    const second = await claimOne(LATE)
    assert.equal(second.task.id, taken.task.id)
    assert.notEqual(second.lease.token, taken.lease.token)
    assert.deepEqual([second.task.attempts, second.task.lane], [1, 'retry'])
    const lost = (await store.query.attempts(taken.task.id)).map(({ error, details, ...rest }) => rest)
    const { id: taskId } = taken.task
    assert.deepEqual(lost, [{ taskId, number: 1, startedAt: FROM, endedAt: LATE.now, outcome: 'lost' }])
    assert.deepEqual(await store.extend([taken.lease], LATE.now + LEASE), [false])
    assert.equal(await store.saveStep(taken.lease, { name: 's', sealed: 'late' }), false)
    assert.deepEqual(await settle(taken, { status: 'done', result: 'late' }), { status: 'lost' })
    assert.deepEqual(await settle(second, { status: 'done', result: 'good' }), { status: 'settled' })
    assert.equal((await store.query.task(taskId))?.result, 'good')
  },

  async 'its lease can be extended, and it keeps steps'(scene) {
    const { store, claim, claimIds } = scene
    const taken = await takeOne(scene)
    if (taken === null) return
    assert.equal(await store.saveStep(taken.lease, { name: 's', sealed: 'abc' }), true)
    assert.deepEqual(await store.extend([taken.lease], UNTIL + LEASE), [true])
    assert.deepEqual(await claimIds({ now: UNTIL + LEASE - 1 }), [])
    const [second] = await claim({ now: UNTIL + LEASE })
    assert.deepEqual(second?.steps, [{ name: 's', sealed: 'abc' }])
  },
}
