import { createTransport, isVcsError, type Transport, type VcsError } from '@pullwright/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { github } from '../src/index.ts'
import { BRANCH, openSetting, PATH, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting({ protectedBranches: [] })
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const failure = async (work: Promise<unknown>): Promise<VcsError> => {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!isVcsError(error)) throw new Error(`not a VcsError: ${String(error)}`)
  return error
}

test('reads files at a branch, a tag, a commit and the default branch', async () => {
  const { fake, vcs, sent } = setting
  const files = { 'a.json': '{}\n', 'ordner/ü.txt': 'schön\r\n' }
  const oid = await fake.state.commit({ repository: REPOSITORY, branch: 'main', files })
  const paths = ['a.json', 'ordner/ü.txt', 'none.txt', 'ordner']
  const snapshot = await vcs.readFiles(REPOSITORY, { paths })
  expect(sent()).toEqual(['ReadFiles'])
  expect(snapshot.commit).toBe(oid)
  expect(snapshot.files).toEqual({
    'a.json': { content: '{}\n', sha: expect.stringMatching(/^[0-9a-f]{40}$/) },
    'ordner/ü.txt': { content: 'schön\r\n', sha: expect.any(String) },
    'none.txt': null,
    ordner: null,
  })
  expect((await vcs.readFiles(REPOSITORY, { ref: 'main', paths: ['a.json'] })).files).toHaveProperty([
    'a.json',
    'content',
  ])
  expect((await vcs.readFiles(REPOSITORY, { ref: oid, paths: ['a.json'] })).commit).toBe(oid)
  expect((await failure(vcs.readFiles(REPOSITORY, { ref: 'nowhere', paths }))).code).toBe('not-found')
  expect((await failure(vcs.readFiles('acme/none', { paths }))).code).toBe('not-found')
  expect((await failure(vcs.readFiles(REPOSITORY, { paths: ['../x'] }))).code).toBe('invalid')
})

test('reads many files, and one that GraphQL would cut', async () => {
  const { fake, vcs, sent } = setting
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`f${n}.txt`, `${n}`]))
  const big = 'ü'.repeat(400_000)
  await fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { ...many, 'big.txt': big } })
  const { files } = await vcs.readFiles(REPOSITORY, { paths: [...Object.keys(many), 'big.txt'] })
  expect(sent()).toEqual(['ReadFiles', 'ReadFiles', 'GET /repos/{owner}/{repo}/git/blobs/{file_sha}'])
  expect(files['f119.txt']?.content).toBe('119')
  expect(files['big.txt']?.content).toBe(big)
})

test('refuses to give back as text what is none', async () => {
  const { fake, vcs } = setting
  await fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { 'x.bin': new Uint8Array([0, 255, 254]) } })
  expect((await failure(vcs.readFiles(REPOSITORY, { paths: ['x.bin'] }))).code).toBe('unsupported')
})

test('finds pull requests over all pages', async () => {
  const { fake, vcs, sent } = setting
  for (let n = 0; n < 103; n++) {
    await fake.state.commit({ repository: REPOSITORY, branch: `b${n}`, files: { [`${n}.txt`]: 'x' } })
    await fake.state.openPullRequest(REPOSITORY, { head: `b${n}` })
  }
  fake.state.closePullRequest(REPOSITORY, 1)
  await fake.state.mergePullRequest(REPOSITORY, 2)
  expect(await vcs.findPullRequests(REPOSITORY, { state: 'all' })).toHaveLength(103)
  expect(sent()).toEqual(['FindPullRequests', 'FindPullRequests'])
  expect(await vcs.findPullRequests(REPOSITORY, {})).toHaveLength(101)
  expect(await vcs.findPullRequests(REPOSITORY, { state: 'closed' })).toMatchObject([{ number: 1, state: 'closed' }])
  expect(await vcs.findPullRequests(REPOSITORY, { state: 'merged' })).toMatchObject([{ number: 2, state: 'merged' }])
  expect(await vcs.findPullRequests(REPOSITORY, { branch: 'b50' })).toMatchObject([{ number: 51, branch: 'b50' }])
  expect(await vcs.findPullRequests(REPOSITORY, { base: 'other' })).toEqual([])
}, 120_000)

test('merges at the commit that was looked at, and at no other', async () => {
  const { vcs } = setting
  const { commit } = await vcs.publishPullRequest(specOf())
  const ref = { repository: REPOSITORY, number: 1 }
  const wrong = await failure(vcs.mergePullRequest(ref, { expectedHead: 'a'.repeat(40) }))
  expect(wrong).toMatchObject({ code: 'conflict', status: 409 })
  const result = await vcs.mergePullRequest(ref, { expectedHead: commit ?? '', method: 'squash' })
  expect(result).toEqual({ merged: true, commit: await setting.fake.state.head(REPOSITORY) })
  expect(await vcs.mergePullRequest(ref, { expectedHead: commit ?? '' })).toEqual(result)
  expect((await vcs.getPullRequest(REPOSITORY, 1)).state).toBe('merged')
  expect((await failure(vcs.mergePullRequest(ref, { expectedHead: 'a'.repeat(40) }))).code).toBe('policy')
})

