import { isVcsError, type PullRequestSpec, type VcsError } from '@pullwright/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { github } from '../src/index.ts'
import { BRANCH, DECORATED, nextSpec, openSetting, PATH, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting()
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
  expect(error.message).not.toContain(setting.token)
  return error
}
const publish = (changes: Partial<PullRequestSpec>) => failure(setting.vcs.publishPullRequest(specOf(changes)))
const mutations = () => setting.fake.requests.filter(({ graphql }) => graphql?.type === 'mutation')

test('a repository that is not there, or hidden', async () => {
  const { fake } = setting
  await fake.state.createRepository({ owner: 'other', name: 'secret', private: true, basePermission: null })
  for (const repository of ['acme/nothing', 'other/secret']) {
    const error = await publish({ repository })
    expect(error.code).toBe('not-found')
    expect(error.message).toContain(repository)
    expect(error.message).toContain('hidden')
  }
})

test('a base that is not there, and a repository without a commit', async () => {
  const error = await publish({ base: 'release/9' })
  expect(error.code).toBe('not-found')
  expect(error.message).toContain('"release/9"')
  await setting.fake.state.createRepository({ owner: 'acme', name: 'empty', files: null })
  const empty = await publish({ repository: 'acme/empty' })
  expect(empty.code).toBe('not-found')
  expect(empty.message).toContain('empty')
  expect(mutations()).toEqual([])
})

test('an archived repository', async () => {
  setting.fake.state.updateRepository(REPOSITORY, { archived: true })
  expect(await publish({})).toMatchObject({ code: 'policy', message: expect.stringContaining('archived') })
})

test.each([
  ['contents', { contents: 'read', pull_requests: 'write', issues: 'write', members: 'read' }, 'contents=write'],
  ['pull requests', { contents: 'write', pull_requests: 'read', members: 'read' }, 'pull_requests=write'],
] as const)('a token without %s names the permission', async (_name, permissions, missing) => {
  const { fake, token } = setting
  fake.state.setPermissions(token, permissions)
  const error = await publish({})
  expect(error).toMatchObject({ code: 'permission', missing: [missing], retryable: false })
  expect(error.message).toContain(missing)
  expect(Object.keys(await fake.state.branches(REPOSITORY))).toEqual(['main'])
})

test('an account that may only read', async () => {
  const { fake, as } = setting
  await fake.state.createRepository({ owner: 'acme', name: 'public', basePermission: 'read' })
  const error = await failure(as('reader').publishPullRequest(specOf({ repository: 'acme/public' })))
  expect(error).toMatchObject({ code: 'permission', missing: ['contents=write'] })
})

test('a token without the permission to set statuses keeps the pull request', async () => {
  const { fake, token, vcs } = setting
  fake.state.setPermissions(token, { contents: 'write', pull_requests: 'write', issues: 'write', members: 'read' })
  const result = await vcs.publishPullRequest(specOf({ statuses: [{ context: 'p', state: 'success' }] }))
  expect(result.outcome).toBe('created')
  expect(result.steps.statuses).toMatchObject({ status: 'failed', error: expect.stringContaining('statuses=write') })
})

test.each(['classic', 'ruleset'] as const)('a branch that is protected by a %s rule', async (kind) => {
  const { fake } = setting
  fake.state.updateRepository(REPOSITORY, { protectedBranches: { [BRANCH]: { kind } } })
  const error = await publish({})
  expect(error.code).toBe('policy')
  expect(error.message).toContain('Changes must be made through a pull request')
})

test('workflow files take a permission of their own', async () => {
  const error = await publish({ files: [{ path: '.github/workflows/ci.yml', content: 'on: push\n' }] })
  expect(error).toMatchObject({ code: 'permission', missing: ['workflows=write'] })
})

