import assert from 'node:assert/strict'
import { BRANCH, PATH, type Scene, type VcsCases } from './scene.ts'

/** What is wrong by itself: refused before anything is written. */
const refusal =
  (code: string, changes: Parameters<Scene['spec']>[1], names = /./) =>
  async ({ failure, publish, writesNothing }: Scene) => {
    const error = await writesNothing(() => failure(publish(1, changes)))
    assert.equal(error.code, code)
    assert.match(error.message, names)
  }

export const refusing: VcsCases = {
  'a base that is not there is named': refusal('not-found', { base: 'release/9' }, /release\/9/),
  'a branch that git takes for an option is invalid': refusal('invalid', { branch: '-x' }),
  'a branch with a space is invalid': refusal('invalid', { branch: 'a b' }),
  'a path out of the repository is invalid': refusal('invalid', { files: [{ path: '../x', content: '' }] }),
  'a path into .git is invalid': refusal('invalid', { files: [{ path: '.git/config', content: '' }] }),
  'one path twice is invalid': refusal('invalid', { files: [1, 2].map((n) => ({ path: PATH, content: `${n}` })) }),
  'nothing to change is invalid': refusal('invalid', { files: [] }),
  'an empty title is invalid': refusal('invalid', { title: ' ' }),

  async 'a branch below another, or above, is invalid'({ failure, publish, commitAs, writesNothing }) {
    await commitAs('jane', { branch: 'taken', files: { 'notes.md': 'mine' } })
    await commitAs('jane', { branch: 'folder/leaf', files: { 'notes.md': 'mine' } })
    for (const branch of ['taken/below', 'folder']) {
      const error = await writesNothing(() => failure(publish(1, { branch })))
      assert.equal(error.code, 'invalid')
      assert.match(error.message, /taken|folder/)
    }
  },

  async 'a body over the limit is too large'({ failure, publish, vcs, repository, writesNothing }) {
    const { bodyLimit, titleLimit } = await vcs.capabilities(repository)
    const error = await writesNothing(() => failure(publish(1, { body: 'x'.repeat(bodyLimit.size + 1) })))
    assert.equal(error.code, 'too-large')
    const title = await writesNothing(() => failure(publish(1, { title: 'x'.repeat(titleLimit + 1) })))
    assert.equal(title.code, 'too-large')
  },

  async 'a repository that is not there is named'({ failure, publish, repository, head }) {
    const nowhere = `${repository}-nowhere`
    const error = await failure(publish(1, { repository: nowhere }))
    assert.equal(error.code, 'not-found')
    assert.ok(error.message.includes(nowhere))
    assert.equal(await head(BRANCH), null)
  },

  async 'a call that was called off does nothing'({ vcs, spec, writesNothing, repository }) {
    const signal = AbortSignal.abort()
    await writesNothing(async () => {
      await assert.rejects(vcs.publishPullRequest(spec(1), { signal }))
      await assert.rejects(vcs.upsertComment({ repository, number: 1 }, { marker: 'a', body: 'b' }, { signal }))
    })
  },

  async 'nothing is printed'({ vcs, failure, publish, repository }) {
    const printed: unknown[] = []
    const names = ['log', 'info', 'warn', 'error', 'debug'] as const
    const before = names.map((name) => console[name])
    for (const name of names) console[name] = (...parts: unknown[]) => void printed.push(...parts)
    try {
      await publish(1)
      await failure(vcs.getPullRequest(repository, 999_999))
      await failure(publish(1, { base: 'nowhere' }))
      await failure(vcs.readFiles(repository, { ref: 'nowhere', paths: ['x'] }))
    } finally {
      for (const [n, name] of names.entries()) console[name] = before[n] ?? console[name]
    }
    assert.deepEqual(printed, [])
  },

  'a missing permission is named': {
    needs: ['asUserWithout'],
    async run({ asUserWithout, spec, failure, pullRequests }) {
      for (const permission of ['write-files', 'write-pull-requests'] as const) {
        const lesser = asUserWithout?.(permission)
        assert.ok(lesser)
        const error = await failure(lesser.vcs.publishPullRequest(spec(1)))
        assert.equal(error.code, 'permission')
        assert.ok(error.missing.includes(lesser.missing), `missing is ${error.missing.join(', ')}`)
        assert.ok(error.message.includes(lesser.missing))
        assert.deepEqual(await pullRequests(), [])
      }
    },
  },
}
