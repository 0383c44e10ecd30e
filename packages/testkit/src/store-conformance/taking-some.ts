import assert from 'node:assert/strict'
import type { Cases } from './scene.ts'
import { claimedOf, leased, take } from './taking-at-once.ts'

// What a recording claims where not all of it is to be claimed, or not all of it is new.

export const takingSome: Cases = {
  async 'of an event recorded twice only the first recording claims'(scene) {
    const { store, event, claimIds } = scene
    const twice = () => event({ idempotencyKey: 'once', tasks: [leased(scene)] })
    const taken = await take(scene, twice())
    const again = await store.append({ events: [twice()] })
    const [first] = await store.query.events({})
    assert.deepEqual(again, { status: 'recorded', events: [{ id: first?.id, status: 'duplicate' }] })
    assert.deepEqual(await claimIds(), [])
    assert.ok(taken === null || taken.length === 1)
  },

  async 'of an event given twice in one recording only the first claims'(scene) {
    const { store, event, claimIds } = scene
    const [first, second] = [1, 2].map(() => event({ idempotencyKey: 'once', tasks: [leased(scene)] }))
    const other = event({ tasks: [leased(scene)] })
    assert.ok(first && second)
    const result = await store.append({ events: [first, second, other] })
    const ids = [...claimedOf(result).map(({ task }) => task.id), ...(await claimIds())]
    assert.deepEqual(ids, [first.tasks[0]?.id, other.tasks[0]?.id])
    assert.ok(result.status === 'recorded')
    assert.deepEqual(result.events[1], { id: first.id, status: 'duplicate' })
  },

  async 'parallel recordings of one idempotency key claim once'(scene) {
    const { store, event, claimIds } = scene
    const events = Array.from({ length: 10 }, () => event({ idempotencyKey: 'once', tasks: [leased(scene)] }))
    const results = await Promise.all(events.map((one) => store.append({ events: [one] })))
    const ids = [...results.flatMap(claimedOf).map(({ task }) => task.id), ...(await claimIds())]
    assert.equal(ids.length, 1)
  },

  async 'parallel recordings each claim their own'(scene) {
    const { store, event, claimIds } = scene
    const events = Array.from({ length: 30 }, () => event({ tasks: [leased(scene), leased(scene)] }))
    const results = await Promise.all(events.map((one) => store.append({ events: [one] })))
    const claimed = results.map(claimedOf)
    if (claimed.flat().length === 0) return
    for (const [index, { id, tasks }] of events.entries()) {
      const own = claimed[index]?.map(({ task, event: of }) => [task.id, task.eventId, of.id])
      assert.deepEqual(
        own,
        tasks.map((task) => [task.id, id, id]),
      )
    }
    assert.equal(new Set(claimed.flat().map(({ lease }) => lease.token)).size, 60)
    assert.deepEqual(await claimIds(), [])
  },

  async 'only tasks with a lease are claimed by their recording'(scene) {
    const { event, task, claimIds } = scene
    const [own, others] = [leased(scene), [task(), task({ concurrencyKey: 'k', ordered: true })]]
    const taken = await take(scene, event({ tasks: [...others, own] }), event({ tasks: [] }))
    if (taken === null) return
    assert.deepEqual(
      taken.map((claimed) => claimed.task.id),
      [own.id],
    )
    assert.deepEqual(
      await claimIds(),
      others.map(({ id }) => id),
    )
  },

  async 'a recording that is refused claims nothing'(scene) {
    const { store, event, claimIds } = scene
    const stale = { project: 'acme', collection: 'c', key: 'k', value: 1, at: 1, expectedVersion: 7 }
    const refused = event({ tasks: [leased(scene)] })
    const conflict = await store.append({ events: [refused], documents: [stale] })
    assert.deepEqual(conflict, { status: 'conflict', collection: 'c', key: 'k' })
    assert.equal(await store.query.task(refused.tasks[0]?.id ?? ''), null)
    assert.deepEqual(await claimIds(), [])
  },

  async 'what a caller does to its values reaches neither the store nor what was answered'(scene) {
    const { store, event } = scene
    const data = { list: ['a'] }
    const own = leased(scene, { target: { kind: 'handler', handler: 'work' } })
    const kept = { config: { model: 'small' } }
    const given = event({ data, kept, attributes: { app: 'a' }, people: ['p'], tasks: [own] })
    const taken = (await take(scene, given))?.[0]
    if (taken === undefined) return
    data.list.push('b')
    kept.config.model = 'large'
    given.people.push('q')
    given.attributes.app = 'b'
    Object.assign(own.target, { handler: 'other' })
    Object.assign(own.lease ?? {}, { until: 0 })
    Object.assign(own, { body: 'other', dueAt: 0 })
    const { data: answered, kept: parts, people, attributes } = taken.event
    assert.deepEqual([answered, parts], [{ list: ['a'] }, { config: { model: 'small' } }])
    assert.deepEqual([people, attributes], [['p'], { app: 'a' }])
    const stored = await store.query.task(taken.task.id)
    assert.deepEqual([stored?.body, stored?.target], [null, { kind: 'handler', handler: 'work' }])
    assert.deepEqual(taken.task, stored)
    assert.deepEqual(taken.event, await store.query.event(given.id))
  },

  async 'what is done to what was answered never reaches the store'(scene) {
    const taken = (await take(scene, scene.event({ data: { list: ['a'] }, tasks: [leased(scene)] })))?.[0]
    if (taken === undefined) return
    const { task, event } = taken
    task.status = 'dead'
    event.attributes.app = 'x'
    event.people.push('q')
    Object.assign(event.data ?? {}, { list: [] })
    const stored = await scene.store.query.event(event.id)
    assert.deepEqual([stored?.data, stored?.people, stored?.attributes], [{ list: ['a'] }, [], {}])
    assert.equal((await scene.store.query.task(task.id))?.status, 'running')
  },
}
