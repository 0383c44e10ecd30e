import assert from 'node:assert/strict'
import { type Cases, NOW, SECOND } from './scene.ts'

const KEY = { concurrencyKey: 'support production', supersede: true }

export const superseding: Cases = {
  async 'a task is superseded once a newer event of its key is recorded'({ enqueue, claimOne, finish }) {
    const [older, newer] = await enqueue(KEY, KEY)
    const first = await claimOne()
    assert.deepEqual([first.task.id, first.superseded], [older, true])
    await finish(first)
    const second = await claimOne()
    assert.deepEqual([second.task.id, second.superseded], [newer, false])
  },

  async 'a late retry is superseded by newer work that is done'({ enqueue, claimOne, finish, settle }) {
    await enqueue(KEY)
    await settle(await claimOne(), { status: 'retrying', dueAt: NOW + SECOND, reason: 'busy' })
    await enqueue(KEY)
    await finish(await claimOne())
    assert.equal((await claimOne({ lane: 'retry', now: NOW + SECOND })).superseded, true)
  },

  async 'what was cancelled supersedes nothing'({ store, enqueue, claimOne }) {
    const [, newer] = await enqueue(KEY, KEY)
    await store.cancel(String(newer), NOW)
    assert.equal((await claimOne()).superseded, false)
  },

  async 'another key supersedes nothing'({ enqueue, claim }) {
    await enqueue(KEY, { ...KEY, concurrencyKey: 'support staging' })
    assert.deepEqual(
      (await claim()).map(({ superseded }) => superseded),
      [false, false],
    )
  },

  async 'only tasks that ask for it are superseded'({ enqueue, claimOne }) {
    await enqueue({ ...KEY, supersede: false }, KEY)
    assert.equal((await claimOne()).superseded, false)
  },

  async 'tasks of one event do not supersede each other'({ event, append, task, claimOne }) {
    await append(event({ tasks: [task(KEY), task(KEY)] }))
    assert.equal((await claimOne()).superseded, false)
  },

  async 'a follow-up of an older chain is superseded although it was recorded later'({
    event,
    append,
    task,
    claimOne,
  }) {
    await append(event({ order: 20, tasks: [task(KEY)] }))
    const late = event({ order: 10, tasks: [task(KEY)] })
    await append(late)
    const claimed = await claimOne()
    assert.deepEqual([claimed.task.id, claimed.superseded], [late.tasks[0]?.id, true])
  },

  async 'pruning the newer work does not bring the older back'(scene) {
    const { store, enqueue, claimOne, finish, settle } = scene
    await enqueue(KEY)
    await settle(await claimOne(), { status: 'retrying', dueAt: NOW + SECOND, reason: 'busy' })
    await enqueue(KEY)
    await finish(await claimOne())
    await store.prune({ before: NOW + 10 * SECOND, limit: 10 })
    assert.equal((await claimOne({ lane: 'retry', now: NOW + SECOND })).superseded, true)
  },
}
