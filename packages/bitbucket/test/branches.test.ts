import { afterEach, beforeEach, expect, test } from 'vitest'
import { BRANCH, nextSpec, openSetting, PATH, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting()
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const push = (files: Record<string, string>, branch = BRANCH) =>
  setting.fake.state.commit({ repository: REPOSITORY, branch, files, author: 'jane' })
const head = (branch = BRANCH) => setting.fake.state.head(REPOSITORY, branch)

test('goes on with a branch that somebody pushed to, while they left our files alone', async () => {
  const { vcs, fake } = setting
  await vcs.publishPullRequest(specOf())
  const theirs = await push({ 'notes.md': 'hello' })
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result.outcome).toBe('updated')
  const [ours] = await fake.state.commits(REPOSITORY, BRANCH)
  expect(ours?.parents).toEqual([theirs])
  expect(await fake.state.file(REPOSITORY, 'notes.md', BRANCH)).toBe('hello')
})

test('writes nothing where somebody changed a file of ours, and says who and which', async () => {
  const { vcs } = setting
  await vcs.publishPullRequest(specOf())
  const theirs = await push({ [PATH]: 'mine' })
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result).toMatchObject({
    outcome: 'conflict',
    reason: expect.stringMatching(/jane changed .*production\.json/),
  })
  expect(await head()).toBe(theirs)
})

test('minds any commit of others where it is told to, or goes beside it and finds that place again', async () => {
  const { vcs, fake } = setting
  await vcs.publishPullRequest(specOf())
  await push({ 'notes.md': 'hello' })
  expect((await vcs.publishPullRequest(nextSpec({ onForeignCommits: 'fail' }))).outcome).toBe('conflict')
  const beside = await vcs.publishPullRequest(nextSpec({ onForeignCommits: 'new-branch' }))
  expect(beside).toMatchObject({ outcome: 'created', pullRequest: { branch: expect.stringMatching(/-[0-9a-f]{8}$/) } })
  const again = await vcs.publishPullRequest(nextSpec({ onForeignCommits: 'new-branch' }))
  expect(again).toMatchObject({ outcome: 'unchanged', pullRequest: { number: beside.pullRequest?.number } })
  expect(await fake.state.pullRequests(REPOSITORY)).toHaveLength(2)
})

test('a push between reading and writing is met with a fresh look, and a second one is a conflict', async () => {
  const { vcs, fake, sent } = setting
  await vcs.publishPullRequest(specOf())
  sent()
  let pushes = 0
  const racing = fake.fail({
    match: ({ operations }) => {
      if (operations[0]?.endsWith('/src') && pushes < 1) void push({ [`race-${pushes++}.md`]: 'x' })
      return false
    },
  })
  const first = await vcs.publishPullRequest(nextSpec())
  racing.remove()
  expect(first.outcome).toBe('updated')
  expect(Object.keys(await fake.state.files(REPOSITORY, BRANCH))).toContain('race-0.md')
})

test('409 twice is a conflict, and nothing of anybody is lost', async () => {
  const { vcs, fake } = setting
  const { commit } = await vcs.publishPullRequest(specOf())
  const stale = fake.fail({
    match: { method: 'POST', path: /\/src$/ },
    status: 409,
    body: { type: 'error', error: { message: 'stale' } },
  })
  const result = await vcs.publishPullRequest(nextSpec())
  expect(stale.hits).toBe(2)
  expect(result).toMatchObject({
    outcome: 'conflict',
    commit,
    reason: expect.stringContaining('at the same time, twice'),
  })
  expect(await head()).toBe(commit)
})

test('two at once come to one branch and one pull request', async () => {
  const { vcs, another, fake } = setting
  const results = await Promise.all([vcs.publishPullRequest(specOf()), another().publishPullRequest(specOf())])
  expect(new Set(results.map(({ pullRequest }) => pullRequest?.number))).toEqual(new Set([1]))
  expect(await fake.state.pullRequests(REPOSITORY)).toHaveLength(1)
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(2)
})

