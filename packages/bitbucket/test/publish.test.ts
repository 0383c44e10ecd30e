import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  BRANCH,
  COMMIT,
  nextSpec,
  OPEN,
  openSetting,
  PATH,
  READ_BRANCHES,
  READ_PULL_REQUESTS,
  REPOSITORY,
  type Setting,
  specOf,
  WRITE,
} from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting({ defaultReviewers: ['rita', 'pullwright-bot'] })
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const uuidOf = (nickname: string) => setting.fake.state.createUser(nickname).uuid
const onlyPullRequest = async () => {
  const all = await setting.fake.state.pullRequests(REPOSITORY)
  expect(all).toHaveLength(1)
  return all[0]
}

test('creates a pull request in three requests, reviewers and draft included', async () => {
  const { fake, vcs, sent } = setting
  const result = await vcs.publishPullRequest(specOf({ reviewers: [uuidOf('jane')], draft: true }))
  expect(sent()).toEqual([READ_BRANCHES, COMMIT, OPEN])
  expect(result.steps).toEqual({
    branch: { status: 'applied' },
    commit: { status: 'applied' },
    pullRequest: { status: 'applied' },
    reviewers: { status: 'applied' },
  })
  const there = await onlyPullRequest()
  expect(there).toMatchObject({
    state: 'OPEN',
    title: 'Deploy support-bot 15 to production',
    source: BRANCH,
    destination: 'main',
    reviewers: ['jane'],
    draft: true,
    closeSourceBranch: true,
  })
  expect(result).toMatchObject({
    outcome: 'created',
    commit: there?.head,
    pullRequest: {
      number: 1,
      url: there?.url,
      body: there?.description,
      head: there?.head,
      state: 'open',
      draft: true,
      branch: BRANCH,
      base: 'main',
      author: 'pullwright-bot',
      marker: { kind: 'document', identity: 'dep-15' },
    },
  })
  expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toBe('{ "revision": 15 }\n')
  const [commit] = await fake.state.commits(REPOSITORY, BRANCH)
  expect(commit?.message).toBe('Deploy support-bot 15 to production\n\nBy jane.')
})

test('updates in three requests, and keeps the reviewers that are there', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf())
  fake.state.setReviewers(REPOSITORY, 1, ['joe'])
  sent()
  const result = await vcs.publishPullRequest(nextSpec({ reviewers: [uuidOf('jane')] }))
  expect(sent()).toEqual([READ_PULL_REQUESTS, COMMIT, WRITE])
  expect(result).toMatchObject({
    outcome: 'updated',
    steps: { commit: { status: 'applied' }, reviewers: { status: 'applied' } },
  })
  const there = await onlyPullRequest()
  expect(there).toMatchObject({
    title: 'Deploy support-bot 16 to production',
    reviewers: ['joe', 'jane'],
    head: result.commit,
  })
  expect(there?.description).toBe(result.pullRequest?.body)
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(3)
})

test('an adapter that has not seen the pull request yet asks for the branches first', async () => {
  const { another, sent, vcs } = setting
  await vcs.publishPullRequest(specOf())
  sent()
  expect((await another().publishPullRequest(specOf())).outcome).toBe('unchanged')
  expect(sent()).toEqual([READ_BRANCHES, READ_PULL_REQUESTS])
  expect((await another().publishPullRequest(nextSpec())).outcome).toBe('updated')
  expect(sent()).toEqual([READ_BRANCHES, READ_PULL_REQUESTS, COMMIT, WRITE])
})

test('writes nothing where the identity is the same, though the file is not', async () => {
  const { vcs, sent } = setting
  const first = await vcs.publishPullRequest(specOf())
  sent()
  const again = await vcs.publishPullRequest(specOf({ files: [{ path: PATH, content: '{ "at": "later" }' }] }))
  expect(sent()).toEqual([READ_PULL_REQUESTS, READ_BRANCHES])
  expect(again).toMatchObject({ outcome: 'unchanged', commit: first.commit, pullRequest: first.pullRequest })
})

test('a branch that was deleted under its pull request is made anew, and reviewers stay', async () => {
  const { fake, vcs, another } = setting
  await vcs.publishPullRequest(specOf())
  fake.state.setReviewers(REPOSITORY, 1, ['joe'])
  for (const adapter of [vcs, another()]) {
    await fake.state.deleteBranch(REPOSITORY, BRANCH)
    const result = await adapter.publishPullRequest(specOf())
    expect(result).toMatchObject({ outcome: 'created', pullRequest: { number: 1 } })
    expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toBe('{ "revision": 15 }\n')
    expect(await onlyPullRequest()).toMatchObject({ reviewers: ['joe'] })
  }
})

test('rewrites the text alone where the files are equal', async () => {
  const { vcs, sent } = setting
  const first = await vcs.publishPullRequest(specOf())
  sent()
  const result = await vcs.publishPullRequest(specOf({ identity: 'dep-15b', title: 'Another title' }))
  expect(sent()).toEqual([READ_PULL_REQUESTS, WRITE])
  expect(result).toMatchObject({ outcome: 'updated', commit: first.commit, steps: { commit: { status: 'already' } } })
  expect(await onlyPullRequest()).toMatchObject({ title: 'Another title' })
})

