import assert from 'node:assert/strict'
import { type Cases, LEASE, NOW, SECOND } from './scene.ts'

const FAR = NOW + 1000 * 365 * 24 * 3600 * SECOND

export const signals: Cases = {
  async 'a task that waits for a signal is due only when it comes'({ store, enqueue, claimOne, settle, claimIds }) {
    const [id] = await enqueue({})
    await settle(await claimOne(), { status: 'waiting', wakeOn: 'approved 7' })
    assert.equal((await store.query.task(String(id)))?.wakeOn, 'approved 7')
    assert.deepEqual(await claimIds({ now: FAR }), [])
    assert.equal(await store.wake('approved 7', NOW + SECOND), 1)
    assert.deepEqual(await claimIds(), [])
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [id])
  },

  async 'a task that waits for nothing is never due by itself'({ store, enqueue, claim, settle, claimIds }) {
    await enqueue({}, { concurrencyKey: 'k' }, { concurrencyKey: 'l', ordered: true })
    const claimed = await claim()
    assert.equal(claimed.length, 3)
    for (const each of claimed) await settle(each, { status: 'waiting' })
    assert.deepEqual(await claimIds({ now: FAR }), [])
    assert.equal(await store.query.nextDueAt({ handlers: ['work'], endpoints: true }), null)
  },

  async 'the due time of a task that waits for a signal is a date'({ store, enqueue, claimOne, settle }) {
    const [id] = await enqueue({})
    await settle(await claimOne(), { status: 'waiting', wakeOn: 's' })
    const dueAt = (await store.query.task(String(id)))?.dueAt
    assert.ok(dueAt !== undefined && !Number.isNaN(new Date(dueAt).getTime()))
  },

  async 'another signal wakes nobody'({ store, enqueue, claimOne, settle, claimIds }) {
    await enqueue({})
    await settle(await claimOne(), { status: 'waiting', wakeOn: 's' })
    assert.equal(await store.wake('S', NOW), 0)
    assert.equal(await store.wake('', NOW), 0)
    assert.deepEqual(await claimIds({ now: FAR }), [])
  },

  async 'all who wait for a signal are woken, and nobody else'({ store, enqueue, claim, settle, claimIds }) {
    const ids = await enqueue({}, {}, {})
    const claimed = await claim()
    for (const [index, each] of claimed.entries())
      await settle(each, { status: 'waiting', wakeOn: index === 1 ? 'other' : 's' })
    assert.equal(await store.wake('s', NOW), 2)
    assert.deepEqual((await claimIds()).sort(), [ids[0], ids[2]])
  },

  async 'a wait ends at its time even without the signal'({ enqueue, claimOne, settle, claimIds }) {
    const [id] = await enqueue({})
    await settle(await claimOne(), { status: 'waiting', wakeOn: 's', dueAt: NOW + SECOND })
    assert.deepEqual(await claimIds({ now: NOW + SECOND - 1 }), [])
    const { task } = await claimOne({ now: NOW + SECOND })
    assert.deepEqual([task.id, task.wakeOn], [id, null])
  },

  async 'a signal never delays'({ store, enqueue, claimOne, settle, claimIds }) {
    const [id] = await enqueue({})
    await settle(await claimOne(), { status: 'waiting', wakeOn: 's', dueAt: NOW + SECOND })
    await store.wake('s', NOW + LEASE)
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [id])
  },

  async 'a signal that comes while the task runs is not lost'({ store, enqueue, claimOne, settle, claimIds }) {
    const [id] = await enqueue({})
    const claimed = await claimOne()
    await store.wake('s', NOW + SECOND)
    await store.wake('another', NOW + SECOND)
    await settle(claimed, { status: 'waiting', wakeOn: 's' }, { at: NOW + 2 * SECOND })
    assert.deepEqual(await claimIds({ now: NOW + 2 * SECOND }), [id])
  },

  async 'a signal from before the run wakes nobody'({ store, enqueue, claimOne, settle, claimIds }) {
    await enqueue({})
    await store.wake('s', NOW - 5 * SECOND)
    await settle(await claimOne(), { status: 'waiting', wakeOn: 's' })
    assert.deepEqual(await claimIds({ now: FAR }), [])
  },

  async 'a signal wakes once'({ store, enqueue, claimOne, settle, claimIds }) {
    await enqueue({})
    await settle(await claimOne(), { status: 'waiting', wakeOn: 's' })
    assert.equal(await store.wake('s', NOW), 1)
    assert.equal(await store.wake('s', NOW), 0)
    const again = await claimOne({ now: NOW + SECOND })
    await settle(again, { status: 'waiting', wakeOn: 's' }, { at: NOW + 2 * SECOND })
    assert.deepEqual(await claimIds({ now: FAR }), [])
  },
}
