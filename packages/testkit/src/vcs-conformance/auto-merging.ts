import assert from 'node:assert/strict'
import { BRANCH, content, type VcsCases } from './scene.ts'

export const autoMerging: VcsCases = {
  async 'asked of an adapter that has none, it is unsupported'({ vcs, repository, publish, open }) {
    const { autoMerge } = await vcs.capabilities(repository)
    if (autoMerge) return
    const { outcome, steps } = await publish(1, { autoMerge: true })
    assert.deepEqual([outcome, steps.autoMerge?.status], ['created', 'unsupported'])
    assert.ok(steps.autoMerge?.error)
    assert.equal((await open()).length, 1)
    assert.equal((await publish(2, { autoMerge: false })).steps.autoMerge, undefined)
  },

  'it waits for what is still to come, and then merges': {
    needs: ['autoMerge', 'checksToCome'],
    async run({ checksToCome, publish, open, writesNothing, text, base }) {
      await checksToCome?.begin()
      const { outcome, steps } = await publish(1, { autoMerge: true })
      assert.deepEqual([outcome, steps.autoMerge], ['created', { status: 'applied' }])
      assert.equal((await writesNothing(() => publish(1, { autoMerge: true }))).outcome, 'unchanged')
      assert.equal((await open()).length, 1)
      await checksToCome?.pass(BRANCH)
      assert.equal(await text(base), content(1))
    },
  },

  'with nothing left to wait for it is merged, or it is said why not': {
    needs: ['autoMerge'],
    async run({ publish, pullRequests, text, base }) {
      const { outcome, pullRequest, steps } = await publish(1, { autoMerge: true })
      assert.equal(outcome, 'created')
      const merged = steps.autoMerge?.status === 'applied'
      if (!merged) assert.ok(steps.autoMerge?.error)
      const state = merged ? 'merged' : 'open'
      assert.deepEqual([pullRequest?.state, (await pullRequests())[0]?.state], [state, state])
      assert.equal(await text(base), merged ? content(1) : null)
    },
  },

  'false switches it off': {
    needs: ['autoMerge', 'checksToCome'],
    async run({ checksToCome, publish, open, text, base }) {
      await checksToCome?.begin()
      await publish(1, { autoMerge: true })
      const { steps } = await publish(2, { autoMerge: false })
      assert.notEqual(steps.autoMerge?.status, 'failed', steps.autoMerge?.error)
      await checksToCome?.pass(BRANCH)
      assert.equal((await open()).length, 1)
      assert.equal(await text(base), null)
    },
  },
}
