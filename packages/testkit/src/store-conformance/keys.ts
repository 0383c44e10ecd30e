import assert from 'node:assert/strict'
import { type Cases, LEASE, NOW, SECOND } from './scene.ts'

const KEY = { concurrencyKey: 'repo main' }

export const keys: Cases = {
  async 'one task of a key runs at a time, also within a batch'({ enqueue, claimOne, finish, claimIds }) {
    const [first, second] = await enqueue(KEY, KEY)
    const claimed = await claimOne()
    assert.equal(claimed.task.id, first)
    assert.deepEqual(await claimIds(), [])
    await finish(claimed)
    assert.deepEqual(await claimIds({ now: NOW + SECOND }), [second])
  },

  async 'a key holds across handlers, endpoints and lanes'(scene) {
    const { endpoint, event, append, delivery, task, claim, claimIds, claimOne, settle } = scene
    const { id } = await endpoint()
    const retried = task(KEY)
    await append(event({ tasks: [retried] }))
    await settle(await claimOne(), { status: 'retrying', dueAt: NOW, reason: 'busy' })
    const other = task({ ...KEY, target: { kind: 'handler', handler: 'other' } })
    await append(event({ tasks: [delivery(id, KEY), other] }))
    const [running] = await claim({ lane: 'retry' })
    assert.equal(running?.task.id, retried.id)
    assert.deepEqual(await claimIds({ handlers: ['work', 'other'] }), [])
  },

  async 'tasks of other keys and without a key flow on'({ enqueue, claimIds }) {
    const ids = await enqueue(KEY, KEY, { concurrencyKey: 'another' }, {})
    assert.deepEqual((await claimIds()).sort(), [ids[0], ids[2], ids[3]])
  },

  async 'a key is free again however its task ended its run'({ store, enqueue, claimOne, settle }) {
    const ids = await enqueue(KEY, KEY, KEY, KEY, KEY, KEY)
    const later = NOW + 100 * LEASE
    const endings = [
      { status: 'done', result: null },
      { status: 'dead', reason: 'broken' },
      { status: 'retrying', dueAt: later, reason: 'busy' },
      { status: 'waiting', dueAt: later },
    ] as const
    for (const [index, ending] of endings.entries()) {
      const claimed = await claimOne()
      assert.equal(claimed.task.id, ids[index])
      assert.deepEqual(await settle(claimed, ending), { status: 'settled' })
    }
    const cancelled = await claimOne()
    await store.cancel(cancelled.task.id, NOW)
    assert.equal((await claimOne()).task.id, ids[5])
  },

  async 'of the due tasks of a key the first recorded goes first'({ enqueue, claimIds }) {
    const [older] = await enqueue({ ...KEY, dueAt: NOW }, { ...KEY, dueAt: NOW - 5 * SECOND })
    assert.deepEqual(await claimIds(), [older])
  },

  async 'a follow-up counts as old as its chain'({ store, event, task, claimIds }) {
    const newer = event({ order: 20, tasks: [task(KEY)] })
    const followUp = event({ order: 10, tasks: [task(KEY)] })
    await store.append({ events: [newer, followUp] })
    assert.deepEqual(await claimIds(), [followUp.tasks[0]?.id])
  },

  async 'an unordered task does not wait for an older one that is not due'({ enqueue, claimIds }) {
    const [, newer] = await enqueue({ ...KEY, dueAt: NOW + SECOND }, KEY)
    assert.deepEqual(await claimIds(), [newer])
  },

  async 'a key whose worker fell silent stays taken until the task is taken over'({ enqueue, claimOne, claimIds }) {
    const [first] = await enqueue({ ...KEY, target: { kind: 'handler', handler: 'lost' } }, KEY)
    await claimOne({ handlers: ['lost'] })
    assert.deepEqual(await claimIds({ now: NOW + 2 * LEASE }), [])
    assert.deepEqual(await claimIds({ now: NOW + 2 * LEASE, handlers: ['work', 'lost'] }), [first])
  },

  async 'a long queue behind a busy key does not hide other work'({ event, append, task, claim, claimIds }) {
    await append(...Array.from({ length: 300 }, () => event({ tasks: [task(KEY)] })))
    assert.equal((await claim({ limit: 10 })).length, 1)
    const free = task()
    await append(event({ tasks: [free] }))
    assert.deepEqual(await claimIds({ limit: 10 }), [free.id])
  },

  async 'parallel workers never run two tasks of one key'({ event, append, task, claim, finish }) {
    const events = Array.from({ length: 60 }, (_, index) =>
      event({ tasks: [task({ concurrencyKey: `key ${index % 4}` })] }),
    )
    await append(...events)
    const running = new Set<string>()
    let done = 0
    async function work(worker: string): Promise<void> {
      while (done < events.length) {
        for (const claimed of await claim({ worker, limit: 3 })) {
          const key = String(claimed.task.concurrencyKey)
          assert.ok(!running.has(key), `two tasks of ${key} run at once`)
          running.add(key)
          await new Promise((resolve) => setImmediate(resolve))
          running.delete(key)
          await finish(claimed)
          done += 1
        }
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(work))
    assert.equal(done, 60)
  },
}
