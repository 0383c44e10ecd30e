import assert from 'node:assert/strict'
import type { Receipt, Recording } from '@pullwright/core'
import { type Cases, NOW, type Scene, SECOND } from './scene.ts'

const PLAIN: Receipt = {
  source: 'forge',
  deliveryId: 'd-1',
  bodyHash: 'aa',
  bodyWindowMs: 0,
  receivedAt: NOW,
  eventId: null,
}

/** One event under a receipt that names it. */
async function receive({ store, event }: Scene, parts: Partial<Receipt>): Promise<{ id: string; answer: unknown }> {
  const given = event()
  const answer = await store.append({ events: [given], receipt: { ...PLAIN, eventId: given.id, ...parts } })
  return { id: given.id, answer }
}

async function count({ store }: Scene): Promise<number> {
  return (await store.query.events({})).length
}

export const receipts: Cases = {
  async 'a delivery id seen before writes nothing and names the first event'(scene) {
    const first = await receive(scene, {})
    const { store, event } = scene
    const again = event()
    const answer = await store.append({
      events: [again],
      documents: [{ project: 'acme', collection: 'c', key: 'k', value: 1, at: NOW }],
      receipt: { ...PLAIN, eventId: again.id, bodyHash: 'bb', receivedAt: NOW + SECOND },
    })
    assert.deepEqual(answer, { status: 'duplicate-receipt', eventId: first.id })
    assert.equal(await count(scene), 1)
    assert.equal(await store.documents.get('acme', 'c', 'k'), null)
  },

  async 'the same delivery id from another source is another delivery'(scene) {
    await receive(scene, {})
    await receive(scene, { source: 'other' })
    assert.equal(await count(scene), 2)
  },

  async 'the same body within its window is a duplicate under any delivery id'(scene) {
    const first = await receive(scene, { bodyWindowMs: 10 * SECOND })
    const again = { deliveryId: 'd-2', bodyWindowMs: 10 * SECOND, receivedAt: NOW + 9 * SECOND }
    assert.deepEqual((await receive(scene, again)).answer, { status: 'duplicate-receipt', eventId: first.id })
    assert.equal(await count(scene), 1)
  },

  async 'the same body after its window is a new delivery'(scene) {
    await receive(scene, { bodyWindowMs: 10 * SECOND })
    await receive(scene, { deliveryId: 'd-2', bodyWindowMs: 10 * SECOND, receivedAt: NOW + 11 * SECOND })
    assert.equal(await count(scene), 2)
  },

  async 'without a window bodies are not compared'(scene) {
    await receive(scene, {})
    await receive(scene, { deliveryId: 'd-2' })
    assert.equal(await count(scene), 2)
  },

  async 'the same body from another source is another delivery'(scene) {
    await receive(scene, { bodyWindowMs: SECOND })
    await receive(scene, { source: 'other', deliveryId: 'd-2', bodyWindowMs: SECOND })
    assert.equal(await count(scene), 2)
  },

  async 'a delivery without an id is known by its body'(scene) {
    await receive(scene, { deliveryId: null, bodyWindowMs: SECOND })
    await receive(scene, { deliveryId: null, bodyWindowMs: SECOND })
    await receive(scene, { deliveryId: null, bodyWindowMs: SECOND, bodyHash: 'cc' })
    assert.equal(await count(scene), 2)
  },

  async 'parallel copies of one delivery are recorded once'(scene) {
    const answers = await Promise.all(Array.from({ length: 20 }, () => receive(scene, {})))
    const recorded = answers.filter(({ answer }) => (answer as { status: string }).status === 'recorded')
    assert.equal(recorded.length, 1)
    for (const { answer } of answers)
      if (answer !== recorded[0]?.answer)
        assert.deepEqual(answer, { status: 'duplicate-receipt', eventId: recorded[0]?.id })
    assert.equal(await count(scene), 1)
  },

  async 'deliveries recorded at once are each answered as one alone would be'(scene) {
    const { store, event, append } = scene
    if (store.appendAll === undefined) return
    const [before, first] = [await receive(scene, {}), event({ idempotencyKey: 'once' })]
    await append(first)
    const deliveryOf = (parts: Partial<Receipt>, more = {}) => {
      const given = event(more)
      return { events: [given], receipt: { ...PLAIN, deliveryId: null, eventId: given.id, ...parts } }
    }
    const [fresh, other] = [deliveryOf({ deliveryId: 'd-2' }), deliveryOf({ deliveryId: 'd-3' })]
    const keyed = deliveryOf({ deliveryId: 'd-4' }, { idempotencyKey: 'once' })
    const plain = { events: [event(), event()] }
    const copies = [
      deliveryOf({ deliveryId: 'd-1' }),
      deliveryOf({ deliveryId: 'd-2' }),
      deliveryOf({ bodyWindowMs: 1 }),
    ]
    const answers = await store.appendAll([fresh, copies[0], plain, copies[1], other, keyed, copies[2]] as Recording[])
    const recorded = ({ events }: Recording) => ({
      status: 'recorded',
      events: events.map(({ id }) => ({ id, status: 'recorded' })),
    })
    assert.deepEqual(answers, [
      recorded(fresh),
      { status: 'duplicate-receipt', eventId: before.id },
      recorded(plain),
      { status: 'duplicate-receipt', eventId: fresh.receipt.eventId },
      recorded(other),
      { status: 'recorded', events: [{ id: first.id, status: 'duplicate' }] },
      // The last one with this body, whose event was known already.
      { status: 'duplicate-receipt', eventId: first.id },
    ])
    assert.equal(await count(scene), 6)
  },

  async 'deliveries recorded at once are all written or none is'(scene) {
    const { store, event } = scene
    if (store.appendAll === undefined) return
    const [one, same] = [event(), event()]
    const receipt = { ...PLAIN, bodyHash: 'bb' }
    const both = [{ events: [one], receipt }, { events: [{ ...same, id: one.id }] }]
    await assert.rejects(store.appendAll(both))
    assert.equal(await count(scene), 0)
    assert.equal((await store.append({ events: [one], receipt })).status, 'recorded')
  },

  async 'copies of one delivery in several of them at once are recorded once'(scene) {
    const { store, event } = scene
    if (store.appendAll === undefined) return
    const { appendAll } = store
    const batches = Array.from({ length: 8 }, (_, n) => {
      const ids = ['a', 'b', 'c', 'd'].map((id) => ({ id, at: (id.charCodeAt(0) * (n + 1)) % 7 }))
      return ids
        .sort((one, other) => one.at - other.at)
        .map(({ id }) => ({
          events: [event()],
          receipt: { ...PLAIN, deliveryId: id, bodyHash: id },
        }))
    })
    await Promise.all(batches.map((batch) => appendAll.call(store, batch)))
    assert.equal(await count(scene), 4)
  },

  async 'a receipt without events is remembered'({ store }) {
    assert.deepEqual(await store.append({ events: [], receipt: PLAIN }), { status: 'recorded', events: [] })
    const again = await store.append({ events: [], receipt: PLAIN })
    assert.deepEqual(again, { status: 'duplicate-receipt', eventId: null })
  },

  async 'a receipt whose event was known already names the first one'({ store, event, append }) {
    const first = event({ idempotencyKey: 'once' })
    await append(first)
    const again = event({ idempotencyKey: 'once' })
    const receipt = { ...PLAIN, eventId: again.id }
    assert.equal((await store.append({ events: [again], receipt })).status, 'recorded')
    const answer = await store.append({ events: [event()], receipt })
    assert.deepEqual(answer, { status: 'duplicate-receipt', eventId: first.id })
  },

  async 'the receipt of a refused recording is not remembered'(scene) {
    const { store, event } = scene
    const documents = [{ project: 'acme', collection: 'c', key: 'k', value: 1, expectedVersion: 4, at: NOW }]
    const refused = await store.append({ events: [event()], documents, receipt: PLAIN })
    assert.equal(refused.status, 'conflict')
    await receive(scene, {})
    assert.equal(await count(scene), 1)
  },
}
