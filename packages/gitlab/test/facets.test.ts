import { afterEach, beforeEach, expect, test } from 'vitest'
import { BRANCH, openSetting, PATH, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting({ ci: false, onlyAllowMergeIfPipelineSucceeds: false })
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const ref = { repository: REPOSITORY, number: 1 }

async function published() {
  const { commit } = await setting.vcs.publishPullRequest(specOf())
  return commit ?? ''
}

test('reads approvals, what the rules ask for, and asks people beside those asked', async () => {
  const { fake, vcs } = setting
  await published()
  await fake.state.approve(REPOSITORY, 1)
  fake.state.changeProject(REPOSITORY, { requiredApprovals: 2 })
  expect(await vcs.reviews?.list(ref)).toMatchObject([{ author: 'jane', state: 'approved' }])
  expect(await vcs.reviews?.required(REPOSITORY, 'main')).toBe(2)
  fake.state.changeProject(REPOSITORY, { premium: false })
  expect(await vcs.reviews?.required(REPOSITORY, 'main')).toBeNull()
  fake.state.changeProject(REPOSITORY, { premium: true })
  await vcs.reviews?.request(ref, ['joe'])
  await vcs.reviews?.request(ref, ['@jane', 'joe'])
  expect(fake.state.mergeRequests(REPOSITORY)[0]?.reviewers).toEqual(['joe', 'jane'])
  await expect(vcs.reviews?.request(ref, ['acme/team'])).rejects.toMatchObject({ code: 'unsupported' })
})

test('tells what changed, where branches parted and what a person may do', async () => {
  const { fake, vcs } = setting
  const main = await fake.state.head(REPOSITORY, 'main')
  await published()
  expect(await vcs.contents?.changedFiles(ref)).toEqual([{ path: PATH, status: 'added' }])
  expect(await vcs.contents?.mergeBase(REPOSITORY, 'main', BRANCH)).toBe(main)
  const roles = ['jane', 'mallory', 'nobody']
  fake.state.createUser('mallory')
  expect(await Promise.all(roles.map((user) => vcs.access?.permission(REPOSITORY, user)))).toEqual([
    'write',
    'none',
    'none',
  ])
  expect(await vcs.access?.self(REPOSITORY)).toBe('pullwright-bot')
})

test('records a deployment once, and its states', async () => {
  const { fake, vcs } = setting
  const sha = await published()
  const deployment = { identity: 'dep-15', environment: 'production', sha, branch: 'main' }
  const made = await vcs.deployments?.record(REPOSITORY, deployment)
  expect(await vcs.deployments?.record(REPOSITORY, deployment)).toEqual(made)
  await vcs.deployments?.setStatus(REPOSITORY, made?.id ?? '', { state: 'in_progress' })
  await vcs.deployments?.setStatus(REPOSITORY, made?.id ?? '', { state: 'success' })
  await vcs.deployments?.setStatus(REPOSITORY, made?.id ?? '', { state: 'inactive' })
  expect(fake.state.deployments(REPOSITORY)).toMatchObject([{ environment: 'production', sha, status: 'success' }])
})

test('keeps one open issue for a marker', async () => {
  const { fake, vcs } = setting
  const issue = { marker: 'drift:support-bot', title: 'Drift', body: 'It differs.', labels: ['drift'] }
  const first = await vcs.issues?.upsert(REPOSITORY, issue)
  expect(first?.outcome).toBe('created')
  expect((await vcs.issues?.upsert(REPOSITORY, issue))?.outcome).toBe('unchanged')
  const changed = await vcs.issues?.upsert(REPOSITORY, { ...issue, body: 'It differs more.' })
  expect(changed).toEqual({ ...first, outcome: 'updated' })
  expect(fake.state.issues(REPOSITORY)).toMatchObject([{ title: 'Drift', labels: ['drift'] }])
})
