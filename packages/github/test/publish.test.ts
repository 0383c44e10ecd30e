import { afterEach, beforeEach, expect, test } from 'vitest'
import { BRANCH, DECORATED, nextSpec, openSetting, PATH, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting()
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

test('creates a pull request with everything on it in three requests', async () => {
  const { fake, vcs, sent } = setting
  const result = await vcs.publishPullRequest(specOf(DECORATED))
  expect(sent()).toEqual(['PublishPlan', 'CreatePullRequest', 'DecoratePullRequest'])
  expect(result.steps).toEqual({
    branch: { status: 'applied' },
    commit: { status: 'applied' },
    pullRequest: { status: 'applied' },
    labels: { status: 'applied' },
    reviewers: { status: 'applied' },
    assignees: { status: 'applied' },
    autoMerge: { status: 'applied' },
  })
  const [there] = await fake.state.pullRequests(REPOSITORY)
  expect(there).toMatchObject({
    state: 'open',
    title: 'Deploy support-bot 15 to production',
    base: 'main',
    head: BRANCH,
    labels: ['deployment', 'production'],
    reviewers: ['jane'],
    teamReviewers: ['reviewers'],
    assignees: ['joe'],
    autoMerge: { method: 'SQUASH' },
  })
  expect(result).toMatchObject({
    outcome: 'created',
    commit: there?.headOid,
    pullRequest: {
      repository: REPOSITORY,
      number: there?.number,
      url: there?.url,
      body: there?.body,
      head: there?.headOid,
      state: 'open',
      draft: false,
      branch: BRANCH,
      base: 'main',
      labels: ['deployment', 'production'],
      author: 'pullwright-bot',
      marker: { kind: 'document', identity: 'dep-15' },
    },
  })
  expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toBe('{ "revision": 15 }\n')
  const [commit] = await fake.state.commits(REPOSITORY, BRANCH)
  expect(commit).toMatchObject({ message: 'Deploy support-bot 15 to production\n\nBy jane.' })
})

test('creates a bare pull request in two requests', async () => {
  const result = await setting.vcs.publishPullRequest(specOf())
  expect(setting.sent()).toEqual(['PublishPlan', 'CreatePullRequest'])
  expect(Object.keys(result.steps)).toEqual(['branch', 'commit', 'pullRequest'])
})

test('updates in two requests with everything asked for again', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf(DECORATED))
  sent()
  const result = await vcs.publishPullRequest(nextSpec(DECORATED))
  expect(sent()).toEqual(['PublishPlan', 'UpdatePullRequest'])
  expect(result.outcome).toBe('updated')
  expect(result.steps).toEqual({
    branch: { status: 'already' },
    commit: { status: 'applied' },
    pullRequest: { status: 'applied' },
    labels: { status: 'already' },
    reviewers: { status: 'already' },
    assignees: { status: 'already' },
    autoMerge: { status: 'already' },
  })
  const all = await fake.state.pullRequests(REPOSITORY)
  expect(all).toHaveLength(1)
  expect(all[0]).toMatchObject({ title: 'Deploy support-bot 16 to production', headOid: result.commit })
  expect(all[0]?.body).toBe(result.pullRequest?.body)
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(3)
  expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toBe('{ "revision": 16 }\n')
})

test('adds what is newly asked for to an open pull request, within the same two requests', async () => {
  const { fake, vcs, sent } = setting
  fake.state.createLabel(REPOSITORY, 'deployment')
  await vcs.publishPullRequest(specOf())
  sent()
  const wishes = { labels: ['Deployment'], reviewers: ['jane'], teamReviewers: ['acme/reviewers'], assignees: ['joe'] }
  const result = await vcs.publishPullRequest(nextSpec(wishes))
  expect(sent()).toEqual(['PublishPlan', 'UpdatePullRequest'])
  expect(result.steps).toMatchObject({ labels: { status: 'applied' }, reviewers: { status: 'applied' } })
  expect((await fake.state.pullRequests(REPOSITORY))[0]).toMatchObject({
    labels: ['deployment'],
    reviewers: ['jane'],
    teamReviewers: ['reviewers'],
    assignees: ['joe'],
  })
})

test('a label that is new, or auto-merge that is, costs an update one request more', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf())
  sent()
  const result = await vcs.publishPullRequest(nextSpec({ labels: ['fresh'], autoMerge: 'merge' }))
  expect(sent()).toEqual(['PublishPlan', 'UpdatePullRequest', 'DecoratePullRequest'])
  expect(result.steps).toMatchObject({ labels: { status: 'applied' }, autoMerge: { status: 'applied' } })
  const [there] = await fake.state.pullRequests(REPOSITORY)
  expect(there).toMatchObject({ labels: ['fresh'], autoMerge: { method: 'MERGE' }, body: result.pullRequest?.body })
  expect(there?.body).not.toContain('pending')
})

test('writes nothing where the identity is the same, though the file is not', async () => {
  const { fake, vcs, sent } = setting
  const first = await vcs.publishPullRequest(specOf(DECORATED))
  sent()
  const again = specOf({ ...DECORATED, files: [{ path: PATH, content: '{ "revision": 15, "at": "later" }\n' }] })
  const result = await vcs.publishPullRequest(again)
  expect(sent()).toEqual(['PublishPlan'])
  expect(result).toMatchObject({ outcome: 'unchanged', commit: first.commit, pullRequest: first.pullRequest })
  expect(new Set(Object.values(result.steps).map((step) => step.status))).toEqual(new Set(['already']))
  expect(fake.requests.filter(({ graphql }) => graphql?.type === 'mutation')).toHaveLength(2)
})

