import assert from 'node:assert/strict'
import { type Cases, NOW, type Scene } from './scene.ts'

/** Whether a watcher is called because of `act`, waiting for it as long as a store may take. */
async function isTold({ store }: Scene, act: () => unknown): Promise<boolean> {
  // What happened before may still be on its way.
  await pause(20)
  let stop = () => {}
  let timer: NodeJS.Timeout | undefined
  const told = new Promise<boolean>((resolve) => {
    stop = store.watch(() => resolve(true))
    timer = setTimeout(() => resolve(false), 2000)
  })
  try {
    await act()
    return await told
  } finally {
    clearTimeout(timer)
    stop()
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

export const watching: Cases = {
  async 'watchers hear of new work'(scene) {
    assert.ok(await isTold(scene, () => scene.append(scene.event())))
  },

  async 'watchers hear of follow-ups'(scene) {
    await scene.enqueue({})
    const claimed = await scene.claimOne()
    const followUps = { events: [scene.event()] }
    assert.ok(await isTold(scene, () => scene.settle(claimed, { status: 'done', result: null }, { followUps })))
  },

  async 'watchers hear of tasks that are woken or redriven'(scene) {
    await scene.enqueue({}, {})
    const [first, second] = await scene.claim()
    assert.ok(first && second)
    await scene.settle(first, { status: 'waiting', wakeOn: 's' })
    await scene.settle(second, { status: 'dead', reason: 'gone' })
    assert.ok(await isTold(scene, () => scene.store.wake('s', NOW)))
    assert.ok(await isTold(scene, () => scene.store.redrive({ at: NOW, limit: 1, statuses: ['dead'] })))
  },

  async 'watchers hear a nudge'(scene) {
    assert.ok(await isTold(scene, () => scene.store.nudge()))
  },

  async 'a watcher is never called from within the verb'({ store }) {
    let told = false
    const stop = store.watch(() => {
      told = true
    })
    store.nudge()
    assert.equal(told, false)
    stop()
  },

  async 'a watcher that fails hurts nobody'(scene) {
    const { store, append, event, claim } = scene
    const stop = store.watch(() => {
      throw new Error('mine alone')
    })
    assert.ok(await isTold(scene, () => append(event())))
    stop()
    assert.equal((await claim()).length, 1)
  },

  async 'a watcher that stopped hears nothing more'(scene) {
    const { store } = scene
    let calls = 0
    const count = () => {
      calls += 1
    }
    const [first, second] = [store.watch(count), store.watch(count)]
    store.nudge()
    first()
    second()
    assert.ok(await isTold(scene, () => store.nudge()))
    assert.equal(calls, 0)
  },
}
