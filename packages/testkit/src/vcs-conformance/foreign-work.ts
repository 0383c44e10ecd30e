import assert from 'node:assert/strict'
import { BRANCH, content, PATH, type VcsCases } from './scene.ts'

export const foreignWork: VcsCases = {
  async 'a commit that left our files alone is kept'({ publish, commitAs, text }) {
    const first = await publish(1)
    await commitAs('jane', { branch: BRANCH, files: { 'notes.md': 'mine' } })
    const second = await publish(2)
    assert.deepEqual([second.outcome, second.pullRequest?.number], ['updated', first.pullRequest?.number])
    assert.equal(await text(BRANCH, 'notes.md'), 'mine')
    assert.equal(await text(BRANCH), content(2))
  },

  async 'a file of ours that somebody changed is left to them'({ publish, commitAs, text, writesNothing }) {
    await publish(1)
    const theirs = await commitAs('jane', { branch: BRANCH, files: { [PATH]: 'theirs' } })
    const result = await writesNothing(() => publish(2))
    assert.deepEqual([result.outcome, result.commit], ['conflict', theirs])
    assert.match(result.reason ?? '', /jane/i)
    assert.equal(await text(BRANCH), 'theirs')
  },

  async 'whoever asks for no foreign commits is told of them'({ publish, commitAs, writesNothing, text }) {
    await publish(1)
    await commitAs('jane', { branch: BRANCH, files: { 'notes.md': 'mine' } })
    assert.equal((await writesNothing(() => publish(2, { onForeignCommits: 'fail' }))).outcome, 'conflict')
    assert.equal(await text(BRANCH), content(1))
  },

  async 'a new branch is taken beside them, once'({ publish, commitAs, text, open }) {
    await publish(1)
    await commitAs('jane', { branch: BRANCH, files: { [PATH]: 'theirs' } })
    const policy = { onForeignCommits: 'new-branch' } as const
    const beside = await publish(2, policy)
    assert.equal(beside.outcome, 'created')
    const branch = beside.pullRequest?.branch ?? BRANCH
    assert.notEqual(branch, BRANCH)
    assert.equal(await text(branch), content(2))
    assert.equal(await text(BRANCH), 'theirs')
    assert.equal((await publish(2, policy)).outcome, 'unchanged')
    assert.equal((await open()).length, 2)
  },

  async 'a branch of somebody else is not ours to write to'({ publish, commitAs, writesNothing, head }) {
    const theirs = await commitAs('jane', { branch: BRANCH, files: { 'notes.md': 'mine' } })
    assert.equal((await writesNothing(() => publish(1))).outcome, 'conflict')
    assert.equal(await head(BRANCH), theirs)
  },
}