test('posts each commit status with one request more, and none of them twice', async () => {
  const { fake, vcs, sent } = setting
  const statuses = [{ context: 'pullwright', state: 'success' as const, description: 'x'.repeat(200) }]
  const result = await vcs.publishPullRequest(specOf({ ...DECORATED, statuses }))
  expect(sent()).toEqual([
    'PublishPlan',
    'CreatePullRequest',
    'POST /repos/{owner}/{repo}/statuses/{sha}',
    'DecoratePullRequest',
  ])
  expect(result.steps.statuses).toEqual({ status: 'applied' })
  const [status] = fake.state.statuses(REPOSITORY, result.commit ?? '')
  expect(status).toMatchObject({ context: 'pullwright', state: 'success' })
  expect(status?.description).toHaveLength(140)
  await vcs.publishPullRequest(specOf({ ...DECORATED, statuses }))
  expect(sent()).toEqual(['PublishPlan'])
  await vcs.publishPullRequest(nextSpec({ ...DECORATED, statuses }))
  expect(sent()).toEqual(['PublishPlan', 'UpdatePullRequest', 'POST /repos/{owner}/{repo}/statuses/{sha}'])
})

test('changes many files at once: added, replaced, deleted, binary, with names from everywhere', async () => {
  const { fake, vcs } = setting
  await fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { 'old.json': '1', 'same.txt': 'same' } })
  const bytes = new Uint8Array([0, 255, 1, 254])
  const result = await vcs.publishPullRequest(
    specOf({
      files: [
        { path: 'déploiements/プロンプト 🚀.json', content: 'schöne Grüße\n' },
        { path: 'with space/a"b\\c.txt', content: 'x' },
        { path: 'binary.bin', content: bytes },
        { path: 'same.txt', content: 'same' },
        { path: 'old.json', content: null },
        { path: 'never-there.json', content: null },
      ],
    }),
  )
  expect(result.outcome).toBe('created')
  const files = await fake.state.files(REPOSITORY, BRANCH)
  expect(Object.keys(files).sort()).toEqual(
    ['README.md', 'binary.bin', 'déploiements/プロンプト 🚀.json', 'same.txt', 'with space/a"b\\c.txt'].sort(),
  )
  expect(files['déploiements/プロンプト 🚀.json']).toBe('schöne Grüße\n')
})

test('rewrites the text alone where the files are equal', async () => {
  const { fake, vcs } = setting
  const first = await vcs.publishPullRequest(specOf())
  const result = await vcs.publishPullRequest(specOf({ identity: 'dep-15-again', title: 'Another title' }))
  expect(result).toMatchObject({ outcome: 'updated', commit: first.commit, steps: { commit: { status: 'already' } } })
  expect((await fake.state.pullRequests(REPOSITORY))[0]?.title).toBe('Another title')
})

test('opens drafts, and leaves it to people when they end', async () => {
  const { fake, vcs } = setting
  const result = await vcs.publishPullRequest(specOf({ draft: true, autoMerge: 'merge' }))
  expect(result.pullRequest?.draft).toBe(true)
  expect(result.steps.autoMerge?.status).toBe('deferred')
  fake.state.editPullRequest(REPOSITORY, result.pullRequest?.number ?? 0, { draft: false })
  const next = await vcs.publishPullRequest(nextSpec({ draft: true, autoMerge: 'merge' }))
  expect(next.pullRequest?.draft).toBe(false)
  expect(next.steps.autoMerge?.status).toBe('applied')
})

test('keeps labels, reviewers and assignees that people added', async () => {
  const { fake, vcs } = setting
  const first = await vcs.publishPullRequest(specOf({ reviewers: ['jane'] }))
  const number = first.pullRequest?.number ?? 0
  fake.state.createLabel(REPOSITORY, 'hold')
  await vcs.editLabels({ repository: REPOSITORY, number }, { add: ['hold'] })
  const next = await vcs.publishPullRequest(nextSpec({ reviewers: ['joe'], labels: ['mine'] }))
  expect(next.pullRequest?.labels).toEqual(['hold', 'mine'])
  expect(await fake.state.pullRequest(REPOSITORY, number)).toMatchObject({
    labels: ['hold', 'mine'],
    reviewers: ['jane', 'joe'],
  })
})

test('does not ask those again who gave their review', async () => {
  const { fake, vcs } = setting
  const first = await vcs.publishPullRequest(specOf({ reviewers: ['rita'], teamReviewers: ['reviewers'] }))
  await fake.state.review(REPOSITORY, first.pullRequest?.number ?? 0, 'rita', 'APPROVED')
  const next = await vcs.publishPullRequest(nextSpec({ reviewers: ['rita'], teamReviewers: ['reviewers'] }))
  expect(next.steps.reviewers).toEqual({ status: 'already' })
})

test('a proposal of the same identity is not the document', async () => {
  const { vcs } = setting
  await vcs.publishPullRequest(specOf())
  const result = await vcs.publishPullRequest(specOf({ kind: 'propose' }))
  expect(result).toMatchObject({ outcome: 'updated', pullRequest: { marker: { kind: 'propose' } } })
})
