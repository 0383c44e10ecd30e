import assert from 'node:assert/strict'
import { type Cases, LEASE, NOW, SECOND } from './scene.ts'

const KEY = { concurrencyKey: 'customer 7', ordered: true }

export const ordering: Cases = {
  async 'an ordered task waits for the end of the one before'({ enqueue, claimOne, claimIds, finish }) {
    const [first, second] = await enqueue(KEY, KEY)
    const claimed = await claimOne()
    assert.equal(claimed.task.id, first)
    assert.deepEqual(await claimIds(), [])
    await finish(claimed)
    assert.deepEqual(await claimIds(), [second])
  },

  async 'an older task that is retried or waits holds the newer ones back'({ enqueue, claimOne, claimIds, settle }) {
    const [first, second] = await enqueue(KEY, KEY)
    await settle(await claimOne(), { status: 'retrying', dueAt: NOW + SECOND, reason: 'busy' })
    assert.deepEqual(await claimIds({ now: NOW + LEASE }), [])
    const retry = await claimOne({ now: NOW + LEASE, lane: 'retry' })
    assert.equal(retry.task.id, first)
    await settle(retry, { status: 'waiting', wakeOn: 'approval' })
    assert.deepEqual(await claimIds({ now: NOW + LEASE }), [])
    assert.deepEqual(await claimIds({ now: NOW + LEASE, lane: 'retry' }), [])
    assert.ok(second)
  },

  async 'an older task that is not due yet holds the newer ones back'({ enqueue, claimIds }) {
    const [first] = await enqueue({ ...KEY, dueAt: NOW + SECOND }, KEY)
    assert.deepEqual(await claimIds(), [])
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [first])
  },

  async 'death and cancellation let the next one through'({ store, enqueue, claimOne, settle }) {
    const ids = await enqueue(KEY, KEY, KEY)
    await settle(await claimOne(), { status: 'dead', reason: 'gone' })
    assert.ok(ids[1])
    await store.cancel(ids[1], NOW)
    assert.equal((await claimOne()).task.id, ids[2])
  },

  async 'a redriven older task holds the newer ones back again'({ store, enqueue, claimOne, claimIds, settle }) {
    const [first, second] = await enqueue(KEY, KEY)
    await settle(await claimOne(), { status: 'dead', reason: 'gone' })
    await store.redrive({ at: NOW + SECOND, limit: 10, statuses: ['dead'] })
    assert.deepEqual(await claimIds(), [])
    assert.deepEqual(await claimIds({ lane: 'retry', now: NOW + SECOND }), [first])
    assert.ok(second)
  },

  async 'other keys flow on'({ enqueue, claimOne, claimIds, settle }) {
    const [, , other] = await enqueue(KEY, KEY, { ...KEY, concurrencyKey: 'customer 8', dueAt: NOW + 1 })
    await settle(await claimOne(), { status: 'retrying', dueAt: NOW + LEASE, reason: 'busy' })
    assert.deepEqual(await claimIds({ now: NOW + 1 }), [other])
  },

  async 'a follow-up of an older chain comes before newer ones'({ store, event, task, claimIds }) {
    const newer = event({ order: 20, tasks: [task(KEY)] })
    const followUp = event({ order: 10, tasks: [task(KEY)] })
    await store.append({ events: [newer] })
    await store.append({ events: [followUp] })
    assert.deepEqual(await claimIds(), [followUp.tasks[0]?.id])
  },

  async 'parallel workers keep the order of recording'({ enqueue, claim, finish }) {
    const ids = await enqueue(...Array.from({ length: 30 }, () => KEY))
    const runs: string[] = []
    async function work(worker: string): Promise<void> {
      while (runs.length < ids.length) {
        for (const claimed of await claim({ worker })) {
          runs.push(claimed.task.id)
          await new Promise((resolve) => setImmediate(resolve))
          await finish(claimed)
        }
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await Promise.all(['a', 'b', 'c', 'd'].map(work))
    assert.deepEqual(runs, ids)
  },
}