test('finishes what a run left that was cut off before the pull request', async () => {
  const { vcs, fake } = setting
  const cut = fake.fail({ match: { method: 'POST', path: /\/pullrequests$/ }, times: 1, reset: true })
  await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({ code: 'unavailable' })
  expect(cut.hits).toBe(1)
  const result = await vcs.publishPullRequest(specOf())
  expect(result).toMatchObject({
    outcome: 'created',
    steps: { branch: { status: 'already' }, commit: { status: 'already' } },
  })
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(2)
})

test('removes the branch again where the pull request is refused', async () => {
  const { fake, vcs, token } = setting
  fake.state.setScopes(token, ['account', 'repository:write', 'pullrequest'])
  await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({
    code: 'permission',
    missing: ['pullrequest:write'],
  })
  expect(await head()).toBeNull()
})

test('a declined pull request stays declined; its branch is gone on with in a new one', async () => {
  const { vcs, fake } = setting
  const first = await vcs.publishPullRequest(specOf())
  await vcs.closePullRequest({ repository: REPOSITORY, number: 1 })
  await vcs.closePullRequest({ repository: REPOSITORY, number: 1 })
  const next = await vcs.publishPullRequest(nextSpec())
  expect(next).toMatchObject({ outcome: 'created', pullRequest: { number: 2 } })
  expect((await fake.state.commits(REPOSITORY, BRANCH))[0]?.parents).toEqual([first.commit])
})

test('a branch left over from a merge is gone on with, or another is taken where the base went on', async () => {
  const { fake, another } = setting
  const vcs = another({ closeSourceBranch: false })
  await vcs.publishPullRequest(specOf())
  await fake.state.mergePullRequest(REPOSITORY, 1)
  const second = await vcs.publishPullRequest(nextSpec())
  expect(second).toMatchObject({ outcome: 'created', pullRequest: { branch: BRANCH, number: 2 } })
  await fake.state.mergePullRequest(REPOSITORY, 2)
  await push({ [PATH]: 'by hand' }, 'main')
  const third = await vcs.publishPullRequest(nextSpec({ identity: 'dep-17', files: [{ path: PATH, content: '17' }] }))
  expect(third).toMatchObject({ outcome: 'created', pullRequest: { branch: expect.stringMatching(/-[0-9a-f]{8}$/) } })
})

test('a late deployment does not write over a newer one, open or merged', async () => {
  const { vcs, fake, another } = setting
  const order = (sequence: number) => ({ order: { origin: 'store', sequence } })
  await vcs.publishPullRequest(nextSpec(order(16)))
  for (const adapter of [vcs, another()]) {
    const late = await adapter.publishPullRequest(specOf(order(15)))
    expect(late).toMatchObject({ outcome: 'unchanged', reason: 'A newer deployment is published already.' })
  }
  await fake.state.mergePullRequest(REPOSITORY, 1)
  const late = await vcs.publishPullRequest(specOf(order(15)))
  expect(late).toMatchObject({ outcome: 'unchanged', reason: 'A newer deployment is published already.' })
})

test('refuses a branch that git could not hold, and a base that is not there', async () => {
  const { vcs, fake } = setting
  await fake.state.createBranch(REPOSITORY, 'pullwright')
  await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('pullwright'),
  })
  await fake.state.deleteBranch(REPOSITORY, 'pullwright')
  await fake.state.createBranch(REPOSITORY, `${BRANCH}/below`)
  await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({ code: 'invalid' })
  await expect(vcs.publishPullRequest(specOf({ base: 'nope' }))).rejects.toMatchObject({ code: 'not-found' })
  const somewhere = specOf({ repository: 'acme/nowhere' })
  await expect(vcs.publishPullRequest(somewhere)).rejects.toMatchObject({ code: 'not-found' })
})

test("a stranger's pull request on our branch is a conflict", async () => {
  const { vcs, fake } = setting
  await push({ 'x.md': 'x' })
  await fake.state.openPullRequest(REPOSITORY, { source: BRANCH, by: 'jane' })
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({
    outcome: 'conflict',
    reason: expect.stringContaining('jane'),
  })
})
