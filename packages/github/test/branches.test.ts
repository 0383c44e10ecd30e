import { besideBranch, toJob } from '@pullwright/core/vcs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { RULES } from '../src/limits.ts'
import { BRANCH, nextSpec, openSetting, PATH, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting({ protectedBranches: [] })
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const human = (files: Record<string, string | null>, branch = BRANCH) =>
  setting.fake.state.commit({ repository: REPOSITORY, branch, files, author: 'jane' })
const mutations = () => setting.fake.requests.filter(({ graphql }) => graphql?.type === 'mutation').length
const firstOf = <T>(list: readonly T[]): T => {
  const [first] = list
  if (first === undefined) throw new Error('the list is empty')
  return first
}

test('keeps a person’s commit that left our files alone, and adds to it', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  const theirs = await human({ 'NOTES.md': 'mine' })
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result.outcome).toBe('updated')
  const [newest, before] = await fake.state.commits(REPOSITORY, BRANCH)
  expect(newest?.oid).toBe(result.commit)
  expect(before?.oid).toBe(theirs)
  expect(await fake.state.file(REPOSITORY, 'NOTES.md', BRANCH)).toBe('mine')
})

test('never writes over a file of ours that a person changed, and says who and which', async () => {
  const { vcs, sent } = setting
  await vcs.publishPullRequest(specOf())
  const head = await human({ [PATH]: 'by hand' })
  const before = mutations()
  sent()
  for (const spec of [nextSpec(), specOf()]) {
    const result = await vcs.publishPullRequest(spec)
    expect(result).toMatchObject({ outcome: 'conflict', commit: head, pullRequest: { number: 1 } })
    expect(result.reason).toContain('jane')
    expect(result.reason).toContain(PATH)
  }
  expect(sent()).toEqual(['PublishPlan', 'Touches', 'PublishPlan', 'Touches'])
  expect(mutations()).toBe(before)
})

test('notices a deletion and a commit that was pushed away, too', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  await human({ [PATH]: null })
  expect((await vcs.publishPullRequest(nextSpec())).outcome).toBe('conflict')
  const main = await fake.state.head(REPOSITORY)
  await fake.state.resetBranch(REPOSITORY, BRANCH, main ?? '')
  await human({ 'NOTES.md': 'new start' })
})

test('a merge of the base into the branch is no obstacle', async () => {
  const { fake, vcs } = setting
  const first = await vcs.publishPullRequest(specOf())
  await human({ 'other.md': 'on main' }, 'main')
  // Another branch of the same file, so that the base has one more commit by a person.
  await human({ 'third.md': 'x' })
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result).toMatchObject({ outcome: 'updated', pullRequest: { number: first.pullRequest?.number } })
  expect(await fake.state.pullRequests(REPOSITORY)).toHaveLength(1)
})

test('with `fail` any commit of somebody else is a conflict', async () => {
  const { vcs } = setting
  await vcs.publishPullRequest(specOf())
  await human({ 'NOTES.md': 'mine' })
  const before = mutations()
  const result = await vcs.publishPullRequest(nextSpec({ onForeignCommits: 'fail' }))
  expect(result.outcome).toBe('conflict')
  expect(result.reason).toContain('jane')
  expect(mutations()).toBe(before)
})

test('with `new-branch` goes beside it, and finds its way back there', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf())
  await human({ [PATH]: 'by hand' })
  const second = nextSpec({ onForeignCommits: 'new-branch' })
  const result = await vcs.publishPullRequest(second)
  expect(result.outcome).toBe('created')
  const beside = besideBranch(toJob(second, RULES))
  expect(result.pullRequest?.branch).toBe(beside)
  expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toBe('by hand')
  sent()
  expect((await vcs.publishPullRequest(second)).outcome).toBe('unchanged')
  expect(sent()).toEqual(['PublishPlan', 'PublishPlan'])
})

test('does not take over a pull request that somebody else opened', async () => {
  const { fake, vcs } = setting
  await human({ 'their.md': 'x' })
  await fake.state.openPullRequest(REPOSITORY, { head: BRANCH, by: 'jane', title: 'Mine' })
  const result = await vcs.publishPullRequest(specOf())
  expect(result.outcome).toBe('conflict')
  expect(result.reason).toContain('#1 of jane')
  expect(mutations()).toBe(0)
})

test('does not take over a branch that somebody else pushed', async () => {
  const { vcs } = setting
  await human({ 'their.md': 'x' })
  const result = await vcs.publishPullRequest(specOf())
  expect(result).toMatchObject({ outcome: 'conflict', pullRequest: null })
  expect(result.reason).toContain('jane')
  expect(mutations()).toBe(0)
  const beside = await vcs.publishPullRequest(specOf({ onForeignCommits: 'new-branch' }))
  expect(beside.outcome).toBe('created')
})

test('reuses the branch of a merged pull request, moving it forward first', async () => {
  const { fake, vcs } = setting
  const first = await vcs.publishPullRequest(specOf())
  await fake.state.mergePullRequest(REPOSITORY, 1, { method: 'MERGE' })
  const main = await fake.state.head(REPOSITORY)
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result).toMatchObject({ outcome: 'created', pullRequest: { branch: BRANCH, number: 2 } })
  expect(first.pullRequest?.number).toBe(1)
  expect(firstOf(await fake.state.commits(REPOSITORY, BRANCH)).parents).toEqual([main])
})

