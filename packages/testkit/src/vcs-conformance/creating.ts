import assert from 'node:assert/strict'
import { BRANCH, content, PATH, type VcsCases } from './scene.ts'

export const creating: VcsCases = {
  async 'branch, commit and pull request are made, and told'({ publish, head, base, text, open, vcs, repository }) {
    const { outcome, pullRequest, commit, steps } = await publish(1)
    assert.equal(outcome, 'created')
    assert.deepEqual(
      [steps.branch, steps.commit, steps.pullRequest].map((step) => step?.status),
      Array(3).fill('applied'),
    )
    assert.equal(await text(BRANCH), content(1))
    assert.equal(await text(base), null)
    assert.equal(commit, await head(BRANCH))
    assert.deepEqual(
      (await open()).map(({ number, branch }) => ({ number, branch })),
      [{ number: pullRequest?.number, branch: BRANCH }],
    )
    const read = await vcs.getPullRequest(repository, pullRequest?.number ?? 0)
    for (const one of [pullRequest, read]) {
      assert.ok(one)
      const { state, title, base: into, branch, head: at, marker } = one
      assert.deepEqual(
        { state, title, into, branch, at, marker },
        {
          state: 'open',
          title: 'Deploy revision 1',
          into: base,
          branch: BRANCH,
          at: commit,
          marker: { kind: 'document', identity: 'revision-1' },
        },
      )
      assert.ok(one.body.startsWith('## Deployment\n\nRevision 1.'))
      assert.match(one.url, /^[a-z+]+:/)
    }
  },

  async 'it is found by branch, base and state'({ publish, vcs, repository, base }) {
    const { pullRequest } = await publish(1)
    const numbers = async (query: Parameters<typeof vcs.findPullRequests>[1]) =>
      (await vcs.findPullRequests(repository, query)).map(({ number }) => number)
    const ours = [pullRequest?.number]
    for (const query of [{}, { branch: BRANCH }, { base }, { state: 'all' as const, branch: BRANCH, base }]) {
      assert.deepEqual(await numbers(query), ours)
    }
    for (const query of [
      { branch: 'other' },
      { base: 'other' },
      { state: 'merged' as const },
      { state: 'closed' as const },
    ]) {
      assert.deepEqual(await numbers(query), [])
    }
  },

  async 'bytes arrive as they are'({ publish, readFile }) {
    const bytes = Uint8Array.from({ length: 512 }, (_, n) => n % 256)
    await publish(1, {
      files: [
        { path: 'logo.bin', content: bytes },
        { path: 'empty', content: '' },
      ],
    })
    assert.deepEqual(Buffer.from((await readFile(BRANCH, 'logo.bin')) ?? []), Buffer.from(bytes))
    assert.equal((await readFile(BRANCH, 'empty'))?.byteLength, 0)
  },

  async 'text of every script arrives, line ends too'({ publish, text }) {
    const given = '\uFEFFGrüße, 世界 👋🏽\r\nשלום\n\n'
    await publish(1, { files: [{ path: PATH, content: given }], title: 'Grüße 世界 👋🏽', commitMessage: 'Grüße 世界' })
    assert.equal(await text(BRANCH), given)
  },

  async 'paths may hold spaces and letters of every script'({ publish, text }) {
    const paths = ['with space/a b.txt', 'Ünïcödé/文件 👋.json', 'a+b&c=d%20#e?.txt', "it's [one].txt", '.hidden/x']
    await publish(1, { files: paths.map((path) => ({ path, content: path })) })
    for (const path of paths) assert.equal(await text(BRANCH, path), path)
  },

  async 'files are deleted, and deleting what is not there changes nothing'({ publish, text }) {
    const { outcome } = await publish(1, {
      files: [
        { path: 'README.md', content: null },
        { path: 'never/was.txt', content: null },
        { path: PATH, content: content(1) },
      ],
    })
    assert.equal(outcome, 'created')
    assert.equal(await text(BRANCH, 'README.md'), null)
    assert.equal(await text(BRANCH), content(1))
  },

  async 'files that are not spoken of stay'({ publish, text, base }) {
    await publish(1)
    assert.equal(await text(BRANCH, 'README.md'), await text(base, 'README.md'))
  },

  async 'a base that holds these files already gets no pull request'({ commitAs, base, publish, writesNothing, head }) {
    await commitAs('jane', { branch: base, files: { [PATH]: content(1) } })
    const result = await writesNothing(() => publish(1))
    assert.deepEqual([result.outcome, result.pullRequest], ['unchanged', null])
    assert.ok(result.reason)
    assert.equal(await head(BRANCH), null)
  },

  async 'a body that is as long as the capabilities allow is taken'({ publish, vcs, repository }) {
    const { bodyLimit } = await vcs.capabilities(repository)
    const body = 'x'.repeat(Math.min(bodyLimit.size, 1_000_000))
    const { outcome, pullRequest } = await publish(1, { body, identity: 'i'.repeat(200) })
    assert.equal(outcome, 'created')
    assert.equal((await vcs.getPullRequest(repository, pullRequest?.number ?? 0)).marker?.identity, 'i'.repeat(200))
  },
}
