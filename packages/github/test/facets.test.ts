import { writeComment } from '@pullwright/core/vcs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nextSpec, openSetting, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting

beforeEach(async () => {
  setting = await openSetting({ private: true, deleteBranchOnMerge: false })
})

afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

async function openPullRequest(files: Record<string, string | null> = { 'a.json': '{}' }) {
  await setting.fake.state.commit({ repository: REPOSITORY, branch: 'topic', files })
  return setting.fake.state.openPullRequest(REPOSITORY, { head: 'topic', by: 'jane' })
}

describe('a pull request', () => {
  it('tells where it comes from and what became of it', async () => {
    const { number, baseOid } = await openPullRequest()
    expect(await setting.vcs.getPullRequest(REPOSITORY, number)).toMatchObject({
      headRepository: REPOSITORY,
      baseCommit: baseOid,
    })
    setting.fake.state.updateRepository(REPOSITORY, { protectedBranches: {} })
    const base = await setting.fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { 'b.txt': 'b' } })
    const mergeCommit = await setting.fake.state.mergePullRequest(REPOSITORY, number, { by: 'joe' })
    expect(await setting.vcs.getPullRequest(REPOSITORY, number)).toMatchObject({
      state: 'merged',
      baseCommit: base,
      mergeCommit,
      mergedBy: 'joe',
    })
    expect((await setting.vcs.findPullRequests(REPOSITORY, { state: 'merged' }))[0]).toMatchObject({
      mergeCommit,
      mergedBy: 'joe',
    })
  })

  it.each(['SQUASH', 'REBASE'] as const)(
    'of several commits merged by %s tells the base it was merged onto',
    async (method) => {
      setting.fake.state.updateRepository(REPOSITORY, { protectedBranches: {} })
      const base = await setting.fake.state.head(REPOSITORY)
      const { number } = await openPullRequest()
      await setting.fake.state.commit({ repository: REPOSITORY, branch: 'topic', files: { 'b.json': '{}' } })
      await setting.fake.state.mergePullRequest(REPOSITORY, number, { method })
      expect(await setting.vcs.getPullRequest(REPOSITORY, number)).toMatchObject({ baseCommit: base })
    },
  )

  it('of a fork names it', async () => {
    await setting.fake.state.commit({ repository: REPOSITORY, branch: 'theirs', files: { a: 'a' } })
    const { number } = await setting.fake.state.openPullRequest(REPOSITORY, { head: 'theirs', fork: 'mallory/prompts' })
    expect(await setting.vcs.getPullRequest(REPOSITORY, number)).toMatchObject({ headRepository: 'mallory/prompts' })
  })
})

describe('auto-merge that is to be off', () => {
  it('is switched off in the same mutation, before the commit', async () => {
    await setting.vcs.publishPullRequest(specOf({ autoMerge: 'squash' }))
    expect(await setting.fake.state.pullRequest(REPOSITORY, 1)).toMatchObject({ autoMerge: { method: 'SQUASH' } })
    setting.sent()
    const result = await setting.vcs.publishPullRequest(nextSpec({ autoMerge: false }))
    expect(result).toMatchObject({ outcome: 'updated', steps: { autoMerge: { status: 'applied' } } })
    expect(setting.sent()).toEqual(['PublishPlan', 'UpdatePullRequest'])
    expect(setting.fake.requests.at(-1)?.graphql?.rootFields[0]).toBe('disablePullRequestAutoMerge')
    expect((await setting.fake.state.pullRequest(REPOSITORY, 1)).autoMerge).toBeNull()
  })

  it('is left as people set it where nobody asks', async () => {
    await setting.vcs.publishPullRequest(specOf({ autoMerge: 'squash' }))
    await setting.vcs.publishPullRequest(nextSpec())
    expect((await setting.fake.state.pullRequest(REPOSITORY, 1)).autoMerge).not.toBeNull()
  })

  it('is not asked about where it is off', async () => {
    const { steps } = await setting.vcs.publishPullRequest(specOf({ autoMerge: false }))
    expect(steps.autoMerge).toBeUndefined()
  })
})

