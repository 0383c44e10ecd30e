import assert from 'node:assert/strict'
import { type Cases, LEASE, NOW, SECOND } from './scene.ts'

export const claiming: Cases = {
  async 'a due task is claimed with its event and a lease, and runs'({ store, event, append, claimOne }) {
    const given = event({ data: { n: 1 } })
    await append(given)
    const claimed = await claimOne()
    assert.equal(claimed.lease.taskId, given.tasks[0]?.id)
    assert.ok(claimed.lease.token.length > 0)
    assert.equal(claimed.task.status, 'running')
    assert.equal(claimed.task.attempts, 0)
    assert.deepEqual(claimed.event, await store.query.event(given.id))
    assert.deepEqual(claimed.steps, [])
    assert.equal(claimed.superseded, false)
    assert.deepEqual(await store.query.task(claimed.task.id), claimed.task)
  },

  async 'a task is claimed at its due time and not before'({ enqueue, claimIds }) {
    const [id] = await enqueue({ dueAt: NOW + SECOND })
    assert.deepEqual(await claimIds({ now: NOW + SECOND - 1 }), [])
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [id])
  },

  async 'a running task is not claimed again'({ enqueue, claim, claimIds }) {
    await enqueue({})
    assert.equal((await claim()).length, 1)
    assert.deepEqual(await claimIds(), [])
    assert.deepEqual(await claimIds({ lane: 'retry' }), [])
    assert.deepEqual(await claimIds({ now: NOW + LEASE - 1 }), [])
  },

  async 'the oldest due time goes first, ties in the order of recording'({ enqueue, claimIds }) {
    const ids = await enqueue({ dueAt: NOW - 1 }, { dueAt: NOW - 5 }, { dueAt: NOW - 3 }, { dueAt: NOW - 5 })
    const claimed = [await claimIds({ limit: 1 }), await claimIds({ limit: 2 }), await claimIds({ limit: 9 })].flat()
    assert.deepEqual(claimed, [ids[1], ids[3], ids[2], ids[0]])
  },

  async 'no more are claimed than asked for'({ enqueue, claimIds }) {
    await enqueue({}, {}, {})
    assert.equal((await claimIds({ limit: 0 })).length, 0)
    assert.equal((await claimIds({ limit: 2 })).length, 2)
    assert.equal((await claimIds({ limit: 2 })).length, 1)
    assert.equal((await claimIds({ limit: 2 })).length, 0)
  },

  async 'first tries and retries are claimed apart'({ enqueue, claimOne, claimIds, settle }) {
    const [first] = await enqueue({})
    await settle(await claimOne(), { status: 'retrying', dueAt: NOW, reason: 'busy' })
    const [second] = await enqueue({})
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [second])
    assert.deepEqual(await claimIds({ now: NOW + SECOND, lane: 'retry' }), [first])
  },

  async 'a worker gets only what its handlers can run'({ enqueue, claimIds }) {
    const [a, b, c] = await enqueue(
      { target: { kind: 'handler', handler: 'a' } },
      { target: { kind: 'handler', handler: 'b' } },
      { target: { kind: 'handler', handler: 'c' } },
    )
    assert.deepEqual(await claimIds({ handlers: [] }), [])
    assert.deepEqual(await claimIds({ handlers: ['b', 'unknown'] }), [b])
    assert.deepEqual(await claimIds({ handlers: ['a', 'b', 'c'], exceptHandlers: ['c'] }), [a])
    assert.deepEqual(await claimIds({ handlers: ['c'] }), [c])
  },

  async 'deliveries are claimed only by those who deliver'({ endpoint, event, append, delivery, task, claimIds }) {
    const { id } = await endpoint()
    const sent = delivery(id)
    const ran = task()
    await append(event({ tasks: [sent, ran] }))
    assert.deepEqual(await claimIds({ endpoints: false }), [ran.id])
    assert.deepEqual(await claimIds({ handlers: [] }), [sent.id])
  },

  async 'an endpoint that is excepted is passed over'({ endpoint, event, append, delivery, claimIds }) {
    const [a, b] = [await endpoint(), await endpoint()]
    const [first, second] = [delivery(a.id), delivery(b.id)]
    await append(event({ tasks: [first, second] }))
    assert.deepEqual(await claimIds({ exceptEndpoints: [a.id] }), [second.id])
    assert.deepEqual(await claimIds({ exceptEndpoints: [b.id] }), [first.id])
  },

  async 'deliveries of a disabled endpoint stay pending and flow once it is enabled'(scene) {
    const { store, endpoint, event, append, delivery, claimIds } = scene
    const row = await endpoint({ enabled: false })
    const sent = delivery(row.id)
    await append(event({ tasks: [sent] }))
    assert.deepEqual(await claimIds(), [])
    assert.equal((await store.query.task(sent.id))?.status, 'pending')
    await store.endpoints.put({ ...row, enabled: true, version: 2 })
    assert.deepEqual(await claimIds(), [sent.id])
  },

  async 'deliveries of a removed endpoint stay pending'({ store, endpoint, event, append, delivery, claimIds }) {
    const row = await endpoint()
    const sent = delivery(row.id)
    await append(event({ tasks: [sent] }))
    await store.endpoints.remove(row.id)
    assert.deepEqual(await claimIds(), [])
    assert.equal((await store.query.task(sent.id))?.status, 'pending')
  },

  async 'parallel claims never share a task'({ event, append, claim }) {
    await append(...Array.from({ length: 200 }, () => event()))
    const workers = Array.from({ length: 20 }, (_, index) => claim({ worker: `w${index}`, limit: 15 }))
    const claimed = (await Promise.all(workers)).flat()
    assert.equal(new Set(claimed.map(({ task }) => task.id)).size, claimed.length)
    assert.equal(new Set(claimed.map(({ lease }) => lease.token)).size, claimed.length)
    const left = await claim({ limit: 200 })
    assert.equal(claimed.length + left.length, 200)
  },

  async 'parallel workers drain everything exactly once'({ event, append, claim, finish, store }) {
    await append(...Array.from({ length: 120 }, () => event()))
    const runs: string[] = []
    async function work(worker: string): Promise<void> {
      for (;;) {
        const claimed = await claim({ worker, limit: 7 })
        if (claimed.length === 0) return
        for (const each of claimed) {
          runs.push(each.task.id)
          await finish(each)
        }
      }
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e'].map(work))
    assert.equal(runs.length, 120)
    assert.equal(new Set(runs).size, 120)
    assert.equal((await store.query.tasks({ statuses: ['done'], limit: 500 })).length, 120)
  },

  async 'a clock that goes back loses nothing'({ enqueue, claimOne, claimIds, finish }) {
    const key = { concurrencyKey: 'k' }
    const [oldest, , early] = await enqueue(key, { ...key, dueAt: NOW + 50 }, key)
    const first = await claimOne({ now: NOW + 100 })
    assert.equal(first.task.id, oldest)
    await finish(first, NOW + 100)
    assert.deepEqual(await claimIds({ now: NOW - 1 }), [])
    assert.deepEqual(await claimIds({ now: NOW }), [early])
  },

  async 'tasks of every project are claimed'({ event, append, claim }) {
    await append(event({ project: 'a' }), event({ project: 'b' }))
    const projects = (await claim()).map(({ task }) => task.project)
    assert.deepEqual(projects.sort(), ['a', 'b'])
  },
}
