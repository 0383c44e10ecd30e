import assert from 'node:assert/strict'
import { isPullwrightError } from '@pullwright/core'
import type { OpenTransaction } from './harness.ts'
import type { Cases, Scene } from './scene.ts'

async function begin({ store, harness }: Scene): Promise<OpenTransaction> {
  assert.ok(harness.transactions)
  return harness.transactions.begin(store)
}

/** Says so where the store joins no transaction. */
function joined(run: (scene: Scene) => Promise<void>): (scene: Scene) => Promise<void> {
  return (scene) => (scene.harness.transactions === undefined ? assertRefused(scene) : run(scene))
}

async function assertRefused({ store, event }: Scene): Promise<void> {
  const given = event()
  const transaction = { query: async () => ({ rows: [] }) }
  await assert.rejects(
    store.append({ events: [given] }, { transaction }),
    (error) => isPullwrightError(error) && error.code === 'transaction-unsupported',
  )
  assert.equal(await store.query.event(given.id), null)
}

export const transactions: Cases = {
  'what is recorded in a transaction of the host appears with its commit, or the store refuses': joined(
    async (scene) => {
      const { store, event, claimIds } = scene
      const open = await begin(scene)
      const given = event()
      await store.append({ events: [given] }, { transaction: open.transaction })
      await open.commit()
      assert.ok(await store.query.event(given.id))
      assert.deepEqual(await claimIds(), [given.tasks[0]?.id])
    },
  ),

  'a rollback of the host leaves nothing, or the store refuses': joined(async (scene) => {
    const { store, event, claimIds } = scene
    const open = await begin(scene)
    const given = event({ idempotencyKey: 'once' })
    await store.append({ events: [given] }, { transaction: open.transaction })
    await open.rollback()
    assert.equal(await store.query.event(given.id), null)
    assert.deepEqual(await claimIds(), [])
    const again = await store.append({ events: [given] })
    assert.deepEqual(again, { status: 'recorded', events: [{ id: given.id, status: 'recorded' }] })
  }),

  'a duplicate does not spoil the transaction of the host, or the store refuses': joined(async (scene) => {
    const { store, event, append } = scene
    const first = event({ idempotencyKey: 'once' })
    await append(first)
    const open = await begin(scene)
    const options = { transaction: open.transaction }
    const duplicate = await store.append({ events: [event({ idempotencyKey: 'once' })] }, options)
    assert.deepEqual(duplicate, { status: 'recorded', events: [{ id: first.id, status: 'duplicate' }] })
    const fresh = event()
    await store.append({ events: [fresh] }, options)
    await open.commit()
    assert.ok(await store.query.event(fresh.id))
  }),
}
