import { afterEach, beforeEach, expect, test } from 'vitest'
import { BRANCH, openSetting, PATH, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting({
    hasIssues: true,
    restrictions: [
      { kind: 'require_approvals_to_merge', pattern: 'ma*', value: 2 },
      { kind: 'require_tasks_to_be_completed', pattern: 'tasks' },
    ],
  })
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const REF = { repository: REPOSITORY, number: 1 }
const publish = () => setting.vcs.publishPullRequest(specOf())

test('finds pull requests by branch, base and state over all pages', async () => {
  const { vcs, fake } = setting
  await fake.state.commit({ repository: REPOSITORY, branch: 'many', files: { 'n.txt': 'n' } })
  for (let n = 1; n <= 61; n += 1) {
    await fake.state.openPullRequest(REPOSITORY, { source: 'many', title: `Number ${n}` })
    await fake.state.declinePullRequest(REPOSITORY, n)
  }
  expect(await vcs.findPullRequests(REPOSITORY, { branch: 'many' })).toEqual([])
  const closed = await vcs.findPullRequests(REPOSITORY, { branch: 'many', base: 'main', state: 'closed' })
  expect(closed.map(({ number }) => number)).toEqual(Array.from({ length: 61 }, (_, n) => 61 - n))
  expect(await vcs.findPullRequests(REPOSITORY, { state: 'all', base: 'elsewhere' })).toEqual([])
})

test('reads a pull request with its whole head, also where a person pushed', async () => {
  const { vcs, fake } = setting
  const made = await publish()
  expect(await vcs.getPullRequest(REPOSITORY, 1)).toMatchObject({ head: made.commit, marker: { identity: 'dep-15' } })
  const theirs = await fake.state.commit({ repository: REPOSITORY, branch: BRANCH, files: { 'x.md': 'x' } })
  expect((await vcs.getPullRequest(REPOSITORY, 1)).head).toBe(theirs)
  await expect(vcs.getPullRequest(REPOSITORY, 9)).rejects.toMatchObject({ code: 'not-found' })
})

test('merges at the commit that was looked at, by each method, and knows what is merged already', async () => {
  const { vcs, fake } = setting
  const { commit } = await publish()
  const elsewhere = { expectedHead: 'f'.repeat(40) }
  await expect(vcs.mergePullRequest(REF, elsewhere)).rejects.toMatchObject({ code: 'conflict' })
  const order = { expectedHead: commit ?? '', method: 'squash' as const }
  await expect(vcs.mergePullRequest(REF, order)).rejects.toMatchObject({ code: 'policy' })
  for (const by of ['jane', 'joe']) fake.state.review(REPOSITORY, 1, by, 'approved')
  const merged = await vcs.mergePullRequest(REF, order)
  const tip = await fake.state.head(REPOSITORY, 'main')
  expect(merged).toEqual({ merged: true, commit: tip?.slice(0, 12) })
  expect((await fake.state.commits(REPOSITORY, 'main'))[0]?.parents).toHaveLength(1)
  expect(await vcs.mergePullRequest(REF, order)).toEqual(merged)
  expect(await vcs.getPullRequest(REPOSITORY, 1)).toMatchObject({ state: 'merged', mergedBy: 'pullwright-bot' })
})

test('counts approvals itself where Bitbucket would merge without', async () => {
  const restrictions = [{ kind: 'require_approvals_to_merge', pattern: 'main', value: 1 }]
  const free = await openSetting({ enforcesMergeChecks: false, restrictions })
  try {
    const { commit } = await free.vcs.publishPullRequest(specOf())
    const order = { expectedHead: commit ?? '' }
    const refused = free.vcs.mergePullRequest(REF, order)
    await expect(refused).rejects.toMatchObject({ code: 'policy', message: expect.stringContaining('0 of the 1') })
    free.fake.state.review(REPOSITORY, 1, 'joe', 'approved')
    expect((await free.vcs.mergePullRequest(REF, order)).merged).toBe(true)
  } finally {
    await free.close()
  }
})

test('waits for a merge that goes on in the background, by the clock it was given', async () => {
  const { fake, another } = setting
  const { commit } = await publish()
  for (const by of ['jane', 'joe']) fake.state.review(REPOSITORY, 1, by, 'approved')
  fake.state.setMerging({ asynchronous: true, pendingLooks: 3 })
  const waits: number[] = []
  const clock = {
    now: () => Date.now(),
    setTimer(callback: () => void, milliseconds: number) {
      waits.push(milliseconds)
      queueMicrotask(callback)
      return () => {}
    },
  }
  expect((await another({ clock }).mergePullRequest(REF, { expectedHead: commit ?? '' })).merged).toBe(true)
  expect(waits).toEqual([1_000, 1_000, 1_000])
})

test('a merge that took too long, and one whose branches moved, may be tried again', async () => {
  const { vcs, fake } = setting
  const { commit } = await publish()
  const order = { expectedHead: commit ?? '' }
  for (const by of ['jane', 'joe']) fake.state.review(REPOSITORY, 1, by, 'approved')
  const path = /\/merge$/
  fake.fail({ match: { path }, times: 1, status: 555, body: { type: 'error', error: { message: 'too long' } } })
  await expect(vcs.mergePullRequest(REF, order)).rejects.toMatchObject({ code: 'unavailable', status: 555 })
  fake.fail({ match: { path }, times: 1, status: 409 })
  await expect(vcs.mergePullRequest(REF, order)).rejects.toMatchObject({ code: 'conflict', retryable: true })
})

test('keeps one comment for each marker and author, over all pages', async () => {
  const { vcs, fake } = setting
  await publish()
  const marker = 'deployment:production'
  fake.state.comment(REPOSITORY, 1, 'jane', `copied\n\n[](#pullwright-comment:${marker})`)
  for (let n = 0; n < 120; n += 1) fake.state.comment(REPOSITORY, 1, 'joe', `number ${n}`)
  const first = await vcs.upsertComment(REF, { marker, body: 'one' })
  expect(first.outcome).toBe('created')
  expect(await vcs.upsertComment(REF, { marker, body: 'one' })).toEqual({ ...first, outcome: 'unchanged' })
  expect(await vcs.upsertComment(REF, { marker, body: 'two' })).toMatchObject({ outcome: 'updated', id: first.id })
  const ours = fake.state.comments(REPOSITORY, 1).filter(({ author }) => author === 'pullwright-bot')
  expect(ours).toHaveLength(1)
  expect(ours[0]?.raw).toMatch(/^two\n/)
})

test('finds its comment though it may not ask who it is', async () => {
  const { fake, another } = setting
  await publish()
  const token = fake.state.createToken({ scopes: ['pullrequest:write'] })
  const vcs = another({ auth: { token } })
  fake.state.comment(REPOSITORY, 1, 'jane', 'copied\n\n[](#pullwright-comment:m)')
  const { id } = await vcs.upsertComment(REF, { marker: 'm', body: 'one' })
  expect(await vcs.upsertComment(REF, { marker: 'm', body: 'two' })).toMatchObject({ outcome: 'updated', id })
  expect(await vcs.upsertComment(REF, { marker: 'm', body: 'two' })).toMatchObject({ outcome: 'unchanged', id })
})

test('sets build statuses; long names stay apart', async () => {
  const { vcs, fake } = setting
  const sha = (await fake.state.head(REPOSITORY, 'main')) ?? ''
  const long = 'evaluation of support-bot in production, '
  for (const context of [`${long}one`, `${long}two`, `${long}one`]) {
    await vcs.setStatus(REPOSITORY, sha, { context, state: 'error', description: 'x'.repeat(300) })
  }
  const there = fake.state.statuses(REPOSITORY, sha)
  expect(there.map(({ name }) => name)).toEqual([`${long}one`, `${long}two`])
  expect(
    there.every(({ key, description, state }) => key.length === 40 && description.length === 255 && state === 'FAILED'),
  ).toBe(true)
  await expect(vcs.setStatus(REPOSITORY, 'main', { context: 'a', state: 'success' })).rejects.toMatchObject({
    code: 'invalid',
  })
})

test('tells reviews, how many are required, and asks for more of them', async () => {
  const { vcs, fake, another } = setting
  await publish()
  fake.state.setReviewers(REPOSITORY, 1, ['joe'])
  await vcs.reviews?.request(REF, ['jane', 'joe'])
  fake.state.review(REPOSITORY, 1, 'jane', 'changes_requested')
  expect((await fake.state.pullRequests(REPOSITORY))[0]?.reviewers).toEqual(['joe', 'jane'])
  expect(await vcs.reviews?.list(REF)).toMatchObject([{ author: 'jane', state: 'changes_requested' }])
  expect(await vcs.reviews?.required(REPOSITORY, 'main')).toBe(2)
  expect(await vcs.reviews?.required(REPOSITORY, 'other')).toBe(0)
  const token = fake.state.createToken({ scopes: ['pullrequest:write'] })
  expect(await another({ auth: { token } }).reviews?.required(REPOSITORY, 'main')).toBeNull()
  await expect(vcs.reviews?.request(REF, ['acme/team'])).rejects.toMatchObject({ code: 'unsupported' })
  await expect(vcs.reviews?.request(REF, ['nobody'])).rejects.toMatchObject({ code: 'invalid' })
})

test('tells what a pull request changes and where branches met', async () => {
  const { vcs, fake } = setting
  const base = await fake.state.head(REPOSITORY, 'main')
  await publish()
  await fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { 'else.md': 'x' } })
  expect(await vcs.contents?.changedFiles(REF)).toEqual([{ path: PATH, status: 'added' }])
  expect(await vcs.contents?.mergeBase(REPOSITORY, 'main', BRANCH)).toBe(base)
})

