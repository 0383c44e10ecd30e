import assert from 'node:assert/strict'
import type { Settlement } from '@pullwright/core'
import { attempt, type Cases, NOW, SECOND } from './scene.ts'

const DONE: Settlement['transition'] = { status: 'done', result: null }

export const settling: Cases = {
  async 'done keeps the result, the reason and the time'({ store, enqueue, claimOne, settle, claimIds }) {
    const [id] = await enqueue({})
    const transition = { status: 'done', result: { pullRequest: 7 }, reason: 'superseded' } as const
    await settle(await claimOne(), transition, { at: NOW + 9, attempt: attempt() })
    const task = await store.query.task(String(id))
    assert.deepEqual(
      [task?.status, task?.result, task?.reason, task?.settledAt, task?.attempts],
      ['done', { pullRequest: 7 }, 'superseded', NOW + 9, 1],
    )
    assert.deepEqual(await claimIds({ now: NOW + 1e9 }), [])
  },

  async 'dead keeps the reason and what there is of a result'({ store, enqueue, claimOne, settle, claimIds }) {
    const [id] = await enqueue({})
    await settle(await claimOne(), { status: 'dead', reason: 'gone', result: [1] }, { at: NOW + 9 })
    const task = await store.query.task(String(id))
    assert.deepEqual([task?.status, task?.reason, task?.result, task?.settledAt], ['dead', 'gone', [1], NOW + 9])
    assert.deepEqual(await claimIds({ now: NOW + 1e9 }), [])
    assert.deepEqual(await claimIds({ now: NOW + 1e9, lane: 'retry' }), [])
  },

  async 'a retry goes to the retry lane, due when told'({ store, enqueue, claimOne, settle, claimIds }) {
    const [id] = await enqueue({})
    const transition = { status: 'retrying', dueAt: NOW + 5 * SECOND, reason: '503' } as const
    await settle(await claimOne(), transition, { attempt: attempt({ outcome: 'retry' }) })
    const task = await store.query.task(String(id))
    assert.deepEqual(
      [task?.status, task?.lane, task?.dueAt, task?.reason, task?.attempts, task?.settledAt],
      ['retrying', 'retry', NOW + 5 * SECOND, '503', 1, null],
    )
    assert.deepEqual(await claimIds({ lane: 'retry', now: NOW + 5 * SECOND - 1 }), [])
    assert.deepEqual(await claimIds({ lane: 'retry', now: NOW + 5 * SECOND }), [id])
  },

  async 'a wait counts no attempt and keeps its lane'({ store, enqueue, claimOne, settle, claimIds }) {
    const [id] = await enqueue({})
    await settle(await claimOne(), { status: 'waiting', dueAt: NOW + SECOND, reason: 'calendar' })
    const task = await store.query.task(String(id))
    assert.deepEqual([task?.status, task?.attempts, task?.reason, task?.wakeOn], ['waiting', 0, 'calendar', null])
    assert.deepEqual(await claimIds(), [])
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [id])
  },

  async 'a task handed back is pending at once, uncounted'({ store, enqueue, claimOne, settle }) {
    const [id] = await enqueue({})
    await settle(await claimOne(), { status: 'pending', dueAt: NOW })
    const task = await store.query.task(String(id))
    assert.deepEqual([task?.status, task?.attempts, task?.lane], ['pending', 0, 'first'])
    assert.equal((await claimOne()).task.id, id)
  },

  async 'attempts are kept in full and numbered over the whole life'({ store, enqueue, claimOne, settle }) {
    const [id] = await enqueue({})
    const first = attempt({ outcome: 'retry', error: 'refused', details: { response: { status: 503 } } })
    await settle(await claimOne(), { status: 'retrying', dueAt: NOW, reason: '503' }, { attempt: first })
    await settle(await claimOne({ lane: 'retry' }), { status: 'waiting', dueAt: NOW })
    const second = attempt({ startedAt: NOW + 1, endedAt: NOW + 2, outcome: 'done' })
    await settle(await claimOne({ lane: 'retry' }), DONE, { attempt: second })
    assert.deepEqual(await store.query.attempts(String(id)), [
      { ...first, taskId: id, number: 1 },
      { ...second, taskId: id, number: 2 },
    ])
    assert.equal((await store.query.task(String(id)))?.attempts, 2)
  },

  async 'steps stay over waits and retries and go at the end'({ store, enqueue, claimOne, settle }) {
    const [id] = await enqueue({})
    const first = await claimOne()
    await store.saveStep(first.lease, { name: 'clone', sealed: 'abc' })
    await settle(first, { status: 'waiting', dueAt: NOW })
    const second = await claimOne()
    assert.deepEqual(second.steps, [{ name: 'clone', sealed: 'abc' }])
    await settle(second, { status: 'retrying', dueAt: NOW, reason: 'busy' })
    const third = await claimOne({ lane: 'retry' })
    assert.deepEqual(third.steps, [{ name: 'clone', sealed: 'abc' }])
    await settle(third, { status: 'pending', dueAt: NOW })
    const fourth = await claimOne({ lane: 'retry' })
    assert.deepEqual(fourth.steps, [{ name: 'clone', sealed: 'abc' }])
    await settle(fourth, { status: 'dead', reason: 'gone' })
    await store.redrive({ at: NOW, limit: 1, statuses: ['dead'], taskIds: [String(id)] })
    assert.deepEqual((await claimOne({ lane: 'retry' })).steps, [])
  },

  async 'a step saved again replaces the first'({ store, enqueue, claimOne, settle }) {
    await enqueue({})
    const claimed = await claimOne()
    await store.saveStep(claimed.lease, { name: 'clone', sealed: 'abc' })
    await store.saveStep(claimed.lease, { name: 'clone', sealed: 'def' })
    await settle(claimed, { status: 'pending', dueAt: NOW })
    assert.deepEqual((await claimOne()).steps, [{ name: 'clone', sealed: 'def' }])
  },

  async 'a step needs a lease that is held'({ store, enqueue, claimOne, finish }) {
    await enqueue({})
    const claimed = await claimOne()
    const step = { name: 's', sealed: 'x' }
    assert.equal(await store.saveStep({ ...claimed.lease, token: 'forged' }, step), false)
    assert.equal(await store.saveStep({ ...claimed.lease, taskId: 'tsk_unknown' }, step), false)
    await finish(claimed)
    assert.equal(await store.saveStep(claimed.lease, step), false)
  },

  async 'progress is kept and stays until the next'({ store, enqueue, claimOne, settle }) {
    const [id] = await enqueue({})
    await settle(await claimOne(), { status: 'waiting', dueAt: NOW }, { progress: 'cloned' })
    assert.equal((await store.query.task(String(id)))?.progress, 'cloned')
    await settle(await claimOne(), DONE)
    assert.equal((await store.query.task(String(id)))?.progress, 'cloned')
  },

  async 'a lease settles once'({ enqueue, claimOne, settle }) {
    await enqueue({})
    const claimed = await claimOne()
    assert.deepEqual(await settle(claimed, DONE), { status: 'settled' })
    assert.deepEqual(await settle(claimed, { status: 'dead', reason: 'late' }), { status: 'lost' })
  },

  async 'a forged token and an unknown task settle nothing'({ store, enqueue, claimOne }) {
    const [id] = await enqueue({})
    const { lease } = await claimOne()
    const forged = { lease: { ...lease, token: 'forged' }, at: NOW, transition: DONE }
    const unknown = { lease: { ...lease, taskId: 'tsk_unknown' }, at: NOW, transition: DONE }
    assert.deepEqual(await store.settle([forged, unknown]), [{ status: 'lost' }, { status: 'lost' }])
    assert.equal((await store.query.task(String(id)))?.status, 'running')
  },

  async 'settlements given together stand each for itself'({ store, enqueue, claim }) {
    const ids = await enqueue({}, {}, {})
    const [a, b, c] = await claim()
    assert.ok(a && b && c)
    const results = await store.settle([
      { lease: a.lease, at: NOW, transition: DONE },
      { lease: { ...b.lease, token: 'forged' }, at: NOW, transition: DONE },
      { lease: c.lease, at: NOW, transition: { status: 'dead', reason: 'gone' } },
      { lease: a.lease, at: NOW, transition: DONE },
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['settled', 'lost', 'settled', 'lost'],
    )
    const tasks = await Promise.all(ids.map((id) => store.query.task(id)))
    assert.deepEqual(
      tasks.map((task) => task?.status),
      ['done', 'running', 'dead'],
    )
    assert.deepEqual(await store.settle([]), [])
  },

  async 'parallel settlements of one lease: one wins'({ store, enqueue, claimOne, settle }) {
    const [id] = await enqueue({})
    const claimed = await claimOne()
    const racers = Array.from({ length: 10 }, () => settle(claimed, DONE, { attempt: attempt() }))
    const results = await Promise.all(racers)
    assert.equal(results.filter(({ status }) => status === 'settled').length, 1)
    assert.equal(results.filter(({ status }) => status === 'lost').length, 9)
    assert.equal((await store.query.attempts(String(id))).length, 1)
  },
}
