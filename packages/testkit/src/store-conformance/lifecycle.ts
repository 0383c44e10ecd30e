import assert from 'node:assert/strict'
import { type Cases, LEASE, NOW } from './scene.ts'

export const lifecycle: Cases = {
  async 'a store says what it is'({ store, harness }) {
    assert.equal(store.apiVersion, 1)
    assert.match(store.name, /^[a-z][a-z0-9-]*$/)
    assert.equal(store.durable, harness.reopen !== undefined)
  },

  async 'migrating again, also several times at once, changes nothing'({ store, enqueue, claimIds }) {
    const [id] = await enqueue({})
    await Promise.all([store.migrate(), store.migrate(), store.migrate()])
    await store.migrate()
    assert.deepEqual(await claimIds(), [id])
  },

  async 'a durable store keeps everything over a restart'({ store, harness, event, append, claimOne, settle }) {
    if (harness.reopen === undefined) return
    const given = event({ idempotencyKey: 'once' })
    await append(given)
    const claimed = await claimOne()
    await store.saveStep(claimed.lease, { name: 's', sealed: 'x' })
    await store.documents.put({ project: 'acme', collection: 'c', key: 'k', value: { n: 1 }, at: NOW })
    await settle(claimed, { status: 'waiting', dueAt: NOW })
    const second = await claimOne()
    await store.close()

    const reopened = await harness.reopen(store)
    try {
      await reopened.migrate()
      assert.equal((await reopened.query.task(second.task.id))?.status, 'running')
      assert.deepEqual(await reopened.extend([second.lease], NOW + LEASE), [true])
      const [taken] = await reopened.claim({
        ...{ worker: 'w', now: NOW + LEASE, leaseMs: LEASE, limit: 1, lane: 'first' },
        ...{ handlers: ['work'], endpoints: false },
      })
      assert.deepEqual(taken?.steps, [{ name: 's', sealed: 'x' }])
      assert.deepEqual((await reopened.documents.get('acme', 'c', 'k'))?.value, { n: 1 })
      const again = await reopened.append({ events: [event({ idempotencyKey: 'once' })] })
      assert.deepEqual(again, { status: 'recorded', events: [{ id: given.id, status: 'duplicate' }] })
    } finally {
      await reopened.close()
    }
  },

  async 'closing twice is no error'({ store }) {
    await store.close()
    await store.close()
  },
}