test('people and teams that are not there are told, and the pull request stands', async () => {
  const { fake, vcs, sent } = setting
  fake.state.createUser({ login: 'outsider', outsider: true })
  const result = await vcs.publishPullRequest(
    specOf({
      ...DECORATED,
      reviewers: ['nobody-here', 'jane', '@pullwright-bot'],
      teamReviewers: ['no-such-team', 'reviewers', 'no-such-org/reviewers'],
      assignees: ['joe', 'nobody-here'],
    }),
  )
  expect(sent()).toHaveLength(3)
  expect(result.outcome).toBe('created')
  expect(result.steps.reviewers?.status).toBe('failed')
  for (const name of ['nobody-here', 'pullwright-bot', 'no-such-team', 'no-such-org/reviewers']) {
    expect(result.steps.reviewers?.error).toContain(name)
  }
  expect(result.steps.assignees).toEqual({ status: 'failed', error: 'there is no user nobody-here' })
  expect((await fake.state.pullRequests(REPOSITORY))[0]).toMatchObject({
    reviewers: ['jane'],
    teamReviewers: ['reviewers'],
    assignees: ['joe'],
    labels: DECORATED.labels,
  })
  sent()
  expect((await vcs.publishPullRequest(specOf({ ...DECORATED, reviewers: ['nobody-here'] }))).outcome).toBe('unchanged')
})

test('what cannot be a name is told, and all else is applied', async () => {
  const { fake, vcs, sent } = setting
  const long = 'x'.repeat(51)
  const spec = {
    ...DECORATED,
    labels: [long, ' ', 'brand-new', ...DECORATED.labels],
    reviewers: ['jane@example.com', 'jane', '@', 'jane doe', 'žofie'],
    teamReviewers: ['a/b/c', 'acme/', 'reviewers'],
    assignees: ['joe', 'joe@example.com'],
  }
  const result = await vcs.publishPullRequest(specOf(spec))
  expect(result.outcome).toBe('created')
  expect(sent()).toHaveLength(3)
  const told = (step: 'labels' | 'reviewers' | 'assignees', ...names: string[]) => {
    expect(result.steps[step]?.status).toBe('failed')
    for (const name of names) expect(result.steps[step]?.error).toContain(JSON.stringify(name))
  }
  told('labels', long, ' ')
  told('reviewers', 'jane@example.com', '@', 'jane doe', 'žofie', 'a/b/c', 'acme/')
  told('assignees', 'joe@example.com')
  expect((await fake.state.pullRequests(REPOSITORY))[0]).toMatchObject({
    labels: ['brand-new', ...DECORATED.labels],
    reviewers: ['jane'],
    teamReviewers: ['reviewers'],
    assignees: ['joe'],
  })
  const next = await vcs.publishPullRequest(nextSpec({ ...spec, labels: [long, 'newer-still'] }))
  expect(next).toMatchObject({ outcome: 'updated', steps: { labels: { status: 'failed' } } })
  expect((await fake.state.pullRequests(REPOSITORY))[0]?.labels).toContain('newer-still')
})

test('a label that another made meanwhile is added by its name, also beside one that cannot be', async () => {
  const { fake, vcs } = setting
  fake.fail({
    field: 'createLabel',
    times: 1,
    graphqlErrors: [{ type: 'UNPROCESSABLE', message: 'Name has already been taken' }],
  })
  const result = await vcs.publishPullRequest(specOf({ labels: ['x'.repeat(51), 'meanwhile'] }))
  expect(result.steps.labels).toMatchObject({ status: 'failed', error: expect.stringContaining('xxx') })
  expect((await fake.state.pullRequests(REPOSITORY))[0]?.labels).toEqual(['meanwhile'])
})

test('one who may not review does not spoil it for the others', async () => {
  const { fake, vcs, sent } = setting
  fake.state.createUser({ login: 'outsider', outsider: true })
  const result = await vcs.publishPullRequest(specOf({ reviewers: ['outsider', 'jane'], teamReviewers: ['reviewers'] }))
  expect(sent()).toEqual(['PublishPlan', 'CreatePullRequest', 'DecoratePullRequest', 'RequestReviews'])
  expect(result.steps.reviewers).toMatchObject({
    status: 'failed',
    error: expect.stringMatching(/^outsider: .*collaborator/),
  })
  expect((await fake.state.pullRequests(REPOSITORY))[0]).toMatchObject({
    reviewers: ['jane'],
    teamReviewers: ['reviewers'],
  })
})

test('the author as reviewer is passed over with a word, and nothing has failed', async () => {
  const { vcs } = setting
  const result = await vcs.publishPullRequest(specOf({ reviewers: ['Pullwright-Bot', 'jane'] }))
  expect(result.steps.reviewers).toMatchObject({ status: 'applied', error: expect.stringContaining('cannot review') })
})

