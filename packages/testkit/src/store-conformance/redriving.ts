import assert from 'node:assert/strict'
import type { RedriveRequest } from '@pullwright/core'
import { attempt, type Cases, NOW, type Scene, SECOND } from './scene.ts'

const ALL: RedriveRequest = { at: NOW + SECOND, limit: 100, statuses: ['done', 'dead', 'cancelled'] }

/** So many tasks, each dead after one attempt. */
async function bury(scene: Scene, count: number): Promise<string[]> {
  const ids = await scene.enqueue(...Array.from({ length: count }, () => ({})))
  for (const claimed of await scene.claim()) {
    const parts = { attempt: attempt({ outcome: 'dead' }), progress: 'half way' }
    await scene.settle(claimed, { status: 'dead', reason: 'gone', result: { status: 410 } }, parts)
  }
  return ids
}

async function redriveIds(scene: Scene, parts: Partial<RedriveRequest>): Promise<string[]> {
  return (await scene.store.redrive({ ...ALL, ...parts })).map(({ id }) => id)
}

export const redriving: Cases = {
  async 'an ended task begins anew in the retry lane'(scene) {
    const [id] = await bury(scene, 1)
    const [task] = await scene.store.redrive(ALL)
    assert.deepEqual(task, await scene.store.query.task(String(id)))
    assert.deepEqual(
      [task?.status, task?.lane, task?.dueAt, task?.attempts, task?.settledAt],
      ['pending', 'retry', ALL.at, 0, null],
    )
    assert.deepEqual([task?.result, task?.reason, task?.progress], [null, null, null])
    assert.deepEqual(await scene.claimIds({ lane: 'retry' }), [])
    assert.deepEqual(await scene.claimIds({ lane: 'retry', now: ALL.at }), [id])
  },

  async 'attempts are kept and numbered on'(scene) {
    const [id] = await bury(scene, 1)
    await scene.store.redrive(ALL)
    await scene.finish(await scene.claimOne({ lane: 'retry', now: ALL.at }))
    const attempts = await scene.store.query.attempts(String(id))
    assert.deepEqual(
      attempts.map(({ number, outcome }) => [number, outcome]),
      [
        [1, 'dead'],
        [2, 'done'],
      ],
    )
    assert.equal((await scene.store.query.task(String(id)))?.attempts, 1)
  },

  async 'the oldest go first, and no more than asked for'(scene) {
    const ids = await bury(scene, 5)
    assert.deepEqual(await redriveIds(scene, { limit: 2 }), ids.slice(0, 2))
    assert.deepEqual(await redriveIds(scene, { limit: 2 }), ids.slice(2, 4))
    assert.deepEqual(await redriveIds(scene, { limit: 2 }), ids.slice(4))
    assert.deepEqual(await redriveIds(scene, { limit: 2 }), [])
  },

  async 'only the statuses asked for are redriven'(scene) {
    const [dead] = await bury(scene, 1)
    const [done, cancelled, running, pending] = await scene.enqueue({}, {}, {}, { dueAt: NOW + SECOND })
    const claimed = await scene.claim()
    const finished = claimed.find(({ task }) => task.id === done)
    assert.ok(finished)
    await scene.finish(finished)
    await scene.store.cancel(String(cancelled), NOW)
    assert.deepEqual(await redriveIds(scene, { statuses: ['cancelled'] }), [cancelled])
    assert.deepEqual(await redriveIds(scene, { statuses: [] }), [])
    assert.deepEqual(await redriveIds(scene, {}), [dead, done])
    assert.equal((await scene.store.query.task(String(running)))?.status, 'running')
    assert.equal((await scene.store.query.task(String(pending)))?.attempts, 0)
  },

  async 'tasks are chosen by id, project, endpoint and time of creation'(scene) {
    const { store, endpoint, event, append, delivery, claim, settle } = scene
    const [a, b] = [await endpoint(), await endpoint()]
    const tasks = [delivery(a.id), delivery(b.id), delivery(a.id)]
    for (const [index, task] of tasks.entries())
      await append(event({ tasks: [task], recordedAt: NOW + index, project: index === 2 ? 'zeta' : 'acme' }))
    for (const claimed of await claim()) await settle(claimed, { status: 'dead', reason: 'gone' })
    const [first, second, third] = tasks.map(({ id }) => id)
    const redriven = async (parts: Partial<RedriveRequest>) => {
      const ids = await redriveIds(scene, parts)
      for (const id of ids) await store.cancel(id, NOW)
      return ids
    }
    assert.deepEqual(await redriven({ taskIds: [String(third), String(first), 'tsk_unknown'] }), [first, third])
    assert.deepEqual(await redriven({ taskIds: [] }), [])
    assert.deepEqual(await redriven({ endpointId: a.id }), [first, third])
    assert.deepEqual(await redriven({ endpointId: a.id, project: 'zeta' }), [third])
    assert.deepEqual(await redriven({ taskIds: [String(first)], project: 'zeta' }), [])
    assert.deepEqual(await redriven({ since: NOW + 1 }), [second, third])
    assert.deepEqual(await redriven({ since: NOW, until: NOW + 1 }), [first])
  },

  async 'parallel redrives take each task once'(scene) {
    await bury(scene, 20)
    const answers = await Promise.all(Array.from({ length: 5 }, () => redriveIds(scene, { limit: 10 })))
    assert.equal(new Set(answers.flat()).size, answers.flat().length)
    assert.equal((await scene.claim({ lane: 'retry', now: ALL.at })).length, answers.flat().length)
  },
}
