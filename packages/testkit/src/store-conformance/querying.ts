import assert from 'node:assert/strict'
import type { EventFilter, TaskFilter } from '@pullwright/core'
import { type Cases, LEASE, NOW, type Scene, SECOND } from './scene.ts'

const events = async ({ store }: Scene, filter: EventFilter) => (await store.query.events(filter)).map(({ id }) => id)
const tasks = async ({ store }: Scene, filter: TaskFilter) => (await store.query.tasks(filter)).map(({ id }) => id)

export const querying: Cases = {
  async 'what is unknown is null or nothing'({ store }) {
    assert.equal(await store.query.event('evt_unknown'), null)
    assert.equal(await store.query.task('tsk_unknown'), null)
    assert.deepEqual(await store.query.attempts('tsk_unknown'), [])
    assert.deepEqual(await store.query.events({}), [])
    assert.deepEqual(await store.query.tasks({}), [])
    assert.deepEqual(await store.query.backlog(NOW), [])
  },

  async 'another project sees nothing'(scene) {
    const given = scene.event({ project: 'acme' })
    await scene.append(given)
    const { query } = scene.store
    const taskId = String(given.tasks[0]?.id)
    assert.ok(await query.event(given.id, 'acme'))
    assert.ok(await query.task(taskId, 'acme'))
    assert.equal(await query.event(given.id, 'zeta'), null)
    assert.equal(await query.task(taskId, 'zeta'), null)
    for (const filter of [{}, { rootId: given.rootId }]) {
      assert.deepEqual(await events(scene, { ...filter, project: 'zeta' }), [])
      assert.deepEqual(await tasks(scene, { ...filter, project: 'zeta' }), [])
    }
    assert.deepEqual(await tasks(scene, { ids: [taskId], project: 'zeta' }), [])
    assert.deepEqual(await tasks(scene, { eventId: given.id, project: 'zeta' }), [])
  },

  async 'an event is found by its idempotency key, in its own project'(scene) {
    const a = scene.event({ project: 'acme', idempotencyKey: 'k', type: 'a.x' })
    const b = scene.event({ project: 'zeta', idempotencyKey: 'k' })
    const c = scene.event({ project: 'acme', idempotencyKey: null })
    await scene.append(a, b, c)
    assert.deepEqual(await events(scene, { project: 'acme', idempotencyKey: 'k' }), [a.id])
    assert.deepEqual(await events(scene, { project: 'acme', idempotencyKey: 'k', types: ['a.x'] }), [a.id])
    assert.deepEqual(await events(scene, { project: 'acme', idempotencyKey: 'k', types: ['a.y'] }), [])
    assert.deepEqual(await events(scene, { idempotencyKey: 'k' }), [b.id, a.id])
    assert.deepEqual(await events(scene, { project: 'acme', idempotencyKey: 'other' }), [])
  },

  async 'events are filtered by type, chain, time and person, newest first'(scene) {
    const a = scene.event({ type: 'a.x', recordedAt: NOW, people: ['p', 'q'] })
    const b = scene.event({ type: 'a.y', recordedAt: NOW + 1, rootId: a.id, people: ['q'] })
    const c = scene.event({ type: 'a.x', recordedAt: NOW + 2, project: 'zeta' })
    await scene.append(a, b, c)
    assert.deepEqual(await events(scene, {}), [c.id, b.id, a.id])
    assert.deepEqual(await events(scene, { types: ['a.x'] }), [c.id, a.id])
    assert.deepEqual(await events(scene, { types: ['a.*'] }), [])
    assert.deepEqual(await events(scene, { types: [] }), [])
    assert.deepEqual(await events(scene, { rootId: a.id }), [b.id, a.id])
    assert.deepEqual(await events(scene, { since: NOW + 1 }), [c.id, b.id])
    assert.deepEqual(await events(scene, { until: NOW + 1 }), [a.id])
    assert.deepEqual(await events(scene, { person: 'q' }), [b.id, a.id])
    assert.deepEqual(await events(scene, { person: 'q', types: ['a.y'], project: 'acme' }), [b.id])
  },

  async 'attributes are matched as a whole, on events and tasks'(scene) {
    const a = scene.event({ attributes: { app: 'one', environment: 'production' } })
    const b = scene.event({ attributes: { app: 'one', environment: 'staging' } })
    const c = scene.event({ attributes: {} })
    await scene.append(a, b, c)
    assert.deepEqual(await events(scene, { attributes: { app: 'one' } }), [b.id, a.id])
    assert.deepEqual(await events(scene, { attributes: { app: 'one', environment: 'staging' } }), [b.id])
    assert.deepEqual(await events(scene, { attributes: { app: 'on' } }), [])
    assert.deepEqual(await events(scene, { attributes: { toString: 'x' } }), [])
    assert.deepEqual(await events(scene, { attributes: {} }), [c.id, b.id, a.id])
    assert.deepEqual(await tasks(scene, { attributes: { environment: 'production' } }), [a.tasks[0]?.id])
    assert.deepEqual(await tasks(scene, { attributes: { "a'); --": '%' } }), [])
  },

  async 'tasks are filtered by whatever they carry'(scene) {
    const { endpoint, delivery, task, event, append, claim, finish } = scene
    const { id: endpointId } = await endpoint()
    const [sent, ran, other] = [delivery(endpointId), task(), task({ target: { kind: 'handler', handler: 'other' } })]
    const first = event({ type: 'a.x', tasks: [sent, ran] })
    const second = event({ type: 'a.y', tasks: [other], recordedAt: NOW + 1, rootId: first.id })
    await append(first, second)
    const [running] = await claim({ handlers: [] })
    assert.ok(running)
    await finish(running)
    assert.deepEqual(await tasks(scene, {}), [other.id, ran.id, sent.id])
    assert.deepEqual(await tasks(scene, { ids: [sent.id, other.id, 'tsk_unknown'] }), [other.id, sent.id])
    assert.deepEqual(await tasks(scene, { ids: [] }), [])
    assert.deepEqual(await tasks(scene, { ids: [sent.id, other.id], eventId: second.id, rootId: first.id }), [other.id])
    assert.deepEqual(await tasks(scene, { eventId: first.id }), [ran.id, sent.id])
    assert.deepEqual(await tasks(scene, { rootId: first.id }), [other.id, ran.id, sent.id])
    assert.deepEqual(await tasks(scene, { eventTypes: ['a.y'] }), [other.id])
    assert.deepEqual(await tasks(scene, { statuses: ['done', 'dead'] }), [sent.id])
    assert.deepEqual(await tasks(scene, { kind: 'handler' }), [other.id, ran.id])
    assert.deepEqual(await tasks(scene, { kind: 'endpoint' }), [sent.id])
    assert.deepEqual(await tasks(scene, { endpointId }), [sent.id])
    assert.deepEqual(await tasks(scene, { handler: 'other' }), [other.id])
    assert.deepEqual(await tasks(scene, { since: NOW + 1 }), [other.id])
    assert.deepEqual(await tasks(scene, { until: NOW + 1 }), [ran.id, sent.id])
    assert.deepEqual(await tasks(scene, { handler: 'work', statuses: ['done'] }), [])
  },

  async 'the backlog counts unfinished work by target and status'(scene) {
    const { store, endpoint, delivery, event, append, claimOne, claim, finish, settle } = scene
    const ends = [await endpoint(), await endpoint()]
    await append(...ends.map(({ id }, index) => event({ tasks: [delivery(id, { dueAt: NOW + 1 - index })] })))
    await append(event(), event(), event(), event())
    await finish((await claim({ limit: 1, endpoints: false }))[0] ?? (await claimOne()))
    const [waits] = await claim({ limit: 1, endpoints: false })
    assert.ok(waits)
    await settle(waits, { status: 'waiting', dueAt: NOW + 7 })
    await claim({ limit: 1, endpoints: false })
    const rows = await store.query.backlog(NOW)
    const sorted = rows.map((row) => JSON.stringify([row.target, row.status, row.count, row.oldestDueAt])).sort()
    assert.deepEqual(
      sorted,
      [
        ['endpoint', 'pending', 2, NOW],
        ['work', 'pending', 1, NOW],
        ['work', 'running', 1, NOW],
        ['work', 'waiting', 1, NOW + 7],
      ].map((row) => JSON.stringify(row)),
    )
  },

  async 'the next due time is that of the first task one can run'(scene) {
    const { store, enqueue, endpoint, delivery, event, append } = scene
    const next = (handlers: string[], endpoints = false) => store.query.nextDueAt({ handlers, endpoints })
    assert.equal(await next(['work'], true), null)
    await enqueue({ dueAt: NOW + 9 }, { dueAt: NOW + 4 })
    const row = await endpoint()
    await append(event({ tasks: [delivery(row.id, { dueAt: NOW + 2 })] }))
    assert.equal(await next(['work']), NOW + 4)
    assert.equal(await next(['other']), null)
    assert.equal(await next(['work'], true), NOW + 2)
    await store.endpoints.put({ ...row, enabled: false, version: 2 })
    assert.equal(await next(['work'], true), NOW + 4)
  },

  async 'the next due time counts retries, waits and leases that will run out'(scene) {
    const { store, enqueue, claimOne, settle } = scene
    const next = () => store.query.nextDueAt({ handlers: ['work'], endpoints: false })
    await enqueue({})
    const claimed = await claimOne()
    assert.equal(await next(), NOW + LEASE)
    await settle(claimed, { status: 'retrying', dueAt: NOW + 3 * SECOND, reason: 'busy' })
    assert.equal(await next(), NOW + 3 * SECOND)
    await enqueue({})
    await settle(await claimOne(), { status: 'waiting', dueAt: NOW + 2 * SECOND })
    assert.equal(await next(), NOW + 2 * SECOND)
  },
}