test('a token that may not see teams asks people all the same', async () => {
  const { fake, token, vcs } = setting
  fake.state.setPermissions(token, { contents: 'write', pull_requests: 'write', issues: 'write' })
  const result = await vcs.publishPullRequest(specOf({ reviewers: ['jane'], teamReviewers: ['reviewers'] }))
  expect(result.steps.reviewers).toMatchObject({ status: 'failed', error: expect.stringContaining('members=read') })
  expect((await fake.state.pullRequests(REPOSITORY))[0]).toMatchObject({ reviewers: ['jane'] })
})

test('a classic token without read:org is refused the teams and nothing else', async () => {
  const { fake, vcs, sent } = setting
  const message =
    "Your token has not been granted the required scopes to execute this query. The 'slug' field requires one of the following scopes: ['read:org', 'read:discussion'], but your token has only been granted the: ['repo'] scopes."
  fake.fail({
    match: { operation: 'PublishPlan' },
    times: 1,
    graphqlErrors: [{ type: 'INSUFFICIENT_SCOPES', message }],
  })
  const result = await vcs.publishPullRequest(specOf({ reviewers: ['jane'], teamReviewers: ['reviewers'] }))
  expect(sent()).toEqual(['PublishPlan', 'PublishPlan', 'CreatePullRequest', 'DecoratePullRequest'])
  expect(result.steps.reviewers).toMatchObject({ status: 'failed', error: expect.stringContaining('read:org') })
  expect((await fake.state.pullRequests(REPOSITORY))[0]).toMatchObject({ reviewers: ['jane'], teamReviewers: [] })
})

test('auto-merge that the repository does not allow is unsupported', async () => {
  const { fake, vcs } = setting
  fake.state.updateRepository(REPOSITORY, { allowAutoMerge: false })
  const result = await vcs.publishPullRequest(specOf({ autoMerge: true }))
  expect(result.steps.autoMerge).toMatchObject({ status: 'unsupported', error: expect.stringContaining('settings') })
})

test('a merge method that is not allowed is named with those that are', async () => {
  const { fake, vcs } = setting
  fake.state.updateRepository(REPOSITORY, { mergeMethods: ['SQUASH'] })
  const result = await vcs.publishPullRequest(specOf({ autoMerge: 'rebase' }))
  expect(result.steps.autoMerge).toMatchObject({ status: 'failed', error: expect.stringContaining('squash') })
  const byItself = await vcs.publishPullRequest(specOf({ autoMerge: true, identity: 'other' }))
  expect(byItself.steps.autoMerge).toEqual({ status: 'applied' })
  expect((await fake.state.pullRequests(REPOSITORY))[0]?.autoMerge).toMatchObject({ method: 'SQUASH' })
})

test('where nothing is left to wait for it is merged directly, pinned to our commit', async () => {
  const { fake, vcs, sent } = setting
  fake.state.updateRepository(REPOSITORY, { protectedBranches: [] })
  const result = await vcs.publishPullRequest(specOf({ labels: ['a'], autoMerge: 'squash' }))
  expect(sent()).toEqual(['PublishPlan', 'CreatePullRequest', 'DecoratePullRequest', 'MergePullRequest'])
  expect(result).toMatchObject({
    outcome: 'created',
    steps: { autoMerge: { status: 'applied' } },
    pullRequest: { state: 'merged' },
  })
  const merge = mutations().at(-1)?.graphql?.variables
  expect(merge).toMatchObject({ merge: { expectedHeadOid: result.commit } })
  expect(await fake.state.file(REPOSITORY, PATH)).toContain('15')
})

test('a check that failed but is not required puts auto-merge off', async () => {
  const { fake, vcs } = setting
  fake.state.updateRepository(REPOSITORY, { protectedBranches: [] })
  const statuses = [{ context: 'pullwright', state: 'pending' as const }]
  const result = await vcs.publishPullRequest(specOf({ autoMerge: 'merge', statuses }))
  expect(result.steps.autoMerge?.status).toBe('deferred')
  expect((await fake.state.pullRequests(REPOSITORY))[0]?.state).toBe('open')
})

