import assert from 'node:assert/strict'
import { BRANCH, content, type Scene, type VcsCases } from './scene.ts'

const published = async ({ publish, repository }: Scene, n = 1) => {
  const { pullRequest } = await publish(n)
  assert.ok(pullRequest)
  return { ...pullRequest, repository }
}

/** A forge may tell twelve digits of a commit; what it does not tell is right too. */
function beginsAs(oid: string | null, told: string | null | undefined): void {
  if (told === undefined || told === null) return
  assert.ok(told.length >= 12 && oid?.startsWith(told), `${told} is not ${oid}`)
}

export const concluding: VcsCases = {
  async 'a merge is pinned to the commit that was looked at'(scene) {
    const { vcs, failure, text, base, commitAs } = scene
    const pullRequest = await published(scene)
    await commitAs('jane', { branch: BRANCH, files: { 'notes.md': 'unseen' } })
    const error = await failure(vcs.mergePullRequest(pullRequest, { expectedHead: pullRequest.head }))
    assert.equal(error.code, 'conflict')
    assert.equal(await text(base), null)
  },

  async 'a merge brings the files to the base, and a second one changes nothing'(scene) {
    const { vcs, text, base, repository } = scene
    const pullRequest = await published(scene)
    const merge = () => vcs.mergePullRequest(pullRequest, { expectedHead: pullRequest.head })
    assert.equal((await merge()).merged, true)
    assert.equal(await text(base), content(1))
    assert.equal((await vcs.getPullRequest(repository, pullRequest.number)).state, 'merged')
    assert.equal((await merge()).merged, true)
    const [found] = await vcs.findPullRequests(repository, { state: 'merged' })
    assert.equal(found?.number, pullRequest.number)
  },

  async 'what is told of its commits and people is so'(scene) {
    const { vcs, repository, base, head } = scene
    const { number, head: expectedHead } = await published(scene)
    const before = await vcs.getPullRequest(repository, number)
    if (before.headRepository !== undefined) {
      assert.equal(before.headRepository?.toLowerCase(), repository.toLowerCase())
    }
    beginsAs(await head(base), before.baseCommit)
    await vcs.mergePullRequest({ repository, number }, { expectedHead })
    const merged = await vcs.getPullRequest(repository, number)
    beginsAs(await head(base), merged.mergeCommit)
    if (merged.mergedBy !== undefined) assert.ok(merged.mergedBy)
  },

  async 'after a merge the same is done, and the next gets a pull request of its own'(scene) {
    const { vcs, publish, writesNothing, text } = scene
    const pullRequest = await published(scene)
    await vcs.mergePullRequest(pullRequest, { expectedHead: pullRequest.head })
    const again = await writesNothing(() => publish(1))
    assert.equal(again.outcome, 'unchanged')
    const next = await publish(2)
    assert.equal(next.outcome, 'created')
    assert.notEqual(next.pullRequest?.number, pullRequest.number)
    assert.equal(await text(next.pullRequest?.branch ?? ''), content(2))
  },

  async 'one that is closed stays closed, and the next is another'(scene) {
    const { vcs, publish, repository, open } = scene
    const pullRequest = await published(scene)
    await vcs.closePullRequest(pullRequest)
    await vcs.closePullRequest(pullRequest)
    assert.equal((await vcs.getPullRequest(repository, pullRequest.number)).state, 'closed')
    const next = await publish(2)
    assert.equal(next.outcome, 'created')
    assert.deepEqual(
      (await open()).map(({ number }) => number),
      [next.pullRequest?.number],
    )
    assert.notEqual(next.pullRequest?.number, pullRequest.number)
  },

  async 'a pull request that is not there is not found'({ vcs, failure, repository }) {
    const ref = { repository, number: 999_999 }
    assert.equal((await failure(vcs.getPullRequest(repository, ref.number))).code, 'not-found')
    assert.equal((await failure(vcs.upsertComment(ref, { marker: 'a', body: 'b' }))).code, 'not-found')
  },
}