describe('reviews', () => {
  it('are the last of each person; a comment takes no verdict back', async () => {
    const { number, headOid } = await openPullRequest()
    const { state } = setting.fake
    await state.review(REPOSITORY, number, 'joe', 'APPROVED')
    await state.review(REPOSITORY, number, 'joe', 'COMMENTED')
    await state.review(REPOSITORY, number, 'rita', 'CHANGES_REQUESTED')
    await state.review(REPOSITORY, number, 'ann', 'COMMENTED')
    await state.review(REPOSITORY, number, 'bob', 'APPROVED')
    state.dismissReview(REPOSITORY, number, 'bob')
    const reviews = (await setting.vcs.reviews?.list({ repository: REPOSITORY, number })) ?? []
    expect(reviews.map(({ author, state }) => [author, state])).toEqual([
      ['joe', 'approved'],
      ['rita', 'changes_requested'],
      ['ann', 'commented'],
      ['bob', 'dismissed'],
    ])
    expect(reviews[0]).toMatchObject({ commit: headOid, submittedAt: expect.any(Number) })
  })

  it('are read over all pages', async () => {
    const { number } = await openPullRequest()
    for (let n = 0; n < 101; n++) await setting.fake.state.review(REPOSITORY, number, `p${n}`, 'COMMENTED')
    expect(await setting.vcs.reviews?.list({ repository: REPOSITORY, number })).toHaveLength(101)
  })

  it('are asked of people and teams beside those asked before', async () => {
    const { number } = await openPullRequest()
    const ref = { repository: REPOSITORY, number }
    await setting.vcs.reviews?.request(ref, ['joe'])
    await setting.vcs.reviews?.request(ref, ['rita', 'acme/reviewers'])
    expect(await setting.fake.state.pullRequest(REPOSITORY, number)).toMatchObject({
      reviewers: ['joe', 'rita'],
      teamReviewers: ['reviewers'],
    })
  })
})

describe('contents', () => {
  it('are what a pull request changes, over all pages', async () => {
    await setting.fake.state.commit({
      repository: REPOSITORY,
      branch: 'main',
      files: { 'old.txt': 'x', 'kept.txt': 'y' },
    })
    const many = Object.fromEntries(Array.from({ length: 101 }, (_, n) => [`f/${n}.txt`, `${n}`]))
    const { number } = await openPullRequest({ ...many, 'old.txt': null, 'kept.txt': 'z' })
    const files = (await setting.vcs.contents?.changedFiles({ repository: REPOSITORY, number })) ?? []
    expect(files).toHaveLength(103)
    expect(files).toContainEqual({ path: 'old.txt', status: 'removed' })
    expect(files).toContainEqual({ path: 'kept.txt', status: 'modified' })
    expect(files).toContainEqual({ path: 'f/100.txt', status: 'added' })
  })

  it('tell where two branches met', async () => {
    const base = await setting.fake.state.head(REPOSITORY)
    await openPullRequest()
    await setting.fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { 'b.txt': 'b' } })
    expect(await setting.vcs.contents?.mergeBase(REPOSITORY, 'main', 'topic')).toBe(base)
    await expect(setting.vcs.contents?.mergeBase(REPOSITORY, 'main', 'gone')).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})