test.each<[string, Partial<PullRequestSpec>, string]>([
  ['a repository without owner', { repository: 'prompts' }, 'invalid'],
  ['a repository with a way out', { repository: 'acme/../other' }, 'invalid'],
  ['a repository of dots', { repository: 'acme/..' }, 'invalid'],
  ['a branch of 40 hex digits', { branch: 'a'.repeat(40) }, 'invalid'],
  ['a branch that begins with refs/', { branch: 'refs/heads/x' }, 'invalid'],
  ['a branch with a space', { branch: 'a b' }, 'invalid'],
  ['a branch with two dots', { branch: 'a..b' }, 'invalid'],
  ['a branch with .lock', { branch: 'a.lock/b' }, 'invalid'],
  ['a branch with a colon', { branch: 'owner:branch' }, 'invalid'],
  ['an empty branch', { branch: '' }, 'invalid'],
  ['a branch that is its base', { branch: 'main' }, 'invalid'],
  ['a very long branch', { branch: 'a/'.repeat(200) }, 'invalid'],
  ['no files', { files: [] }, 'invalid'],
  ['an absolute path', { files: [{ path: '/etc/passwd', content: '' }] }, 'invalid'],
  ['a path upwards', { files: [{ path: 'a/../../b', content: '' }] }, 'invalid'],
  ['a path into .git', { files: [{ path: '.GIT/config', content: '' }] }, 'invalid'],
  [
    'one path twice',
    {
      files: [
        { path: 'a', content: '' },
        { path: 'a', content: null },
      ],
    },
    'invalid',
  ],
  [
    'a file and its folder',
    {
      files: [
        { path: 'a', content: '' },
        { path: 'a/b', content: '' },
      ],
    },
    'invalid',
  ],
  ['no title', { title: '  ' }, 'invalid'],
  ['a long title', { title: 'x'.repeat(257) }, 'too-large'],
  ['a long body', { body: 'x'.repeat(65_536) }, 'too-large'],
  ['no commit message', { commitMessage: '\n' }, 'invalid'],
  ['no identity', { identity: '' }, 'invalid'],
  ['a status without context', { statuses: [{ context: '', state: 'success' }] }, 'invalid'],
  ['an expected head that is none', { expectedHead: 'main' }, 'invalid'],
  ['forty megabytes', { files: [{ path: 'a', content: new Uint8Array(40 * 1024 * 1024 + 1) }] }, 'too-large'],
])('refuses %s before any request', async (_name, changes, code) => {
  expect((await publish(changes)).code).toBe(code)
  expect(setting.fake.requests).toEqual([])
})

test('takes the longest body that capabilities promise, in characters', async () => {
  const { vcs } = setting
  const { bodyLimit } = await vcs.capabilities(REPOSITORY)
  const result = await vcs.publishPullRequest(specOf({ body: '🚀'.repeat(bodyLimit.size), identity: 'i'.repeat(200) }))
  expect(result.outcome).toBe('created')
  expect([...(result.pullRequest?.body ?? '')].length).toBeLessThanOrEqual(65_536)
})

test('a folder in the place of a file is refused before anything is written', async () => {
  const { fake } = setting
  await fake.state.commit({ repository: REPOSITORY, branch: 'main', files: { [`${PATH}/inside.txt`]: 'x' } })
  const error = await publish({})
  expect(error.code).toBe('invalid')
  expect(error.message).toContain('folder')
  expect(mutations()).toEqual([])
})

test('options that cannot work are refused at once', () => {
  const token = 'x'.repeat(40)
  for (const options of [
    { auth: { token: '' } },
    { auth: { token: 'two words' } },
    { auth: { token: 'line\nbreak' } },
    { auth: { token }, baseUrl: 'not a url' },
    { auth: { token }, baseUrl: 'ftp://host' },
    { auth: { token }, baseUrl: 'https://user:pass@host' },
  ]) {
    expect(() => github(options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
  }
})

test('takes the secret of its webhook from the environment as it is, and refuses an empty one', () => {
  const auth = { token: 'token' }
  expect(github({ auth, webhookSecret: process.env.PULLWRIGHT_NOT_SET }).source).toBeUndefined()
  expect(github({ auth, webhookSecret: ['one', process.env.PULLWRIGHT_NOT_SET] }).secrets?.()).toEqual(['token', 'one'])
  for (const webhookSecret of ['', [process.env.PULLWRIGHT_NOT_SET]])
    expect(() => github({ auth, webhookSecret })).toThrow(/`webhookSecret` is empty.*environment variable/)
})