test('what a rule holds back cannot be merged', async () => {
  const { fake, vcs } = setting
  fake.state.updateRepository(REPOSITORY, { protectedBranches: { main: { requiredChecks: ['ci'] } } })
  const { commit } = await vcs.publishPullRequest(specOf())
  const error = await failure(
    vcs.mergePullRequest({ repository: REPOSITORY, number: 1 }, { expectedHead: commit ?? '' }),
  )
  expect(error).toMatchObject({ code: 'policy', message: expect.stringContaining('"ci"') })
})

test('closes, and closes again', async () => {
  const { vcs } = setting
  await vcs.publishPullRequest(specOf())
  const ref = { repository: REPOSITORY, number: 1 }
  await vcs.closePullRequest(ref)
  await vcs.closePullRequest(ref)
  expect((await vcs.getPullRequest(REPOSITORY, 1)).state).toBe('closed')
  expect((await failure(vcs.closePullRequest({ ...ref, number: 99 }))).code).toBe('not-found')
  expect((await failure(vcs.getPullRequest(REPOSITORY, 99))).code).toBe('not-found')
  expect((await failure(vcs.getPullRequest(REPOSITORY, 1.5))).code).toBe('invalid')
})

test('edits labels: new ones are made, absent ones are not missed', async () => {
  const { vcs } = setting
  await vcs.publishPullRequest(specOf({ labels: ['a'] }))
  const ref = { repository: REPOSITORY, number: 1 }
  await vcs.editLabels(ref, { add: ['new/one?', 'b'], remove: ['A', 'never'] })
  expect((await vcs.getPullRequest(REPOSITORY, 1)).labels.sort()).toEqual(['b', 'new/one?'])
  await vcs.editLabels(ref, { remove: ['new/one?'] })
  expect((await vcs.getPullRequest(REPOSITORY, 1)).labels).toEqual(['b'])
  expect((await failure(vcs.editLabels({ ...ref, number: 99 }, { remove: ['b'] }))).code).toBe('not-found')
})

test('keeps one comment by marker and author, also behind a page of others', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf())
  const ref = { repository: REPOSITORY, number: 1 }
  fake.state.comment(REPOSITORY, 1, 'jane', 'Look: <!-- pullwright-comment:status --> is hidden in it')
  for (let n = 0; n < 100; n++) fake.state.comment(REPOSITORY, 1, 'jane', `Comment ${n}`)
  const created = await vcs.upsertComment(ref, { marker: 'status', body: 'Running' })
  expect(created.outcome).toBe('created')
  sent()
  expect(await vcs.upsertComment(ref, { marker: 'status', body: 'Running' })).toEqual({
    ...created,
    outcome: 'unchanged',
  })
  expect(sent()).toEqual(['PullRequestComments', 'PullRequestComments'])
  const updated = await vcs.upsertComment(ref, { marker: 'status', body: 'Done' })
  expect(updated).toEqual({ ...created, outcome: 'updated' })
  expect((await vcs.upsertComment(ref, { marker: 'status:2', body: 'Other' })).outcome).toBe('created')
  const { comments } = await fake.state.pullRequest(REPOSITORY, 1)
  expect(comments).toHaveLength(103)
  expect(comments[0]).toMatchObject({ author: 'jane', body: expect.stringContaining('Look') })
  expect(comments[101]?.body).toBe('Done\n\n<!-- pullwright-comment:status -->')
  expect((await failure(vcs.upsertComment(ref, { marker: 'a b', body: 'x' }))).code).toBe('invalid')
  expect((await failure(vcs.upsertComment(ref, { marker: 'a', body: 'x'.repeat(65_536) }))).code).toBe('too-large')
  expect((await failure(vcs.upsertComment({ ...ref, number: 9 }, { marker: 'a', body: 'x' }))).code).toBe('not-found')
})

test('sets a status', async () => {
  const { fake, vcs } = setting
  const sha = (await fake.state.head(REPOSITORY)) ?? ''
  await vcs.setStatus(REPOSITORY, sha, { context: 'pullwright', state: 'failure', url: 'https://example.com/1' })
  expect(fake.state.statuses(REPOSITORY, sha)).toMatchObject([{ state: 'failure', targetUrl: 'https://example.com/1' }])
  expect((await failure(vcs.setStatus(REPOSITORY, 'main', { context: 'x', state: 'success' }))).code).toBe('invalid')
  expect((await failure(vcs.setStatus(REPOSITORY, 'b'.repeat(40), { context: 'x', state: 'success' }))).code).toBe(
    'invalid',
  )
})

