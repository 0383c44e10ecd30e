import assert from 'node:assert/strict'
import { BRANCH, content, PATH, type VcsCases } from './scene.ts'

export const updating: VcsCases = {
  async 'an equal identity writes nothing'({ publish, writesNothing, head }) {
    const first = await publish(1)
    const second = await writesNothing(() => publish(1))
    assert.deepEqual([second.outcome, second.pullRequest?.number], ['unchanged', first.pullRequest?.number])
    assert.equal(second.commit, await head(BRANCH))
  },

  async 'nor does it where only its text is another'({ publish, writesNothing }) {
    await publish(1)
    const other = { title: 'Another title', body: 'Another body' }
    assert.equal((await writesNothing(() => publish(1, other))).outcome, 'unchanged')
  },

  async 'a new identity goes on in the same pull request'({ publish, text, open, vcs, repository }) {
    const first = await publish(1)
    const second = await publish(2)
    assert.deepEqual([second.outcome, second.pullRequest?.number], ['updated', first.pullRequest?.number])
    assert.notEqual(second.commit, first.commit)
    assert.equal(await text(BRANCH), content(2))
    assert.equal((await open()).length, 1)
    const read = await vcs.getPullRequest(repository, second.pullRequest?.number ?? 0)
    assert.deepEqual([read.title, read.marker?.identity, read.head], ['Deploy revision 2', 'revision-2', second.commit])
    assert.ok(read.body.includes('Revision 2.') && !read.body.includes('Revision 1.'))
  },

  async 'equal files under a new identity need no commit'({ publish }) {
    const first = await publish(1)
    const files = [{ path: PATH, content: content(1) }]
    const { outcome, commit, steps } = await publish(2, { files })
    assert.deepEqual([outcome, commit, steps.commit?.status], ['updated', first.commit, 'already'])
  },

  async 'a proposal of the same identity is not the document'({ publish, vcs, repository }) {
    await publish(1)
    const { outcome, pullRequest } = await publish(1, { kind: 'propose' })
    assert.equal(outcome, 'updated')
    assert.equal((await vcs.getPullRequest(repository, pullRequest?.number ?? 0)).marker?.kind, 'propose')
  },

  async 'a branch that moved from the commit expected is a conflict'({ publish, commitAs, writesNothing, text }) {
    const { commit } = await publish(1)
    assert.ok(commit)
    await commitAs('jane', { branch: BRANCH, files: { 'notes.md': 'mine' } })
    const result = await writesNothing(() => publish(2, { expectedHead: commit }))
    assert.equal(result.outcome, 'conflict')
    assert.ok(result.reason)
    assert.equal(await text(BRANCH), content(1))
  },

  async 'a branch that is at the commit expected is updated'({ publish }) {
    const { commit } = await publish(1)
    assert.ok(commit)
    assert.equal((await publish(2, { expectedHead: commit })).outcome, 'updated')
  },

  async 'a branch that is not there is not at the commit expected'({ publish, writesNothing }) {
    const { outcome } = await writesNothing(() => publish(1, { expectedHead: 'a'.repeat(40) }))
    assert.equal(outcome, 'conflict')
  },

  async 'what somebody took back by hand is written again'({ publish, deleteBranch, text, open }) {
    await publish(1)
    await deleteBranch(BRANCH)
    assert.notEqual((await publish(1)).outcome, 'conflict')
    assert.equal(await text(BRANCH), content(1))
    assert.equal((await open()).length, 1)
  },

  async 'a late older deployment writes nothing, and says so'({ publish, writesNothing, text }) {
    const order = (sequence: number) => ({ order: { origin: 'store-1', sequence } })
    await publish(2, order(2))
    const late = await writesNothing(() => publish(1, order(1)))
    assert.equal(late.outcome, 'unchanged')
    assert.ok(late.reason)
    assert.equal(await text(BRANCH), content(2))
    assert.equal((await publish(3, order(3))).outcome, 'updated')
  },

  async 'orders of two origins do not compare'({ publish }) {
    await publish(2, { order: { origin: 'store-1', sequence: 9 } })
    assert.equal((await publish(1, { order: { origin: 'store-2', sequence: 1 } })).outcome, 'updated')
  },

  async 'two at once with the same make one pull request'({ spec, vcs, open, text, publish }) {
    const ends = await Promise.allSettled([1, 1].map((n) => vcs.publishPullRequest(spec(n))))
    assert.ok(ends.some((end) => end.status === 'fulfilled' && end.value.outcome !== 'conflict'))
    assert.equal((await open()).length, 1)
    assert.equal(await text(BRANCH), content(1))
    assert.equal((await publish(1)).outcome, 'unchanged')
  },

  async 'two at once with different files end as one of them, whole'({ spec, vcs, open, text, publish }) {
    const files = (n: number) => ['a.txt', 'b.txt'].map((path) => ({ path, content: `${n}` }))
    await Promise.allSettled([1, 2].map((n) => vcs.publishPullRequest(spec(n, { files: files(n) }))))
    assert.equal((await open()).length, 1)
    assert.equal(await text(BRANCH, 'a.txt'), await text(BRANCH, 'b.txt'))
    await publish(3, { files: files(3) })
    assert.equal(await text(BRANCH, 'b.txt'), '3')
  },
}
