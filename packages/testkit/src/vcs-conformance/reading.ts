import assert from 'node:assert/strict'
import { BRANCH, content, PATH, type VcsCases } from './scene.ts'

export const reading: VcsCases = {
  async 'files come as text, with null for what is not there'({ vcs, repository, head, base, text }) {
    const { commit, files } = await vcs.readFiles(repository, { paths: ['README.md', 'nothing.txt', 'README.md'] })
    assert.equal(commit, await head(base))
    assert.deepEqual(Object.keys(files).sort(), ['README.md', 'nothing.txt'])
    assert.equal(files['nothing.txt'], null)
    assert.equal(files['README.md']?.content, await text(base, 'README.md'))
    assert.match(files['README.md']?.sha ?? '', /^[0-9a-f]{40}$/)
  },

  async 'files of a branch and of a commit are read there'({ vcs, repository, publish, commitAs }) {
    const { commit } = await publish(1)
    assert.ok(commit)
    await commitAs('jane', { branch: BRANCH, files: { [PATH]: 'later' } })
    const at = async (ref: string) => (await vcs.readFiles(repository, { ref, paths: [PATH] })).files[PATH]?.content
    assert.deepEqual([await at(BRANCH), await at(commit)], ['later', content(1)])
  },

  async 'a ref that is not there is not found'({ vcs, repository, failure }) {
    const error = await failure(vcs.readFiles(repository, { ref: 'nowhere', paths: [PATH] }))
    assert.equal(error.code, 'not-found')
  },

  async 'an inspection tells what is there and what is missing'({ vcs, repository, base }) {
    const found = await vcs.inspect(repository)
    assert.deepEqual([found.ok, found.missing, found.problems], [true, [], []])
    assert.deepEqual([found.repository, found.defaultBranch], [repository, base])
  },

  async 'the adapter says what it is'({ vcs, repository }) {
    assert.equal(vcs.apiVersion, 1)
    assert.match(vcs.name, /^[a-z][a-z0-9-]*$/)
    const { bodyLimit, titleLimit } = await vcs.capabilities(repository)
    assert.ok(bodyLimit.size >= 1000 && titleLimit >= 50)
  },

  'an inspection names a missing permission and does not throw': {
    needs: ['asUserWithout'],
    async run({ asUserWithout, repository }) {
      const lesser = asUserWithout?.('write-files')
      const found = await lesser?.vcs.inspect(repository)
      assert.equal(found?.ok, false)
      assert.ok(found?.missing.includes(lesser?.missing ?? ''), `missing is ${found?.missing.join(', ')}`)
    },
  },

  'pull requests are listed over all pages': {
    needs: ['openMany'],
    async run({ openMany, vcs, repository }) {
      await openMany?.open()
      const found = await vcs.findPullRequests(repository, {})
      assert.equal(new Set(found.map(({ number }) => number)).size, openMany?.count)
    },
  },
}
