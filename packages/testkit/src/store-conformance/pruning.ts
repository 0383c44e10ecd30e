import assert from 'node:assert/strict'
import { attempt, type Cases, NOW, SECOND } from './scene.ts'

const LATER = NOW + 100 * SECOND
const DONE = { status: 'done', result: null } as const

export const pruning: Cases = {
  async 'ended work goes with all that belongs to it'({ store, event, append, claimOne, settle }) {
    const given = event({ idempotencyKey: 'once' })
    await append(given)
    const claimed = await claimOne()
    await settle(claimed, DONE, { attempt: attempt() })
    assert.equal(await store.prune({ before: LATER, limit: 10 }), 1)
    assert.equal(await store.query.event(given.id), null)
    assert.equal(await store.query.task(claimed.task.id), null)
    assert.deepEqual(await store.query.attempts(claimed.task.id), [])
    assert.deepEqual(await store.query.tasks({}), [])
    assert.deepEqual(await store.redrive({ at: NOW, limit: 9, statuses: ['done'] }), [])
    const again = await store.append({ events: [event({ idempotencyKey: 'once' })] })
    assert.equal(again.status === 'recorded' && again.events[0]?.status, 'recorded')
  },

  async 'what is not old enough stays'({ store, event, append }) {
    const [old, young] = [event({ tasks: [], recordedAt: NOW }), event({ tasks: [], recordedAt: NOW + SECOND })]
    await append(old, young)
    assert.equal(await store.prune({ before: NOW, limit: 10 }), 0)
    assert.equal(await store.prune({ before: NOW + SECOND, limit: 10 }), 1)
    assert.equal(await store.query.event(old.id), null)
    assert.ok(await store.query.event(young.id))
  },

  async 'an event stays while one of its tasks has not ended'(scene) {
    const { store, event, append, task, claim, finish, settle } = scene
    await append(event({ tasks: [task(), task(), task({ dueAt: LATER })] }))
    const [first, second] = await claim()
    assert.ok(first && second)
    await finish(first)
    await settle(second, { status: 'waiting', wakeOn: 's' })
    assert.equal(await store.prune({ before: LATER, limit: 10 }), 0)
    assert.equal((await store.query.tasks({})).length, 3)
  },

  async 'a chain stays while any of it has not ended or is young'({ store, event, append, claimOne, settle, finish }) {
    const root = event()
    await append(root)
    const claimed = await claimOne()
    const followUp = event({ rootId: root.id, recordedAt: NOW + 5 * SECOND })
    await settle(claimed, DONE, { followUps: { events: [followUp] } })
    assert.equal(await store.prune({ before: LATER, limit: 10 }), 0)
    await finish(await claimOne())
    assert.equal(await store.prune({ before: NOW + SECOND, limit: 10 }), 0)
    assert.equal(await store.prune({ before: LATER, limit: 10 }), 2)
  },

  async 'no more go than asked for, the oldest first'({ store, event, append }) {
    const events = Array.from({ length: 5 }, () => event({ tasks: [] }))
    await append(...events)
    assert.equal(await store.prune({ before: LATER, limit: 2 }), 2)
    const left = (await store.query.events({})).map(({ id }) => id)
    assert.deepEqual(
      left,
      events
        .slice(2)
        .map(({ id }) => id)
        .reverse(),
    )
    assert.equal(await store.prune({ before: LATER, limit: 0 }), 0)
    assert.equal(await store.prune({ before: LATER, limit: 10 }), 3)
  },

  async 'one project is pruned without another'({ store, event, append }) {
    const [mine, theirs] = [event({ tasks: [], project: 'acme' }), event({ tasks: [], project: 'zeta' })]
    await append(mine, theirs)
    assert.equal(await store.prune({ before: LATER, limit: 10, project: 'zeta' }), 1)
    assert.ok(await store.query.event(mine.id))
    assert.equal(await store.query.event(theirs.id), null)
  },

  async 'what is left goes on as before'({ store, enqueue, claimOne, claimIds, finish }) {
    const key = { concurrencyKey: 'k', ordered: true }
    const [, second] = await enqueue(key, { ...key, dueAt: NOW + SECOND })
    await finish(await claimOne())
    assert.equal(await store.prune({ before: LATER, limit: 10 }), 1)
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [second])
  },

  async 'superseding work goes too, in the end'(scene) {
    const { store, event, append, task, claim, finish } = scene
    const key = { concurrencyKey: 'k', supersede: true }
    const [older, newer] = [event({ tasks: [task(key)] }), event({ tasks: [task(key)] })]
    const followUp = event({ tasks: [task(key)], rootId: newer.id, order: 100 })
    await append(older, newer, followUp)
    for (const _ of [older, newer, followUp]) for (const claimed of await claim()) await finish(claimed)
    let gone = 0
    for (let some = -1; some !== 0; gone += some) some = await store.prune({ before: LATER, limit: 10 })
    assert.equal(gone, 3)
  },

  async 'an old receipt goes once its event is gone'({ store, event }) {
    const given = event({ tasks: [] })
    const receipt = {
      ...{ source: 'forge', deliveryId: 'd', bodyHash: 'aa', bodyWindowMs: 0 },
      ...{ receivedAt: NOW, eventId: given.id },
    }
    await store.append({ events: [given], receipt })
    assert.equal(await store.prune({ before: LATER, limit: 10 }), 1)
    assert.equal((await store.append({ events: [], receipt })).status, 'recorded')
  },

  async 'a receipt stays as long as its event'({ store, event }) {
    const given = event()
    const receipt = {
      ...{ source: 'forge', deliveryId: 'd', bodyHash: 'aa', bodyWindowMs: 0 },
      ...{ receivedAt: NOW, eventId: given.id },
    }
    await store.append({ events: [given], receipt })
    await store.prune({ before: LATER, limit: 10 })
    assert.deepEqual(await store.append({ events: [], receipt }), { status: 'duplicate-receipt', eventId: given.id })
  },
}