test('takes a branch beside the leftover of a squash, and keeps one pull request open', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  await fake.state.mergePullRequest(REPOSITORY, 1, { method: 'SQUASH' })
  const leftover = await fake.state.head(REPOSITORY, BRANCH)
  const second = await vcs.publishPullRequest(nextSpec())
  expect(second).toMatchObject({ outcome: 'created', pullRequest: { number: 2 } })
  expect(second.pullRequest?.branch).not.toBe(BRANCH)
  expect(await fake.state.head(REPOSITORY, BRANCH)).toBe(leftover)
  const third = await vcs.publishPullRequest(nextSpec({ identity: 'dep-17', files: [{ path: PATH, content: '17\n' }] }))
  expect(third).toMatchObject({ outcome: 'updated', pullRequest: { number: 2 } })
  expect((await fake.state.pullRequests(REPOSITORY)).filter(({ state }) => state === 'open')).toHaveLength(1)
})

test('the branch that GitHub deleted on merging is made anew', async () => {
  const { fake, vcs } = setting
  fake.state.updateRepository(REPOSITORY, { deleteBranchOnMerge: true })
  await vcs.publishPullRequest(specOf())
  await fake.state.mergePullRequest(REPOSITORY, 1, { method: 'SQUASH' })
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result).toMatchObject({ outcome: 'created', pullRequest: { number: 2, branch: BRANCH } })
})

test('what was merged is not opened again while the base still holds it', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf())
  await fake.state.mergePullRequest(REPOSITORY, 1, { method: 'SQUASH' })
  sent()
  const later = specOf({ files: [{ path: PATH, content: '{ "revision": 15, "at": "later" }\n' }] })
  const result = await vcs.publishPullRequest(later)
  expect(sent()).toEqual(['PublishPlan'])
  expect(result).toMatchObject({ outcome: 'unchanged', pullRequest: { number: 1, state: 'merged' } })
  await human({ [PATH]: 'somebody took it back' }, 'main')
  expect((await vcs.publishPullRequest(later)).outcome).toBe('created')
})

test('going back to an earlier deployment opens a pull request again', async () => {
  const { fake, vcs } = setting
  fake.state.updateRepository(REPOSITORY, { deleteBranchOnMerge: true })
  for (const [n, spec] of [specOf(), nextSpec()].entries()) {
    await vcs.publishPullRequest(spec)
    await fake.state.mergePullRequest(REPOSITORY, n + 1)
  }
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({ outcome: 'created', pullRequest: { number: 3 } })
})

test('after one was closed unmerged, the next goes on the same branch', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  fake.state.closePullRequest(REPOSITORY, 1)
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result).toMatchObject({ outcome: 'created', pullRequest: { number: 2, branch: BRANCH } })
})

test('where the base holds the files already there is nothing to open', async () => {
  const { fake, vcs, sent } = setting
  await human({ [PATH]: '{ "revision": 15 }\n' }, 'main')
  sent()
  const result = await vcs.publishPullRequest(specOf())
  expect(result).toMatchObject({ outcome: 'unchanged', pullRequest: null, commit: await fake.state.head(REPOSITORY) })
  expect(result.reason).toContain('main')
  expect(sent()).toEqual(['PublishPlan'])
})

test('expectedHead decides before anything is written', async () => {
  const { fake, vcs } = setting
  const first = await vcs.publishPullRequest(specOf())
  const head = first.commit ?? ''
  const before = mutations()
  const wrong = await vcs.publishPullRequest(nextSpec({ expectedHead: 'a'.repeat(40) }))
  expect(wrong).toMatchObject({ outcome: 'conflict', commit: head })
  expect(mutations()).toBe(before)
  expect((await vcs.publishPullRequest(nextSpec({ expectedHead: head }))).outcome).toBe('updated')
  expect((await vcs.publishPullRequest(nextSpec({ branch: 'none', expectedHead: head }))).outcome).toBe('conflict')
  expect(Object.keys(await fake.state.branches(REPOSITORY)).sort()).toEqual(['main', BRANCH])
})

test('an open pull request of the branch into another base is a conflict', async () => {
  const { fake, vcs } = setting
  await fake.state.createBranch(REPOSITORY, 'develop')
  await vcs.publishPullRequest(specOf({ base: 'develop' }))
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result.outcome).toBe('conflict')
  expect(result.reason).toContain('#1')
  expect(result.reason).toContain('develop')
})

test('a branch that cannot stand beside another is refused before anything is written', async () => {
  const { fake, vcs } = setting
  await fake.state.createBranch(REPOSITORY, 'pullwright')
  await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({ code: 'invalid' })
  await fake.state.createBranch(REPOSITORY, 'x/y/z')
  await expect(vcs.publishPullRequest(specOf({ branch: 'x/y' }))).rejects.toMatchObject({ code: 'invalid' })
  expect(mutations()).toBe(0)
})

test('a marker in somebody’s text does not count', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(
    specOf({ body: '<!-- pullwright:{"v":1,"kind":"document","identity":"dep-16","files":"x"} -->\nhello' }),
  )
  expect((await vcs.getPullRequest(REPOSITORY, 1)).marker).toEqual({ kind: 'document', identity: 'dep-15' })
  expect((await vcs.publishPullRequest(nextSpec())).outcome).toBe('updated')
  fake.state.editPullRequest(REPOSITORY, 1, { body: 'a person removed everything' })
  expect((await vcs.publishPullRequest(nextSpec())).outcome).toBe('updated')
})
