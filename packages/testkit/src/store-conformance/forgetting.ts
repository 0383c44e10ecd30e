import assert from 'node:assert/strict'
import { attempt, type Cases, NOW, type Scene, SECOND } from './scene.ts'

const WORD = 'Ada Lovelace'
const REQUEST = { project: 'acme', person: 'p-ada', at: NOW + SECOND }

/** An event about a person, with a delivery that was tried, whose every text names her. */
async function mention(scene: Scene) {
  const { endpoint, event, append, delivery, claim, settle } = scene
  const { id } = await endpoint()
  const task = delivery(id, { body: `{"by":"${WORD}"}` })
  const given = event({
    ...{ data: { by: WORD }, kept: { config: { prompt: WORD } }, subject: WORD, people: ['p-ada', 'p-bob'] },
    ...{ idempotencyKey: 'once', attributes: { by: WORD }, tasks: [task] },
  })
  await append(given)
  const [claimed] = await claim()
  assert.ok(claimed)
  const tried = attempt({ error: `refused by ${WORD}`, details: { request: { body: WORD } } })
  await settle(claimed, { status: 'dead', reason: WORD, result: { by: WORD } }, { attempt: tried, progress: WORD })
  return { event: given, task }
}

export const forgetting: Cases = {
  async 'nothing about the person is left, but ids, types and times are'(scene) {
    const { store } = scene
    const { event, task } = await mention(scene)
    assert.equal(await store.forget(REQUEST), 1)
    const after = await store.query.event(event.id)
    const row = await store.query.task(task.id)
    const attempts = await store.query.attempts(task.id)
    assert.ok(!JSON.stringify([after, row, attempts]).includes(WORD))
    assert.deepEqual(after?.data, { forgotten: true })
    assert.deepEqual(after?.kept, {})
    assert.deepEqual(after?.attributes, {})
    assert.deepEqual(await store.query.events({ attributes: { by: WORD } }), [])
    assert.deepEqual([after?.type, after?.recordedAt, after?.rootId], [event.type, event.recordedAt, event.rootId])
    assert.deepEqual([row?.status, row?.body, row?.eventId], ['dead', null, event.id])
    assert.deepEqual(
      attempts.map(({ number, outcome, startedAt }) => [number, outcome, startedAt]),
      [[1, 'done', NOW]],
    )
  },

  async 'who runs a task of theirs has the event as it was claimed'(scene) {
    const { store, endpoint, event, append, delivery, claim } = scene
    const given = event({
      data: { by: WORD },
      subject: WORD,
      people: ['p-ada'],
      tasks: [delivery((await endpoint()).id)],
    })
    await append(given)
    const [claimed] = await claim()
    assert.equal(await store.forget(REQUEST), 1)
    assert.deepEqual([claimed?.event.data, claimed?.event.subject], [{ by: WORD }, WORD])
  },

  async 'others and other projects are not touched'(scene) {
    const { store, event, append } = scene
    const bob = event({ people: ['p-bob'], data: { by: 'Bob' } })
    const elsewhere = event({ people: ['p-ada'], project: 'zeta', data: { by: WORD } })
    await append(bob, elsewhere)
    assert.equal(await store.forget(REQUEST), 0)
    assert.deepEqual((await store.query.event(bob.id))?.data, { by: 'Bob' })
    assert.deepEqual((await store.query.event(elsewhere.id))?.data, { by: WORD })
  },

  async 'a person forgotten is found no more'(scene) {
    const { store } = scene
    await mention(scene)
    assert.equal((await store.query.events({ person: 'p-ada' })).length, 1)
    await store.forget(REQUEST)
    assert.deepEqual(await store.query.events({ person: 'p-ada' }), [])
    assert.equal(await store.forget(REQUEST), 0)
  },

  async 'the idempotency key of a forgotten event still counts'(scene) {
    const { store, event } = scene
    const { event: first } = await mention(scene)
    await store.forget(REQUEST)
    const again = await store.append({ events: [event({ idempotencyKey: 'once' })] })
    assert.deepEqual(again, { status: 'recorded', events: [{ id: first.id, status: 'duplicate' }] })
  },

  async 'work on a forgotten event that has not ended is cancelled'({ store, event, append, task, claim, settle }) {
    const given = event({ people: ['p-ada'], tasks: [task(), task({ dueAt: NOW + SECOND })] })
    await append(given)
    const [running] = await claim()
    assert.ok(running)
    await store.forget(REQUEST)
    const statuses = (await store.query.tasks({ eventId: given.id })).map(({ status }) => status)
    assert.deepEqual(statuses, ['cancelled', 'cancelled'])
    assert.deepEqual(await settle(running, { status: 'done', result: WORD }), { status: 'lost' })
    assert.deepEqual(await claim({ now: NOW + SECOND }), [])
  },

  async 'what was forgotten is not redriven'(scene) {
    await mention(scene)
    await scene.store.forget(REQUEST)
    assert.deepEqual(await scene.store.redrive({ at: NOW, limit: 9, statuses: ['done', 'dead', 'cancelled'] }), [])
  },
}