test('says of a connection what works and what is missing', async () => {
  const { fake, vcs, token } = setting
  expect(await vcs.inspect(REPOSITORY)).toMatchObject({
    ok: true,
    repository: REPOSITORY,
    defaultBranch: 'main',
    visibility: 'public',
    missing: [],
    problems: [],
    autoMergeAllowed: true,
    mergeMethods: ['merge', 'squash', 'rebase'],
  })
  fake.state.setPermissions(token, { contents: 'read', pull_requests: 'write' })
  const less = await vcs.inspect(REPOSITORY)
  expect(less).toMatchObject({ ok: false, missing: ['contents=write', 'statuses=write'] })
  expect(less.problems[0]).toContain('contents=write')
  expect(Object.keys(await fake.state.branches(REPOSITORY))).toEqual(['main'])
  expect(await vcs.inspect('acme/none')).toMatchObject({ ok: false, problems: [expect.stringContaining('acme/none')] })
  fake.state.revokeToken(token)
  expect(await vcs.inspect(REPOSITORY)).toMatchObject({ ok: false, problems: [expect.stringMatching(/revoked/)] })
  fake.fail({ status: 503 })
  expect((await failure(vcs.inspect(REPOSITORY))).code).toBe('unavailable')
})

test('reads the scopes and the end of a classic token', async () => {
  const { fake } = setting
  const expiresAt = Date.UTC(2031, 4, 6, 7, 8, 9)
  const token = fake.state.createToken({ user: 'bot', kind: 'classic', expiresAt })
  const vcs = github({ auth: { token }, baseUrl: `${fake.url}/api/v3/` })
  expect(await vcs.inspect(REPOSITORY)).toMatchObject({ ok: true, missing: [], credentialExpiresAt: expiresAt })
  await fake.state.createRepository({ owner: 'acme', name: 'readable', basePermission: 'read' })
  expect(await vcs.inspect('acme/readable')).toMatchObject({ ok: false, missing: ['role write'] })
  fake.fail({
    times: 1,
    status: 200,
    headers: {},
    body: { data: { viewer: { login: 'x' }, repository: null }, errors: [] },
  })
  expect((await vcs.inspect(REPOSITORY)).ok).toBe(false)
  await vcs.close?.()
})

test('connects with a tenant’s own credential and host through the transport given', async () => {
  const { fake, vcs } = setting
  const token = fake.state.createToken({ user: 'tenant' })
  const wire = createTransport()
  const urls: string[] = []
  const transport: Transport = {
    send: (request) => wire.send(request),
    fetch: (input, init) => wire.fetch(input, init),
    close: () => wire.close(),
  }
  const spied: Transport = {
    ...transport,
    send(request) {
      urls.push(request.url)
      return wire.send(request)
    },
  }
  const tenant = vcs.connect?.({ credential: token, baseUrl: `${fake.url}/api/v3`, transport: spied })
  const result = await tenant?.publishPullRequest(specOf())
  expect(result?.pullRequest?.author).toBe('tenant')
  expect(urls).toEqual([`${fake.url}/api/graphql`, `${fake.url}/api/graphql`])
  expect(() => vcs.connect?.({ credential: token, baseUrl: 'https://internal.example' })).toThrow(/guarded transport/)
  const same = vcs.connect?.({ credential: token })
  expect(await same?.getPullRequest(REPOSITORY, 1)).toMatchObject({ number: 1, branch: BRANCH })
  await wire.close()
})

test('two adapters share nothing', async () => {
  const { fake, vcs, as } = setting
  const other = as('other-bot')
  fake.fail({
    match: ({ headers }) => headers.authorization?.includes(setting.token) === true,
    status: 429,
    headers: { 'retry-after': '3600' },
  })
  expect((await failure(vcs.getPullRequest(REPOSITORY, 1))).code).toBe('rate-limited')
  expect((await failure(other.getPullRequest(REPOSITORY, 1))).code).toBe('not-found')
})

test('a repository that was renamed is followed where GitHub does, and named where not', async () => {
  const { fake, vcs } = setting
  fake.fail({
    match: { method: 'PATCH' },
    status: 301,
    headers: { location: 'https://elsewhere.example/' },
    body: { message: 'Moved Permanently' },
  })
  const error = await failure(vcs.closePullRequest({ repository: REPOSITORY, number: 1 }))
  expect(error).toMatchObject({ code: 'not-found', message: expect.stringContaining('moved') })
  expect(PATH).toContain('deployments')
})

test('a pull request that lacks required reviews is not merged, though the credential could', async () => {
  const { fake, vcs } = setting
  const rule = { requiredApprovals: 1, adminsBypass: true }
  fake.state.updateRepository(REPOSITORY, { protectedBranches: { main: rule } })
  const { commit } = await vcs.publishPullRequest(specOf())
  const ref = { repository: REPOSITORY, number: 1 }
  const merging = () => vcs.mergePullRequest(ref, { expectedHead: commit ?? '' })
  const { code, message } = await failure(merging())
  expect([code, message]).toEqual(['policy', expect.stringContaining('approvals are missing')])
  await fake.state.review(REPOSITORY, 1, 'joe', 'CHANGES_REQUESTED')
  expect((await failure(merging())).message).toContain('asked for changes')
  await fake.state.review(REPOSITORY, 1, 'joe', 'APPROVED')
  expect((await merging()).merged).toBe(true)
})
