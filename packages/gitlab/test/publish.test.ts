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

const CREATED = ['PublishPlan', 'POST commits', 'POST merge_requests']

test('creates a merge request with labels, reviewers and assignees in three requests', async () => {
  const { fake, vcs, sent } = setting
  const result = await vcs.publishPullRequest(specOf(DECORATED))
  expect(sent()).toEqual(CREATED)
  expect(result.steps).toEqual({
    branch: { status: 'applied' },
    commit: { status: 'applied' },
    pullRequest: { status: 'applied' },
    labels: { status: 'applied' },
    reviewers: { status: 'applied' },
    assignees: { status: 'applied' },
  })
  const [there] = fake.state.mergeRequests(REPOSITORY)
  expect(there).toMatchObject({
    state: 'opened',
    title: 'Deploy support-bot 15 to production',
    source: BRANCH,
    target: 'main',
    labels: ['deployment', 'production'],
    reviewers: ['jane'],
    assignees: ['joe'],
    removeSourceBranch: true,
    draft: false,
  })
  expect(result).toMatchObject({
    outcome: 'created',
    commit: there?.sha,
    pullRequest: {
      repository: REPOSITORY,
      number: there?.iid,
      url: there?.url,
      body: there?.description,
      head: there?.sha,
      state: 'open',
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

test('updates in three requests, and keeps who was asked by hand', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf({ reviewers: ['jane'] }))
  sent()
  const result = await vcs.publishPullRequest(nextSpec({ ...DECORATED, reviewers: ['joe'] }))
  expect(sent()).toEqual(['PublishPlan', 'POST commits', 'PUT merge_requests/:iid'])
  expect(result).toMatchObject({ outcome: 'updated', steps: { reviewers: { status: 'applied' } } })
  expect(fake.state.mergeRequests(REPOSITORY)).toMatchObject([
    { title: 'Deploy support-bot 16 to production', reviewers: ['jane', 'joe'], labels: ['deployment', 'production'] },
  ])
  expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toBe('{ "revision": 16 }\n')
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(3)
})

test('does nothing in one request, also after a restart', async () => {
  const { vcs, as, sent } = setting
  const first = await vcs.publishPullRequest(specOf(DECORATED))
  sent()
  const second = await as('pullwright-bot').publishPullRequest(specOf(DECORATED))
  expect(sent()).toEqual(['PublishPlan'])
  expect(second).toMatchObject({ outcome: 'unchanged', commit: first.commit })
  expect(second.pullRequest?.number).toBe(first.pullRequest?.number)
})

test('names what GitLab does not take in the steps, and applies the rest', async () => {
  const result = await setting.vcs.publishPullRequest(
    specOf({
      reviewers: ['jane', 'nobody'],
      teamReviewers: ['acme/reviewers'],
      labels: ['a,b', 'fine'],
      assignees: ['joe'],
    }),
  )
  expect(result.outcome).toBe('created')
  expect(result.steps.reviewers).toMatchObject({ status: 'failed', error: expect.stringMatching(/no user nobody/) })
  expect(result.steps.reviewers?.error).toMatch(/acme\/reviewers was not asked/)
  expect(result.steps.labels).toMatchObject({ status: 'failed', error: expect.stringMatching(/comma/) })
  expect(setting.fake.state.mergeRequests(REPOSITORY)).toMatchObject([
    { labels: ['fine'], reviewers: ['jane'], assignees: ['joe'] },
  ])
})

test('teams alone are unsupported', async () => {
  const result = await setting.vcs.publishPullRequest(specOf({ teamReviewers: ['reviewers'] }))
  expect(result.steps.reviewers).toMatchObject({ status: 'unsupported' })
})

test('notices whom GitLab dropped without a word', async () => {
  setting.fake.state.changeProject(REPOSITORY, { premium: false })
  const result = await setting.vcs.publishPullRequest(specOf({ reviewers: ['jane', 'joe'] }))
  expect(result.steps.reviewers).toMatchObject({ status: 'failed', error: expect.stringMatching(/did not take joe/) })
})

test('posts statuses on its commit', async () => {
  const { fake, vcs, sent } = setting
  const result = await vcs.publishPullRequest(
    specOf({ statuses: [{ context: 'pullwright', state: 'failure', description: 'No.' }] }),
  )
  expect(sent()).toEqual(['PublishPlan', 'POST commits', 'POST statuses/:sha', 'POST merge_requests'])
  expect(result.steps.statuses).toEqual({ status: 'applied' })
  expect(fake.state.statuses(REPOSITORY, result.commit ?? '')).toMatchObject([{ name: 'pullwright', status: 'failed' }])
})

test('writes and deletes files of any name and content, many at once', async () => {
  const { fake, vcs } = setting
  const bytes = new Uint8Array([0, 255, 254, 13, 10])
  const files = Array.from({ length: 40 }, (_, n) => ({ path: `many/${n}.txt`, content: `${n}` }))
  const odd = [
    { path: 'ordner/prompt für Ärger 🚀.md', content: 'ü🚀\r\n' },
    { path: 'a b/%20#?.bin', content: bytes },
    { path: 'README.md', content: null },
    { path: 'never/there', content: null },
  ]
  const result = await vcs.publishPullRequest(specOf({ files: [...odd, ...files] }))
  expect(result.outcome).toBe('created')
  expect(await fake.state.file(REPOSITORY, 'ordner/prompt für Ärger 🚀.md', BRANCH)).toBe('ü🚀\r\n')
  expect(await fake.state.bytes(REPOSITORY, 'a b/%20#?.bin', BRANCH)).toEqual(Buffer.from(bytes))
  expect(await fake.state.file(REPOSITORY, 'README.md', BRANCH)).toBeNull()
  const changed = files.map((file, n) => (n === 39 ? { ...file, content: 'new' } : file))
  await vcs.publishPullRequest(nextSpec({ files: [...odd, ...changed] }))
  expect(await fake.state.file(REPOSITORY, 'many/39.txt', BRANCH)).toBe('new')
})

test('no text of a body can command GitLab, and the marker survives', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf({ body: 'Fine\n/merge\n<!-- --> -->\n\n```\n/close\n```' }))
  const [there] = fake.state.mergeRequests(REPOSITORY)
  expect(there?.description).toMatch(/^\\\/merge$/m)
  expect(there?.description).toMatch(/^\/close$/m)
  expect(await vcs.getPullRequest(REPOSITORY, 1)).toMatchObject({ marker: { identity: 'dep-15' } })
})
