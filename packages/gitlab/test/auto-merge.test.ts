import { afterEach, beforeEach, expect, test } from 'vitest'
import { nextSpec, openSetting, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting()
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const CREATED = ['PublishPlan', 'POST commits', 'POST merge_requests']

test('sets auto-merge with one more request, pinned to its commit', async () => {
  const { fake, vcs, sent } = setting
  const result = await vcs.publishPullRequest(specOf({ autoMerge: 'squash' }))
  expect(sent()).toEqual([...CREATED, 'PUT merge_requests/:iid/merge'])
  expect(JSON.parse(fake.requests.at(-1)?.body ?? '')).toEqual({ auto_merge: true, sha: result.commit, squash: true })
  expect(result.steps.autoMerge).toEqual({ status: 'applied' })
  expect(fake.state.mergeRequests(REPOSITORY)).toMatchObject([{ autoMerge: true, squash: true, state: 'opened' }])
  await vcs.publishPullRequest(specOf({ autoMerge: 'squash' }))
  expect(sent()).toEqual(['PublishPlan'])
})

test('asks again while GitLab has not looked at the merge request', async () => {
  const { fake, vcs, sent } = setting
  fake.state.changeProject(REPOSITORY, { checkingTries: 2 })
  const result = await vcs.publishPullRequest(specOf({ autoMerge: true }))
  const merge = 'PUT merge_requests/:iid/merge'
  expect(sent()).toEqual([...CREATED, merge, merge, merge])
  expect(result.steps.autoMerge).toEqual({ status: 'applied' })
})

test('tells that auto-merge has nothing to wait for and cannot merge either', async () => {
  const { fake, vcs } = setting
  fake.state.changeProject(REPOSITORY, { checkingTries: 99 })
  const result = await vcs.publishPullRequest(specOf({ autoMerge: true }))
  expect(result).toMatchObject({ outcome: 'created', steps: { autoMerge: { status: 'deferred' } } })
})

test('a run that ended before auto-merge is finished by the next', async () => {
  const { fake, vcs, sent } = setting
  fake.fail({ match: { path: /\/merge$/ }, reset: true, times: 1 })
  const first = await vcs.publishPullRequest(specOf({ autoMerge: true }))
  expect(first.steps.autoMerge?.status).toBe('failed')
  sent()
  const second = await vcs.publishPullRequest(specOf({ autoMerge: true }))
  expect(sent()).toEqual(['PublishPlan', 'PUT merge_requests/:iid/merge'])
  expect(second.steps.autoMerge).toEqual({ status: 'applied' })
})

test('merges at once where nothing is left to wait for', async () => {
  const { fake, vcs } = setting
  fake.state.changeProject(REPOSITORY, { ci: false, onlyAllowMergeIfPipelineSucceeds: false })
  const result = await vcs.publishPullRequest(specOf({ autoMerge: true }))
  const [there] = fake.state.mergeRequests(REPOSITORY)
  expect(there?.state).toBe('merged')
  expect(result.pullRequest).toMatchObject({ state: 'merged', mergeCommit: there?.mergeCommit })
  expect(await fake.state.branches(REPOSITORY)).toEqual(['main'])
})

test('opens a draft, which auto-merge waits for without a request', async () => {
  const { fake, vcs, sent } = setting
  const result = await vcs.publishPullRequest(specOf({ draft: true, autoMerge: true }))
  expect(sent()).toEqual(CREATED)
  expect(fake.state.mergeRequests(REPOSITORY)).toMatchObject([{ title: 'Draft: Deploy support-bot 15 to production' }])
  expect(result.pullRequest).toMatchObject({ draft: true, title: 'Deploy support-bot 15 to production' })
  expect(result.steps.autoMerge?.status).toBe('deferred')
  expect(await vcs.publishPullRequest(nextSpec({ draft: true }))).toMatchObject({ pullRequest: { draft: true } })
})

test('switches auto-merge off where it is on, also where nothing else is to be done', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf({ autoMerge: true }))
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({ outcome: 'unchanged' })
  expect(fake.state.mergeRequests(REPOSITORY)).toMatchObject([{ autoMerge: true }])
  sent()
  const off = await vcs.publishPullRequest(specOf({ autoMerge: false }))
  expect(sent()).toEqual(['PublishPlan', 'POST merge_requests/:iid/cancel_merge_when_pipeline_succeeds'])
  expect(off.steps.autoMerge).toEqual({ status: 'applied' })
  expect(fake.state.mergeRequests(REPOSITORY)).toMatchObject([{ autoMerge: false, state: 'opened' }])
  expect(await vcs.publishPullRequest(specOf({ autoMerge: false }))).toMatchObject({ outcome: 'unchanged' })
  expect(sent()).toEqual(['PublishPlan'])
})

test('a commit ends auto-merge by itself, so there is nothing to switch off', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf({ autoMerge: true }))
  sent()
  const { steps } = await vcs.publishPullRequest(nextSpec({ autoMerge: false }))
  expect(steps.autoMerge).toBeUndefined()
  expect(sent()).toEqual(['PublishPlan', 'POST commits', 'PUT merge_requests/:iid'])
  expect(fake.state.mergeRequests(REPOSITORY)).toMatchObject([{ autoMerge: false }])
})
