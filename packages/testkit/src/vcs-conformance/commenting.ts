import assert from 'node:assert/strict'
import type { Scene, VcsCases } from './scene.ts'

const pull = async ({ publish, repository }: Scene) => {
  const { pullRequest } = await publish(1)
  return { repository, number: pullRequest?.number ?? 0 }
}

export const commenting: VcsCases = {
  async 'one comment for each marker: created, edited, left alone'(scene) {
    const { vcs, writesNothing } = scene
    const ref = await pull(scene)
    const put = (marker: string, body: string) => vcs.upsertComment(ref, { marker, body })
    const first = await put('evaluation:prod', 'One')
    assert.equal(first.outcome, 'created')
    assert.deepEqual(await writesNothing(() => put('evaluation:prod', 'One')), { ...first, outcome: 'unchanged' })
    const edited = await put('evaluation:prod', 'Two')
    assert.deepEqual([edited.outcome, edited.id], ['updated', first.id])
    const other = await put('evaluation:production', 'One')
    assert.equal(other.outcome, 'created')
    assert.notEqual(other.id, first.id)
  },

  async 'a marker that could not be hidden is invalid'(scene) {
    const ref = await pull(scene)
    const error = await scene.failure(scene.vcs.upsertComment(ref, { marker: 'a --> b', body: 'One' }))
    assert.equal(error.code, 'invalid')
  },

  'a marker in somebody else’s comment does not count': {
    needs: ['asAnother'],
    async run(scene) {
      const ref = await pull(scene)
      const comment = { marker: 'evaluation', body: 'One' }
      const theirs = await scene.asAnother?.().upsertComment(ref, comment)
      const ours = await scene.vcs.upsertComment(ref, comment)
      assert.deepEqual([theirs?.outcome, ours.outcome], ['created', 'created'])
      assert.notEqual(ours.id, theirs?.id)
    },
  },

  'ours is found behind pages of others': {
    needs: ['commentAs'],
    async run(scene) {
      const ref = await pull(scene)
      await scene.commentAs?.('jane', ref.number, 120)
      const comment = { marker: 'evaluation', body: 'One' }
      const first = await scene.vcs.upsertComment(ref, comment)
      const second = await scene.writesNothing(() => scene.vcs.upsertComment(ref, comment))
      assert.deepEqual([first.outcome, second.outcome, second.id], ['created', 'unchanged', first.id])
    },
  },
}
