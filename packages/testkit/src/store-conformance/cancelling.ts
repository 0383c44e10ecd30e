import assert from 'node:assert/strict'
import { type Cases, NOW, SECOND } from './scene.ts'

export const cancelling: Cases = {
  async 'a cancelled task is never claimed'({ store, enqueue, claimIds }) {
    const [id] = await enqueue({})
    const task = await store.cancel(String(id), NOW + 9)
    assert.deepEqual(task, await store.query.task(String(id)))
    assert.deepEqual([task?.status, task?.settledAt], ['cancelled', NOW + 9])
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [])
  },

  async 'a running task that is cancelled loses its lease'({ store, enqueue, claimOne, settle }) {
    const [id] = await enqueue({})
    const claimed = await claimOne()
    assert.equal((await store.cancel(String(id), NOW))?.status, 'cancelled')
    assert.deepEqual(await settle(claimed, { status: 'done', result: null }), { status: 'lost' })
    assert.deepEqual(await store.extend([claimed.lease], NOW + SECOND), [false])
    assert.equal((await store.query.task(String(id)))?.status, 'cancelled')
  },

  async 'a cancelled task forgets its steps'({ store, enqueue, claimOne }) {
    const [id] = await enqueue({})
    const { lease } = await claimOne()
    await store.saveStep(lease, { name: 's', sealed: 'x' })
    await store.cancel(String(id), NOW)
    await store.redrive({ at: NOW, limit: 1, statuses: ['cancelled'] })
    assert.deepEqual((await claimOne({ lane: 'retry' })).steps, [])
  },

  async 'retrying and waiting tasks are cancelled too'({ store, enqueue, claim, settle, claimIds }) {
    const [a, b] = await enqueue({}, {})
    const [first, second] = await claim()
    assert.ok(first && second)
    await settle(first, { status: 'retrying', dueAt: NOW, reason: 'busy' })
    await settle(second, { status: 'waiting', wakeOn: 's' })
    assert.equal((await store.cancel(String(a), NOW))?.status, 'cancelled')
    const cancelled = await store.cancel(String(b), NOW)
    assert.deepEqual([cancelled?.status, cancelled?.wakeOn], ['cancelled', null])
    assert.equal(await store.wake('s', NOW), 0)
    assert.deepEqual(await claimIds({ lane: 'retry', now: NOW + SECOND }), [])
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [])
  },

  async 'what has ended, is unknown or belongs to another project is not cancelled'(scene) {
    const { store, enqueue, claimOne, finish } = scene
    const [id] = await enqueue({})
    assert.equal(await store.cancel(String(id), NOW, 'zeta'), null)
    assert.equal(await store.cancel('tsk_unknown', NOW), null)
    await finish(await claimOne())
    assert.equal(await store.cancel(String(id), NOW), null)
    assert.equal((await store.query.task(String(id)))?.status, 'done')
    const [other] = await enqueue({})
    assert.equal((await store.cancel(String(other), NOW, 'acme'))?.status, 'cancelled')
    assert.equal(await store.cancel(String(other), NOW), null)
  },

  async 'of a parallel cancellation and settlement one wins'({ store, enqueue, claim, settle }) {
    const ids = await enqueue(...Array.from({ length: 10 }, () => ({})))
    const claimed = await claim()
    const done = claimed.map((each) => settle(each, { status: 'done', result: null }))
    const cancelled = ids.map((id) => store.cancel(id, NOW))
    const [settlements, cancellations] = await Promise.all([Promise.all(done), Promise.all(cancelled)])
    for (const [index, id] of ids.entries()) {
      const position = claimed.findIndex(({ task }) => task.id === id)
      const settled = settlements[position]?.status === 'settled'
      assert.equal(settled, cancellations[index] === null)
      assert.equal((await store.query.task(id))?.status, settled ? 'done' : 'cancelled')
    }
  },
}