test('tells what a person may do, and who we are', async () => {
  const { vcs, fake } = setting
  expect(await vcs.access?.permission(REPOSITORY, 'jane')).toBe('write')
  expect(await vcs.access?.permission(REPOSITORY, fake.state.createUser('rita').uuid)).toBe('read')
  expect(await vcs.access?.permission(REPOSITORY, 'stranger')).toBe('none')
  expect(await vcs.access?.self(REPOSITORY)).toBe('pullwright-bot')
})

test('keeps one issue for each marker, where there is a tracker', async () => {
  const { vcs, fake, token } = setting
  fake.state.setScopes(token, ['account', 'issue:write'])
  const issue = { marker: 'drift', title: 'Drift', body: 'one' }
  expect(await vcs.issues?.upsert(REPOSITORY, issue)).toMatchObject({ outcome: 'created', number: 1 })
  expect(await vcs.issues?.upsert(REPOSITORY, issue)).toMatchObject({ outcome: 'unchanged' })
  expect(await vcs.issues?.upsert(REPOSITORY, { ...issue, body: 'two' })).toMatchObject({
    outcome: 'updated',
    number: 1,
  })
  expect(fake.state.issues(REPOSITORY)).toHaveLength(1)
  await fake.state.createRepository({ workspace: 'acme', slug: 'bare' })
  await expect(vcs.issues?.upsert('acme/bare', issue)).rejects.toMatchObject({ code: 'unsupported' })
})

test('has no labels to edit', async () => {
  await setting.vcs.editLabels(REF, {})
  await expect(setting.vcs.editLabels(REF, { add: ['x'] })).rejects.toMatchObject({ code: 'unsupported' })
})
