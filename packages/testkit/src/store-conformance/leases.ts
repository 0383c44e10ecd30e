import assert from 'node:assert/strict'
import { type Cases, LEASE, NOW, SECOND } from './scene.ts'

const LATE = { now: NOW + LEASE + SECOND }

export const leases: Cases = {
  async 'a task whose lease ran out is taken over, and the lost run counts'({ store, enqueue, claimOne }) {
    const [id] = await enqueue({})
    const first = await claimOne()
    const second = await claimOne({ ...LATE, worker: 'worker-2' })
    assert.equal(second.task.id, id)
    assert.notEqual(second.lease.token, first.lease.token)
    assert.equal(second.task.attempts, 1)
    const [lost, ...others] = await store.query.attempts(String(id))
    assert.equal(others.length, 0)
    assert.ok(lost)
    const { number, outcome, startedAt, endedAt, taskId } = lost
    assert.deepEqual([taskId, number, outcome, startedAt, endedAt], [id, 1, 'lost', NOW, LATE.now])
  },

  async 'a lost run is taken over from either lane'({ enqueue, claimOne }) {
    await enqueue({})
    await claimOne()
    await claimOne({ ...LATE, lane: 'retry' })
    assert.equal((await claimOne({ now: LATE.now + LEASE, lane: 'first' })).task.attempts, 2)
  },

  async 'a task that was lost is a retry from then on'({ enqueue, claimOne, settle, claimIds }) {
    const [id] = await enqueue({})
    await claimOne()
    await settle(await claimOne(LATE), { status: 'pending', dueAt: NOW })
    assert.deepEqual(await claimIds(LATE), [])
    assert.deepEqual(await claimIds({ ...LATE, lane: 'retry' }), [id])
  },

  async 'only workers who can run a task take it over'({ enqueue, claimOne, claimIds }) {
    await enqueue({})
    await claimOne()
    assert.deepEqual(await claimIds({ ...LATE, handlers: ['other'] }), [])
    assert.deepEqual(await claimIds({ ...LATE, exceptHandlers: ['work'] }), [])
  },

  async 'whoever lost the lease can do nothing more to the task'({ store, enqueue, claimOne, settle }) {
    const [id] = await enqueue({})
    const first = await claimOne()
    const second = await claimOne(LATE)
    assert.deepEqual(await settle(first, { status: 'done', result: 'late' }), { status: 'lost' })
    assert.deepEqual(await store.extend([first.lease, second.lease], LATE.now + 2 * LEASE), [false, true])
    assert.equal(await store.saveStep(first.lease, { name: 's', sealed: 'late' }), false)
    assert.equal((await store.query.task(String(id)))?.status, 'running')
    assert.deepEqual(await settle(second, { status: 'done', result: 'good' }), { status: 'settled' })
    assert.equal((await store.query.task(String(id)))?.result, 'good')
  },

  async 'a lost and a held lease of one task may be settled together, with others'({ store, enqueue, claimOne }) {
    const attempt = { startedAt: NOW, endedAt: NOW, outcome: 'done', error: null, details: null } as const
    const ends = [
      { status: 'done', result: 'good' },
      { status: 'retrying', dueAt: NOW, reason: '503' },
      { status: 'waiting', dueAt: NOW, reason: 'calendar' },
      { status: 'pending', dueAt: NOW },
    ] as const
    for (const lost of ends) {
      for (const held of ends) {
        const [id] = await enqueue({})
        const first = await claimOne()
        const second = await claimOne(LATE)
        const [other] = await enqueue({})
        const neighbour = await claimOne()
        const results = await store.settle([
          { lease: first.lease, at: LATE.now, transition: lost, attempt },
          { lease: neighbour.lease, at: LATE.now, transition: ends[0], attempt },
          { lease: second.lease, at: LATE.now, transition: held, attempt },
        ])
        assert.deepEqual(results, [{ status: 'lost' }, { status: 'settled' }, { status: 'settled' }])
        assert.equal((await store.query.task(String(id)))?.status, held.status)
        assert.equal((await store.query.task(String(other)))?.status, 'done')
        assert.equal((await store.query.attempts(String(id))).length, 2)
        await store.cancel(String(id), LATE.now)
      }
    }
  },

  async 'a settlement by a lost lease leaves no attempt and no follow-up'({ store, enqueue, event, claimOne, settle }) {
    const [id] = await enqueue({})
    const first = await claimOne()
    await claimOne(LATE)
    const followUp = event()
    const attempt = { startedAt: NOW, endedAt: NOW, outcome: 'done', error: null, details: null } as const
    await settle(first, { status: 'done', result: null }, { attempt, followUps: { events: [followUp] }, progress: 'x' })
    assert.equal((await store.query.attempts(String(id))).length, 1)
    assert.equal(await store.query.event(followUp.id), null)
    assert.equal((await store.query.task(String(id)))?.progress, null)
  },

  async 'an extended lease holds until its new end'({ store, enqueue, claimOne, claimIds }) {
    const [id] = await enqueue({})
    const { lease } = await claimOne()
    assert.deepEqual(await store.extend([lease], NOW + 3 * LEASE), [true])
    assert.deepEqual(await claimIds({ now: NOW + 3 * LEASE - 1 }), [])
    assert.deepEqual(await claimIds({ now: NOW + 3 * LEASE }), [id])
  },

  async 'extending answers for each lease in turn'({ store, enqueue, claim }) {
    await enqueue({}, {})
    const [a, b] = await claim()
    assert.ok(a && b)
    const wrong = { taskId: a.lease.taskId, token: b.lease.token }
    const unknown = { taskId: 'tsk_unknown', token: a.lease.token }
    assert.deepEqual(await store.extend([wrong, a.lease, unknown, b.lease], NOW + LEASE), [false, true, false, true])
    assert.deepEqual(await store.extend([], NOW + LEASE), [])
  },

  async 'a late settlement counts while nobody took the task over'({ store, enqueue, claimOne, settle }) {
    const [id] = await enqueue({})
    const claimed = await claimOne()
    const at = NOW + 5 * LEASE
    assert.deepEqual(await settle(claimed, { status: 'done', result: null }, { at }), { status: 'settled' })
    assert.equal((await store.query.task(String(id)))?.settledAt, at)
  },

  async 'parallel workers take a lost task over once'({ store, enqueue, claim, claimOne }) {
    const [id] = await enqueue({})
    await claimOne()
    const claims = Array.from({ length: 10 }, (_, index) => claim({ ...LATE, worker: `w${index}` }))
    assert.equal((await Promise.all(claims)).flat().length, 1)
    assert.equal((await store.query.attempts(String(id))).length, 1)
  },

  async 'steps survive a lost run'({ store, enqueue, claimOne }) {
    await enqueue({})
    const { lease } = await claimOne()
    assert.equal(await store.saveStep(lease, { name: 'clone', sealed: 'abc' }), true)
    assert.equal(await store.saveStep(lease, { name: 'model', sealed: 'def' }), true)
    const { steps } = await claimOne(LATE)
    assert.deepEqual(
      steps.sort((a, b) => (a.name < b.name ? -1 : 1)),
      [
        { name: 'clone', sealed: 'abc' },
        { name: 'model', sealed: 'def' },
      ],
    )
  },
}
