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

test('capabilities tell the truth', async () => {
  expect(await setting.vcs.capabilities(REPOSITORY)).toEqual({
    labels: true,
    reviewers: true,
    teamReviewers: false,
    assignees: true,
    draft: true,
    autoMerge: true,
    statuses: true,
    checks: false,
    bodyLimit: { size: 1_048_576 - 1024, unit: 'characters' },
    titleLimit: 248,
    details: true,
  })
  expect(setting.vcs.checks).toBeUndefined()
  const body = 'ä'.repeat(1_048_576 - 1024)
  const title = 't'.repeat(248)
  expect(await setting.vcs.publishPullRequest(specOf({ body, title, draft: true }))).toMatchObject({
    outcome: 'created',
  })
  await expect(setting.vcs.publishPullRequest(specOf({ body: `${body}x` }))).rejects.toMatchObject({
    code: 'too-large',
  })
})

test('inspects: default branch, visibility, ways to merge and the end of the token', async () => {
  const { fake } = setting
  const soon = Date.UTC(2999, 0, 31)
  const token = fake.state.createToken({ expiresAt: soon })
  const { vcs } = { vcs: setting.as('pullwright-bot', { auth: { token } }) }
  expect(await vcs.inspect(REPOSITORY)).toEqual({
    repository: REPOSITORY,
    ok: true,
    defaultBranch: 'main',
    visibility: 'private',
    missing: [],
    problems: [],
    autoMergeAllowed: true,
    mergeMethods: ['merge', 'squash'],
    credentialExpiresAt: soon,
  })
})

test('inspect names every scope and role that is missing', async () => {
  const { fake, as } = setting
  fake.state.setRole(REPOSITORY, 'rita', 'reporter')
  const token = fake.state.createToken({ user: 'rita', scopes: ['read_api'] })
  expect(await as('rita', { auth: { token } }).inspect(REPOSITORY)).toMatchObject({
    ok: false,
    missing: ['scope: api', 'role: Developer'],
  })
  const narrow = fake.state.createToken({ scopes: ['read_user'] })
  expect(await as('x', { auth: { token: narrow } }).inspect(REPOSITORY)).toMatchObject({
    ok: false,
    missing: ['scope: api'],
  })
  expect(await as('mallory').inspect(REPOSITORY)).toMatchObject({ ok: false, visibility: null })
  const dead = fake.state.createToken({ expiresAt: 1 })
  const answer = await as('x', { auth: { token: dead } }).inspect(REPOSITORY)
  expect(answer.problems[0]).toMatch(/expired/)
})

test('reads files at one commit, and what is not there as null', async () => {
  const commit = await published()
  const snapshot = await setting.vcs.readFiles(REPOSITORY, { ref: BRANCH, paths: [PATH, 'gone.md'] })
  expect(snapshot).toMatchObject({ commit, files: { [PATH]: { content: '{ "revision": 15 }\n' }, 'gone.md': null } })
  expect(Object.keys((await setting.vcs.readFiles(REPOSITORY, { paths: ['README.md'] })).files)).toEqual(['README.md'])
  await expect(setting.vcs.readFiles(REPOSITORY, { ref: 'gone', paths: [] })).rejects.toMatchObject({
    code: 'not-found',
  })
})

test('finds merge requests over all pages', async () => {
  const { fake, vcs } = setting
  for (let n = 0; n < 103; n++) {
    await fake.state.moveBranch(REPOSITORY, `b${n}`, 'main')
    await fake.state.openMergeRequest(REPOSITORY, { source: `b${n}` })
  }
  fake.state.close(REPOSITORY, 7)
  expect(await vcs.findPullRequests(REPOSITORY, {})).toHaveLength(102)
  expect(await vcs.findPullRequests(REPOSITORY, { state: 'all' })).toHaveLength(103)
  const [one] = await vcs.findPullRequests(REPOSITORY, { branch: 'b6', state: 'closed' })
  expect(one).toMatchObject({ number: 7, state: 'closed', marker: null })
})

test('merges at the commit that was looked at, and says so again', async () => {
  const { fake, vcs } = setting
  const head = await published()
  await expect(vcs.mergePullRequest(ref, { expectedHead: 'a'.repeat(40) })).rejects.toMatchObject({ code: 'conflict' })
  const merged = await vcs.mergePullRequest(ref, { expectedHead: head, method: 'squash' })
  expect(merged).toEqual({ merged: true, commit: await fake.state.head(REPOSITORY, 'main') })
  expect(await vcs.mergePullRequest(ref, { expectedHead: head })).toEqual(merged)
  expect(await vcs.getPullRequest(REPOSITORY, 1)).toMatchObject({
    state: 'merged',
    mergeCommit: merged.commit,
    mergedBy: 'pullwright-bot',
  })
})

test('tells a missing right to merge from a bad credential, and what a rebase takes', async () => {
  const { fake, vcs } = setting
  const expectedHead = await published()
  await expect(vcs.mergePullRequest(ref, { expectedHead, method: 'rebase' })).rejects.toMatchObject({
    code: 'unsupported',
  })
  fake.state.changeProject(REPOSITORY, {
    protectedBranches: [{ name: 'main', push: 'maintainer', merge: 'maintainer' }],
  })
  await expect(vcs.mergePullRequest(ref, { expectedHead })).rejects.toMatchObject({
    code: 'permission',
    missing: ['role: allowed to merge into main'],
  })
})

test('closes, and changes labels in one request', async () => {
  const { fake, vcs, sent } = setting
  await published()
  await vcs.editLabels(ref, { add: ['one', 'two'] })
  sent()
  await vcs.editLabels(ref, { add: ['three'], remove: ['one', 'absent'] })
  expect(sent()).toHaveLength(1)
  await vcs.closePullRequest(ref)
  await vcs.closePullRequest(ref)
  expect(fake.state.mergeRequests(REPOSITORY)).toMatchObject([{ state: 'closed', labels: ['two', 'three'] }])
})

test('keeps one comment by marker and author, over all pages', async () => {
  const { fake, vcs } = setting
  await published()
  fake.state.comment(REPOSITORY, 1, 'Somebody copied it <!-- pullwright-comment:deploy -->')
  for (let n = 0; n < 120; n++) fake.state.comment(REPOSITORY, 1, `Talk ${n}`)
  const first = await vcs.upsertComment(ref, { marker: 'deploy', body: 'Running\n/approve' })
  expect(first.outcome).toBe('created')
  expect(await vcs.upsertComment(ref, { marker: 'deploy', body: 'Running\n/approve' })).toEqual({
    ...first,
    outcome: 'unchanged',
  })
  expect(await vcs.upsertComment(ref, { marker: 'deploy', body: 'Done' })).toEqual({ ...first, outcome: 'updated' })
  const notes = fake.state.mergeRequests(REPOSITORY)[0]?.notes ?? []
  expect(notes.filter(({ author }) => author === 'pullwright-bot')).toMatchObject([
    { body: expect.stringMatching(/^Done/) },
  ])
  expect(first.url).toBe(`${fake.url}/${REPOSITORY}/-/merge_requests/1#note_${first.id}`)
})

test('sets a status, and again without a complaint', async () => {
  const sha = await published()
  const status = { context: 'deploy', state: 'pending' as const, description: 'x'.repeat(300) }
  await setting.vcs.setStatus(REPOSITORY, sha, status)
  await setting.vcs.setStatus(REPOSITORY, sha, status)
  expect(setting.fake.state.statuses(REPOSITORY, sha)).toHaveLength(1)
})
