import assert from 'node:assert/strict'
import { type Cases, NOW } from './scene.ts'

export const recording: Cases = {
  async 'an event is read back as it was given'({ store, event, append }) {
    const { tasks, ...given } = event({
      attributes: { app: 'support', environment: 'production' },
      data: { config: { temperature: 0.7, stop: [], note: null } },
      redactions: [{ path: 'config.api_key', detector: 'key' }],
      kept: { config: { model: 'small' } },
      identity: 'ab12',
      orderingKey: 'o',
      causedBy: 'tsk_before',
      subject: 'ada',
      people: ['person-1'],
    })
    await append({ ...given, tasks })
    const stored = await store.query.event(given.id)
    assert.ok(stored)
    const { sequence, order, ...rest } = stored
    assert.deepEqual(rest, given)
    assert.equal(order, sequence)
  },

  async 'sequences rise in the order of recording'({ store, event, append }) {
    const events = [event(), event(), event(), event()]
    await append(...events.slice(0, 2))
    await append(...events.slice(2, 3))
    await append(...events.slice(3))
    const found = await Promise.all(events.map(({ id }) => store.query.event(id)))
    const sequences = found.map((row) => row?.sequence ?? Number.NaN)
    for (const [index, sequence] of sequences.entries())
      assert.ok(index === 0 || sequence > (sequences[index - 1] ?? Number.NaN), `not rising: ${sequences}`)
  },

  async 'an event keeps the order it is given, and its tasks share it'({ store, event, append }) {
    const given = event({ order: 7 })
    await append(event(), given)
    assert.equal((await store.query.event(given.id))?.order, 7)
    assert.equal((await store.query.task(given.tasks[0]?.id ?? ''))?.order, 7)
  },

  async 'a new task is pending, untried and in the first lane'({ store, event, append, task }) {
    const fresh = task({ concurrencyKey: 'k', ordered: true, supersede: true, body: 'bytes', dueAt: NOW + 5 })
    const given = event({ tasks: [fresh], type: 'lamp.lit', project: 'zeta', recordedAt: NOW + 3 })
    await append(given)
    const stored = await store.query.task(fresh.id)
    assert.ok(stored)
    const { sequence, order, ...rest } = stored
    assert.ok(sequence > 0 && order > 0)
    assert.deepEqual(rest, {
      ...fresh,
      ...{ eventId: given.id, eventType: 'lamp.lit', project: 'zeta', rootId: given.rootId },
      ...{ status: 'pending', attempts: 0, lane: 'first', createdAt: NOW + 3, settledAt: null },
      ...{ wakeOn: null, result: null, reason: null, progress: null },
    })
  },

  async 'every task has a sequence of its own, in the order given'({ store, event, append, task }) {
    const tasks = [task(), task(), task()]
    await append(event({ tasks }))
    const found = await Promise.all(tasks.map(({ id }) => store.query.task(id)))
    const [a, b, c] = found.map((row) => row?.sequence ?? Number.NaN)
    assert.ok(Number(a) < Number(b) && Number(b) < Number(c))
  },

  async 'an idempotency key is recorded once and answers with the first id'({ store, event, append, claimIds }) {
    const first = event({ idempotencyKey: 'once' })
    await append(first)
    const second = event({ idempotencyKey: 'once', data: { other: true } })
    const answer = await store.append({ events: [second] })
    assert.deepEqual(answer, { status: 'recorded', events: [{ id: first.id, status: 'duplicate' }] })
    assert.equal(await store.query.event(second.id), null)
    assert.deepEqual(await claimIds(), [first.tasks[0]?.id])
  },

  async 'the same idempotency key in another project is another event'({ event, append, claimIds }) {
    await append(event({ idempotencyKey: 'once', project: 'a' }), event({ idempotencyKey: 'once', project: 'b' }))
    assert.equal((await claimIds()).length, 2)
  },

  async 'a known idempotency key does not hold back the others of its recording'({ store, event, append }) {
    const first = event({ idempotencyKey: 'once' })
    await append(first)
    const [before, again, after] = [event(), event({ idempotencyKey: 'once' }), event({ idempotencyKey: 'new' })]
    const answer = await store.append({ events: [before, again, after] })
    assert.deepEqual(answer, {
      status: 'recorded',
      events: [
        { id: before.id, status: 'recorded' },
        { id: first.id, status: 'duplicate' },
        { id: after.id, status: 'recorded' },
      ],
    })
    assert.equal((await store.query.events({})).length, 3)
  },

  async 'an idempotency key given twice in one recording is recorded once'({ store, event, claimIds }) {
    const [first, second] = [event({ idempotencyKey: 'once' }), event({ idempotencyKey: 'once' })]
    const answer = await store.append({ events: [first, second] })
    assert.deepEqual(answer, {
      status: 'recorded',
      events: [
        { id: first.id, status: 'recorded' },
        { id: first.id, status: 'duplicate' },
      ],
    })
    assert.deepEqual(await claimIds(), [first.tasks[0]?.id])
  },

  async 'parallel recordings of one idempotency key record once'({ store, event, claimIds }) {
    const events = Array.from({ length: 20 }, () => event({ idempotencyKey: 'once' }))
    const answers = await Promise.all(events.map((each) => store.append({ events: [each] })))
    const entries = answers.flatMap((answer) => (answer.status === 'recorded' ? answer.events : []))
    assert.equal(entries.length, 20)
    assert.equal(entries.filter(({ status }) => status === 'recorded').length, 1)
    assert.equal(new Set(entries.map(({ id }) => id)).size, 1)
    assert.equal((await claimIds()).length, 1)
  },

  async 'documents are written with the recording'({ store, event }) {
    const at = NOW
    const documents = [{ project: 'acme', collection: 'c', key: 'k', value: { n: 1 }, expectedVersion: 0, at }]
    await store.append({ events: [event()], documents })
    const row = await store.documents.get('acme', 'c', 'k')
    assert.deepEqual(row, { project: 'acme', collection: 'c', key: 'k', value: { n: 1 }, version: 1, updatedAt: NOW })
  },

  async 'a stale document version refuses the whole recording'({ store, event, claimIds }) {
    const write = { project: 'acme', collection: 'c', key: 'k', value: 1, at: NOW }
    await store.documents.put(write)
    const given = event({ idempotencyKey: 'again' })
    const documents = [
      { ...write, key: 'other' },
      { ...write, value: 2, expectedVersion: 0 },
    ]
    const answer = await store.append({ events: [given], documents })
    assert.deepEqual(answer, { status: 'conflict', collection: 'c', key: 'k' })
    assert.equal(await store.query.event(given.id), null)
    assert.deepEqual(await claimIds(), [])
    assert.equal(await store.documents.get('acme', 'c', 'other'), null)
    assert.equal((await store.documents.get('acme', 'c', 'k'))?.value, 1)
    const retry = await store.append({ events: [given] })
    assert.deepEqual(retry, { status: 'recorded', events: [{ id: given.id, status: 'recorded' }] })
  },

  async 'an id that is taken refuses the whole recording'({ store, event, append, claim }) {
    const first = event()
    await append(first)
    const fresh = event()
    await assert.rejects(store.append({ events: [fresh, event({ id: first.id })] }))
    const task = first.tasks[0]
    assert.ok(task)
    await assert.rejects(store.append({ events: [fresh, event({ tasks: [task] })] }))
    assert.equal(await store.query.event(fresh.id), null)
    assert.equal((await claim()).length, 1)
  },

  async 'many events go in one recording'({ event, append, claim }) {
    await append(...Array.from({ length: 500 }, () => event()))
    assert.equal((await claim({ limit: 1000 })).length, 500)
  },

  async 'a recording of nothing is recorded'({ store }) {
    assert.deepEqual(await store.append({ events: [] }), { status: 'recorded', events: [] })
  },

  async 'what a caller does to its values never reaches the store'({ store, event, append, claimOne }) {
    const data = { list: ['a'] }
    const given = event({ data, people: ['p'] })
    await append(given)
    data.list.push('b')
    given.people.push('q')
    const read = await store.query.event(given.id)
    read?.people.push('r')
    const claimed = await claimOne()
    claimed.task.status = 'dead'
    claimed.event.attributes.app = 'x'
    const stored = await store.query.event(given.id)
    assert.deepEqual([stored?.data, stored?.people, stored?.attributes], [{ list: ['a'] }, ['p'], {}])
    assert.equal((await store.query.task(claimed.task.id))?.status, 'running')
  },
}
