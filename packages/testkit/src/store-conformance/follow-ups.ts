import assert from 'node:assert/strict'
import type { Settlement } from '@pullwright/core'
import { attempt, type Cases, NOW } from './scene.ts'

const DONE: Settlement['transition'] = { status: 'done', result: null }

export const followUps: Cases = {
  async 'follow-ups are recorded with the settlement'({ store, enqueue, event, claimOne, settle, claimIds }) {
    await enqueue({})
    const claimed = await claimOne()
    const { rootId, order } = claimed.event
    const followUp = event({ rootId, order, causedBy: claimed.task.id })
    assert.deepEqual(await settle(claimed, DONE, { followUps: { events: [followUp] } }), { status: 'settled' })
    const stored = await store.query.event(followUp.id)
    assert.ok(stored)
    assert.deepEqual([stored.rootId, stored.order, stored.causedBy], [rootId, order, claimed.task.id])
    assert.ok(stored.sequence > order)
    assert.deepEqual(await claimIds(), [followUp.tasks[0]?.id])
  },

  async 'follow-ups may run later'({ enqueue, event, task, claimOne, settle, claimIds }) {
    await enqueue({})
    const later = task({ dueAt: NOW + 50 })
    await settle(await claimOne(), DONE, { followUps: { events: [event({ tasks: [later] })] } })
    assert.deepEqual(await claimIds(), [])
    assert.deepEqual(await claimIds({ now: NOW + 50 }), [later.id])
  },

  async 'a follow-up whose idempotency key is known is left out, the rest stands'(scene) {
    const { store, enqueue, event, append, claimOne, settle } = scene
    const [id] = await enqueue({})
    const claimed = await claimOne()
    await append(event({ idempotencyKey: 'once', tasks: [] }))
    const [again, fresh] = [event({ idempotencyKey: 'once' }), event()]
    assert.deepEqual(await settle(claimed, DONE, { followUps: { events: [again, fresh] } }), { status: 'settled' })
    assert.equal(await store.query.event(again.id), null)
    assert.ok(await store.query.event(fresh.id))
    assert.equal((await store.query.task(String(id)))?.status, 'done')
  },

  async 'documents of the follow-ups are written with the settlement'({ store, enqueue, claimOne, settle }) {
    await enqueue({})
    const documents = [{ project: 'acme', collection: 'c', key: 'k', value: 1, expectedVersion: 0, at: NOW }]
    await settle(await claimOne(), DONE, { followUps: { events: [], documents } })
    assert.equal((await store.documents.get('acme', 'c', 'k'))?.value, 1)
  },

  async 'a stale document refuses the settlement, and the lease still holds'(scene) {
    const { store, enqueue, event, claimOne, settle } = scene
    const [id] = await enqueue({})
    const claimed = await claimOne()
    await store.saveStep(claimed.lease, { name: 's', sealed: 'x' })
    const write = { project: 'acme', collection: 'c', key: 'k', value: 2, at: NOW }
    await store.documents.put({ ...write, value: 1 })
    const followUp = event()
    const documents = [
      { ...write, key: 'other' },
      { ...write, expectedVersion: 0 },
    ]
    const parts = { followUps: { events: [followUp], documents }, attempt: attempt(), progress: 'x' }
    assert.deepEqual(await settle(claimed, DONE, parts), { status: 'conflict', collection: 'c', key: 'k' })
    const task = await store.query.task(String(id))
    assert.deepEqual([task?.status, task?.attempts, task?.progress], ['running', 0, null])
    assert.deepEqual(await store.query.attempts(String(id)), [])
    assert.equal(await store.query.event(followUp.id), null)
    assert.equal(await store.documents.get('acme', 'c', 'other'), null)
    assert.deepEqual(await settle(claimed, DONE), { status: 'settled' })
  },

  async 'a refused settlement does not hold back its neighbours'({ store, enqueue, claim }) {
    await enqueue({}, {})
    const [a, b] = await claim()
    assert.ok(a && b)
    const documents = [{ project: 'acme', collection: 'c', key: 'k', value: 2, expectedVersion: 9, at: NOW }]
    const results = await store.settle([
      { lease: a.lease, at: NOW, transition: DONE, followUps: { events: [], documents } },
      { lease: b.lease, at: NOW, transition: DONE },
    ])
    assert.deepEqual(
      results.map(({ status }) => status),
      ['conflict', 'settled'],
    )
  },

  async 'follow-ups of a chain wait in the order of the chain'({ enqueue, event, task, claimOne, settle, claimIds }) {
    const key = { concurrencyKey: 'k', ordered: true }
    await enqueue({})
    const claimed = await claimOne()
    const [newer] = await enqueue(key)
    const followUp = task(key)
    const events = [event({ tasks: [followUp], rootId: claimed.event.rootId, order: claimed.event.order })]
    await settle(claimed, DONE, { followUps: { events } })
    assert.deepEqual(await claimIds(), [followUp.id])
    assert.ok(newer)
  },
}