test('build statuses, default reviewers, tasks and reviewers by name cost a request more each', async () => {
  const { fake, another, sent } = setting
  const vcs = another({ defaultReviewers: true, tasks: ['Look at the evaluation'], closeSourceBranch: false })
  const statuses = [{ context: 'pullwright', state: 'success' as const }]
  const result = await vcs.publishPullRequest(specOf({ reviewers: ['Jane', 'nobody'], statuses }))
  expect(sent()).toEqual([
    READ_BRANCHES,
    'GET /workspaces/{workspace}/members',
    'GET effective-default-reviewers',
    // Who we are, once: nobody reviews what they opened.
    'GET /user',
    COMMIT,
    'POST commit/{commit}/statuses/build',
    OPEN,
    'POST pullrequests/{pull_request_id}/tasks',
  ])
  expect(result.steps.statuses).toEqual({ status: 'applied' })
  expect(result.steps.reviewers).toMatchObject({
    status: 'failed',
    error: expect.stringContaining('nobody is no member'),
  })
  expect(await onlyPullRequest()).toMatchObject({
    reviewers: ['rita', 'jane'],
    tasks: [{ raw: 'Look at the evaluation', state: 'UNRESOLVED' }],
    closeSourceBranch: false,
  })
  expect(fake.state.statuses(REPOSITORY, result.commit ?? '')).toMatchObject([
    { key: 'pullwright', state: 'SUCCESSFUL', refname: BRANCH },
  ])
})

test('says of what Bitbucket lacks that it lacks it, and shows labels in the text', async () => {
  const wishes = {
    labels: ['deployment', 'pro`d'],
    assignees: ['joe'],
    autoMerge: 'squash',
    teamReviewers: ['acme/ops'],
  } as const
  const spec = specOf({ ...wishes, labels: [...wishes.labels], assignees: ['joe'], teamReviewers: ['acme/ops'] })
  const first = await setting.vcs.publishPullRequest(spec)
  const again = await setting.vcs.publishPullRequest(spec)
  for (const { steps } of [first, again]) {
    expect(steps.labels?.status).toBe('unsupported')
    expect(steps.assignees?.status).toBe('unsupported')
    expect(steps.autoMerge?.status).toBe('unsupported')
    expect(steps.reviewers).toMatchObject({ status: 'unsupported', error: expect.stringContaining('acme/ops') })
  }
  expect(again.outcome).toBe('unchanged')
  expect(first.pullRequest?.body).toContain('Labels: `deployment`, `pro d`')
  expect(await onlyPullRequest()).toMatchObject({ reviewers: [] })
})

test('a reviewer who may not review does not stop the pull request', async () => {
  const bot = uuidOf('pullwright-bot')
  const result = await setting.vcs.publishPullRequest(specOf({ reviewers: [bot] }))
  expect(result).toMatchObject({
    outcome: 'created',
    steps: { reviewers: { status: 'failed', error: expect.stringContaining('is the author') } },
  })
})

test('changes many files at once: added, replaced, deleted, binary, with names from everywhere', async () => {
  const { fake, vcs, sent } = setting
  await fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { 'old.json': '1', 'same.txt': 'same' } })
  const files = [
    { path: 'déploiements/プロンプト 🚀.json', content: 'schöne Grüße\r\n' },
    { path: 'with space/a"b\\c.txt', content: 'x\n--boundary\r\n' },
    { path: 'binary.bin', content: new Uint8Array([0, 255, 13, 10, 254]) },
    { path: 'message', content: 'not the commit message' },
    { path: 'same.txt', content: 'same' },
    { path: 'old.json', content: null },
    { path: 'never-there.json', content: null },
  ]
  expect((await vcs.publishPullRequest(specOf({ files }))).outcome).toBe('created')
  const there = await fake.state.files(REPOSITORY, BRANCH)
  expect(Object.keys(there).sort()).toEqual(
    [
      'README.md',
      'binary.bin',
      'déploiements/プロンプト 🚀.json',
      'message',
      'same.txt',
      'with space/a"b\\c.txt',
    ].sort(),
  )
  expect(there['déploiements/プロンプト 🚀.json']).toBe('schöne Grüße\r\n')
  expect(there.message).toBe('not the commit message')
  const snapshot = await vcs.readFiles(REPOSITORY, {
    ref: BRANCH,
    paths: ['with space/a"b\\c.txt', 'nowhere', 'déploiements'],
  })
  expect(snapshot.files['with space/a"b\\c.txt']?.content).toBe('x\n--boundary\r\n')
  expect(snapshot.files).toMatchObject({ nowhere: null, déploiements: null })
  sent()
  expect((await vcs.publishPullRequest(specOf({ files }))).outcome).toBe('unchanged')
})

test('the base that holds the files already gets no pull request, and no branch is left', async () => {
  const { fake, vcs, sent } = setting
  await fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { [PATH]: '{ "revision": 15 }\n' } })
  const result = await vcs.publishPullRequest(specOf())
  expect(result).toMatchObject({
    outcome: 'unchanged',
    pullRequest: null,
    reason: expect.stringContaining('already holds'),
  })
  expect(sent()).toEqual([READ_BRANCHES, COMMIT, READ_PULL_REQUESTS])
  expect(await fake.state.branches(REPOSITORY)).not.toHaveProperty(BRANCH)
})

test('after a merge the same deployment is done, and the next one opens anew', async () => {
  const { fake, vcs, another } = setting
  const first = await vcs.publishPullRequest(specOf({ order: { origin: 'store', sequence: 15 } }))
  await fake.state.mergePullRequest(REPOSITORY, 1, { strategy: 'squash' })
  expect(await fake.state.branches(REPOSITORY)).not.toHaveProperty(BRANCH)
  for (const adapter of [vcs, another()]) {
    const again = await adapter.publishPullRequest(specOf({ order: { origin: 'store', sequence: 15 } }))
    expect(again).toMatchObject({
      outcome: 'unchanged',
      pullRequest: { number: first.pullRequest?.number, state: 'merged' },
    })
  }
  const next = await vcs.publishPullRequest(nextSpec({ order: { origin: 'store', sequence: 16 } }))
  expect(next).toMatchObject({ outcome: 'created', pullRequest: { number: 2 } })
})