describe('access', () => {
  it('tells who set a label last, an app by the name that webhooks have', async () => {
    const { number } = await openPullRequest()
    const by = (label: string) => setting.vcs.access?.labeledBy?.({ repository: REPOSITORY, number }, label)
    expect(await by('ship it')).toBeNull()
    for (const person of ['joe', 'rita']) setting.fake.state.addLabel(REPOSITORY, number, 'ship it', person)
    setting.fake.state.addLabel(REPOSITORY, number, 'other', 'robot[bot]')
    expect([await by('Ship It'), await by('other')]).toEqual(['rita', 'robot[bot]'])
  })

  it('is what a person may do', async () => {
    const { state } = setting.fake
    state.updateRepository(REPOSITORY, {})
    state.addCollaborator(REPOSITORY, 'reader', 'read')
    state.addCollaborator(REPOSITORY, 'keeper', 'maintain')
    state.addCollaborator(REPOSITORY, 'boss', 'admin')
    state.createUser({ login: 'stranger', outsider: true })
    const levels = ['reader', 'jane', 'keeper', 'boss', 'stranger', 'nobody-at-all'].map((user) =>
      setting.vcs.access?.permission(REPOSITORY, user),
    )
    expect(await Promise.all(levels)).toEqual(['read', 'write', 'write', 'admin', 'none', 'none'])
    await expect(setting.vcs.access?.permission('acme/hidden', 'jane')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('knows who we are, and asks once', async () => {
    setting.sent()
    expect(await setting.vcs.access?.self(REPOSITORY)).toBe('pullwright-bot')
    expect(await setting.vcs.access?.self(REPOSITORY)).toBe('pullwright-bot')
    expect(setting.sent()).toEqual(['Viewer'])
  })
})

describe('a deployment on the forge', () => {
  const deployment = (sha: string) => ({ identity: 'dep-1', environment: 'staging', sha, description: 'd'.repeat(200) })

  it('is recorded once for each identity and environment, and starts nothing', async () => {
    const sha = (await setting.fake.state.head(REPOSITORY)) ?? ''
    const first = await setting.vcs.deployments?.record(REPOSITORY, deployment(sha))
    expect(await setting.vcs.deployments?.record(REPOSITORY, deployment(sha))).toEqual(first)
    const later = await setting.fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { a: 'a' } })
    expect(await setting.vcs.deployments?.record(REPOSITORY, deployment(later))).toEqual(first)
    const other = { ...deployment(sha), environment: 'production', production: true }
    expect(await setting.vcs.deployments?.record(REPOSITORY, other)).not.toEqual(first)
    // Somebody else's with our payload.
    expect(await setting.as('mallory').deployments?.record(REPOSITORY, deployment(sha))).not.toEqual(first)
    const all = setting.fake.state.deployments(REPOSITORY)
    expect(all).toHaveLength(3)
    expect(all[0]).toMatchObject({ sha, environment: 'staging', payload: '{"pullwright":"dep-1"}', production: false })
    expect(all[1]).toMatchObject({ environment: 'production', production: true })
    const post = setting.fake.requests.find(({ operations }) => operations[0]?.startsWith('POST'))
    expect(JSON.parse(post?.body ?? '')).toMatchObject({ auto_merge: false, required_contexts: [], ref: sha })
  })

  it('follows what becomes of it, and is left alone when equal', async () => {
    const sha = (await setting.fake.state.head(REPOSITORY)) ?? ''
    const { deployments } = setting.vcs
    const before = (await deployments?.record(REPOSITORY, { ...deployment(sha), identity: 'dep-0' })) ?? { id: '' }
    await deployments?.setStatus(REPOSITORY, before.id, { state: 'success' })
    const { id } = (await deployments?.record(REPOSITORY, deployment(sha))) ?? { id: '' }
    const status = { state: 'success' as const, description: 'x'.repeat(200), url: 'https://host.test/1' }
    await deployments?.setStatus(REPOSITORY, id, { state: 'in_progress' })
    await deployments?.setStatus(REPOSITORY, id, status)
    setting.sent()
    await deployments?.setStatus(REPOSITORY, id, status)
    expect(setting.sent()).toHaveLength(1)
    const [first, second] = setting.fake.state.deployments(REPOSITORY)
    expect(second?.statuses.map(({ state }) => state)).toEqual(['in_progress', 'success'])
    expect(second?.statuses[1]?.description).toHaveLength(140)
    // Another application in the same environment still runs.
    expect(first?.statuses.map(({ state }) => state)).toEqual(['success'])
  })
})

describe('an issue', () => {
  const issue = { marker: 'deployment-failed/1', title: 'It failed', body: 'Why', labels: ['deployment'] }
  const issues = () => setting.fake.state.issues(REPOSITORY)

  it('is opened once, edited after that, and left alone when equal', async () => {
    const made = await setting.vcs.issues?.upsert(REPOSITORY, issue)
    expect(made).toMatchObject({ outcome: 'created', number: 1 })
    setting.sent()
    expect(await setting.vcs.issues?.upsert(REPOSITORY, issue)).toEqual({ ...made, outcome: 'unchanged' })
    expect(setting.sent()).toEqual(['OpenIssues'])
    const more = { ...issue, title: 'It failed again', labels: ['Deployment', 'urgent'] }
    expect(await setting.vcs.issues?.upsert(REPOSITORY, more)).toEqual({ ...made, outcome: 'updated' })
    expect(issues()).toMatchObject([{ title: 'It failed again', labels: ['deployment', 'urgent'] }])
    setting.fake.state.closeIssue(REPOSITORY, 1)
    expect(await setting.vcs.issues?.upsert(REPOSITORY, issue)).toMatchObject({ outcome: 'created', number: 2 })
  })

  it('of somebody else with our marker is not ours, however many there are', async () => {
    for (let n = 0; n < 101; n++) {
      setting.fake.state.openIssue(REPOSITORY, { title: `${n}`, body: writeComment(issue), by: 'mallory' })
    }
    const made = await setting.vcs.issues?.upsert(REPOSITORY, issue)
    expect(made).toMatchObject({ outcome: 'created', number: 102 })
    expect(await setting.vcs.issues?.upsert(REPOSITORY, issue)).toEqual({ ...made, outcome: 'unchanged' })
  })

  it('is unsupported where issues are switched off', async () => {
    setting.fake.state.updateRepository(REPOSITORY, { hasIssues: false })
    await expect(setting.vcs.issues?.upsert(REPOSITORY, issue)).rejects.toMatchObject({ code: 'unsupported' })
  })
})
