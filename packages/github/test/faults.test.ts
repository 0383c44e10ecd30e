import { createTransport, isVcsError, type Transport, type VcsError } from '@pullwright/core'
import { gitHubFaults } from '@pullwright/testkit'
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
  return error
}
const open = async () => (await setting.fake.state.pullRequests(REPOSITORY)).filter(({ state }) => state === 'open')

test.each([
  ['a gateway error', { status: 502, body: 'Bad Gateway' }],
  ['a dropped connection', { reset: true as const }],
  ['a gateway error after the work was done', { status: 502, afterEffect: true as const }],
  ['a dropped connection after the work was done', { reset: true as const, afterEffect: true as const }],
])('%s on creating leaves no duplicate, and the next run finishes', async (_name, fault) => {
  const { fake, vcs } = setting
  fake.fail({ match: { operation: 'createPullRequest' }, times: 1, ...fault })
  const error = await failure(vcs.publishPullRequest(specOf(DECORATED)))
  expect(error).toMatchObject({ code: 'unavailable', retryable: true })
  const result = await vcs.publishPullRequest(specOf(DECORATED))
  expect(result.outcome).toBe('created')
  expect(await open()).toMatchObject([
    {
      labels: ['deployment', 'production'],
      reviewers: ['jane'],
      teamReviewers: ['reviewers'],
      autoMerge: { method: 'SQUASH' },
    },
  ])
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(2)
  expect((await vcs.publishPullRequest(specOf(DECORATED))).outcome).toBe('unchanged')
})

test.each([
  ['before', {}],
  ['after', { afterEffect: true as const }],
])('a gateway error on updating, %s the work, leaves no second commit', async (_name, when) => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  fake.fail({ match: { operation: 'updatePullRequest' }, times: 1, status: 502, ...when })
  await failure(vcs.publishPullRequest(nextSpec()))
  expect((await vcs.publishPullRequest(nextSpec())).outcome).toMatch(/updated|unchanged/)
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(3)
  expect(await open()).toMatchObject([{ title: 'Deploy support-bot 16 to production' }])
})

test('decorations that fail on the way are sent once more', async () => {
  const { fake, vcs } = setting
  fake.fail({ match: { operation: 'DecoratePullRequest' }, times: 1, status: 502 })
  const result = await vcs.publishPullRequest(specOf(DECORATED))
  expect(result).toMatchObject({
    outcome: 'created',
    steps: { labels: { status: 'applied' }, autoMerge: { status: 'applied' } },
  })
})

test('decorations that keep failing are told, and made up for by the next run', async () => {
  const { fake, vcs, sent } = setting
  const fault = fake.fail({ match: { operation: 'DecoratePullRequest' }, status: 502 })
  const result = await vcs.publishPullRequest(specOf(DECORATED))
  expect(result.outcome).toBe('created')
  for (const step of ['labels', 'reviewers', 'assignees', 'autoMerge'] as const) {
    expect(result.steps[step]).toMatchObject({ status: 'failed', error: expect.stringContaining('502') })
  }
  fault.remove()
  sent()
  const again = await vcs.publishPullRequest(specOf(DECORATED))
  expect(sent()).toEqual(['PublishPlan', 'DecoratePullRequest'])
  expect(again.steps.labels).toEqual({ status: 'applied' })
  expect(await open()).toMatchObject([{ reviewers: ['jane'], assignees: ['joe'], autoMerge: { method: 'SQUASH' } }])
})

test('replication lag is met by asking for the pull request once more', async () => {
  const { fake, vcs, sent } = setting
  fake.fail({ ...gitHubFaults.replicationLag('main', BRANCH), times: 1 })
  const result = await vcs.publishPullRequest(specOf({ labels: ['a'] }))
  expect(result).toMatchObject({ outcome: 'created', steps: { labels: { status: 'applied' } } })
  expect(sent()).toEqual(['PublishPlan', 'CreatePullRequest', 'OpenPullRequest', 'DecoratePullRequest'])
})

test('replication lag that lasts is for later, and the next run uses what is there', async () => {
  const { fake, vcs } = setting
  fake.fail({ ...gitHubFaults.replicationLag('main', BRANCH), times: 2 })
  const error = await failure(vcs.publishPullRequest(specOf()))
  expect(error).toMatchObject({ code: 'unavailable', retryable: true })
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({
    outcome: 'created',
    steps: { commit: { status: 'already' } },
  })
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(2)
})

test('a head that moved is looked at afresh, once', async () => {
  const { fake, vcs, sent } = setting
  await vcs.publishPullRequest(specOf())
  sent()
  fake.fail({ ...gitHubFaults.staleHead('a'.repeat(40)), times: 1 })
  expect((await vcs.publishPullRequest(nextSpec())).outcome).toBe('updated')
  expect(sent()).toEqual(['PublishPlan', 'UpdatePullRequest', 'PublishPlan', 'UpdatePullRequest'])
})

test('a head that keeps moving is a conflict, and the text is as it was', async () => {
  const { fake, vcs } = setting
  const first = await vcs.publishPullRequest(specOf())
  fake.fail(gitHubFaults.staleHead('a'.repeat(40)))
  const result = await vcs.publishPullRequest(nextSpec())
  expect(result.outcome).toBe('conflict')
  expect(result.reason).toContain('Expected branch to point to')
  expect(await open()).toMatchObject([{ title: 'Deploy support-bot 15 to production', body: first.pullRequest?.body }])
})

test('a label that another made in the meantime is added all the same', async () => {
  const { fake, vcs, sent } = setting
  const taken = [{ type: 'UNPROCESSABLE', message: 'Name has already been taken' }]
  fake.fail({ field: 'createLabel', afterEffect: true, graphqlErrors: taken })
  fake.state.createLabel(REPOSITORY, 'old')
  const result = await vcs.publishPullRequest(specOf({ labels: ['old', 'fresh'] }))
  expect(result.steps.labels).toEqual({ status: 'applied' })
  expect(await open()).toMatchObject([{ labels: ['old', 'fresh'] }])
  expect(sent().at(-1)).toBe('POST /repos/{owner}/{repo}/issues/{issue_number}/labels')
  await vcs.publishPullRequest(nextSpec({ labels: ['old', 'fresh', 'third'] }))
  expect(await open()).toMatchObject([{ labels: ['old', 'fresh', 'third'] }])
})

test('a new branch whose commit fails for a moment becomes a pull request all the same', async () => {
  const { fake, vcs } = setting
  fake.fail({ ...gitHubFaults.staleHead('a'.repeat(40)), times: 1 })
  expect((await vcs.publishPullRequest(specOf())).outcome).toBe('created')
  expect(await open()).toHaveLength(1)
})

test('a commit that is refused leaves neither a branch nor a pull request behind', async () => {
  const { fake, vcs } = setting
  fake.fail({ field: 'createCommitOnBranch', graphqlErrors: [{ type: 'UNPROCESSABLE', message: 'A path is wrong' }] })
  const error = await failure(vcs.publishPullRequest(specOf(DECORATED)))
  expect(error.code).toBe('invalid')
  expect(error.message).toContain('A path is wrong')
  expect(Object.keys(await fake.state.branches(REPOSITORY))).toEqual(['main'])
  expect(await open()).toEqual([])
})

test('a pull request that opened on a branch whose commit failed is closed again', async () => {
  const { fake, vcs } = setting
  // A closed one left its commit on the branch, so GitHub opens another whether or not ours comes to it.
  await vcs.publishPullRequest(specOf())
  fake.state.closePullRequest(REPOSITORY, 1)
  const before = await fake.state.head(REPOSITORY, BRANCH)
  fake.fail({ field: 'createCommitOnBranch', graphqlErrors: [{ type: 'UNPROCESSABLE', message: 'A path is wrong' }] })
  const error = await failure(vcs.publishPullRequest(nextSpec()))
  expect(error.code).toBe('invalid')
  expect(await fake.state.pullRequests(REPOSITORY)).toMatchObject([{ state: 'closed' }, { state: 'closed' }])
  expect(await fake.state.head(REPOSITORY, BRANCH)).toBe(before)
})

test('a pull request that may not be opened leaves no branch behind', async () => {
  const { fake, vcs } = setting
  fake.state.setPermissions(setting.token, {
    contents: 'write',
    pull_requests: 'read',
    issues: 'write',
    members: 'read',
  })
  const error = await failure(vcs.publishPullRequest(specOf()))
  expect(error).toMatchObject({ code: 'permission', missing: ['pull_requests=write'] })
  expect(Object.keys(await fake.state.branches(REPOSITORY))).toEqual(['main'])
})

test('an update whose commit is refused takes its text back', async () => {
  const { fake, vcs } = setting
  const first = await vcs.publishPullRequest(specOf())
  fake.fail({ field: 'createCommitOnBranch', times: 1, graphqlErrors: [{ type: 'UNPROCESSABLE', message: 'no' }] })
  await failure(vcs.publishPullRequest(nextSpec()))
  expect(await open()).toMatchObject([{ body: first.pullRequest?.body, title: first.pullRequest?.title }])
  expect((await vcs.publishPullRequest(nextSpec())).outcome).toBe('updated')
  expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toContain('16')
})

test('text that promises what the branch does not hold is not believed', async () => {
  const { fake, vcs } = setting
  await vcs.publishPullRequest(specOf())
  fake.fail({ match: { operation: 'RestoreText' }, reset: true })
  fake.fail({ field: 'createCommitOnBranch', times: 1, graphqlErrors: [{ type: 'UNPROCESSABLE', message: 'no' }] })
  await failure(vcs.publishPullRequest(nextSpec()))
  expect(await open()).toMatchObject([{ title: 'Deploy support-bot 16 to production' }])
  expect((await vcs.publishPullRequest(nextSpec())).outcome).toBe('updated')
  expect(await fake.state.file(REPOSITORY, PATH, BRANCH)).toContain('16')
})

test('two that publish the same thing at once open one pull request', async () => {
  const { fake, vcs, as } = setting
  const other = as('pullwright-bot')
  for (let round = 0; round < 5; round++) {
    const spec = specOf({ ...DECORATED, branch: `race/${round}`, identity: `race-${round}` })
    const results = await Promise.all([vcs.publishPullRequest(spec), other.publishPullRequest(spec)])
    expect(results.map(({ outcome }) => outcome)).toContain('created')
    expect(results.every(({ outcome }) => outcome !== 'conflict')).toBe(true)
    expect((await open()).filter(({ head }) => head === spec.branch)).toHaveLength(1)
    expect((await fake.state.commits(REPOSITORY, spec.branch)).length).toBe(2)
  }
})

test('two that publish different things on one branch leave a pull request that is what it says', async () => {
  const { fake, vcs, as } = setting
  const other = as('pullwright-bot')
  for (let round = 0; round < 5; round++) {
    const on = { branch: `race/${round}` }
    const results = await Promise.all([vcs.publishPullRequest(specOf(on)), other.publishPullRequest(nextSpec(on))])
    const [there, ...more] = (await open()).filter(({ head }) => head === on.branch)
    expect(more).toEqual([])
    const revision = there?.title.includes('16') ? '16' : '15'
    expect(await fake.state.file(REPOSITORY, PATH, on.branch)).toContain(revision)
    expect(results.filter(({ outcome }) => outcome === 'created')).toHaveLength(1)
  }
})

test('an answer that never comes ends with the time-out, and the next run goes on', async () => {
  const { fake, token, vcs } = setting
  const wire = createTransport()
  const hasty: Transport = { ...wire, send: (request) => wire.send({ ...request, timeoutMs: 2000 }) }
  const impatient = github({ auth: { token }, baseUrl: fake.url, transport: hasty })
  fake.fail({ match: { operation: 'createPullRequest' }, times: 1, hangMs: 60_000, afterEffect: true })
  expect(await failure(impatient.publishPullRequest(specOf(DECORATED)))).toMatchObject({ code: 'unavailable' })
  expect((await vcs.publishPullRequest(specOf(DECORATED))).outcome).toBe('created')
  expect(await open()).toMatchObject([{ reviewers: ['jane'] }])
  await wire.close()
})

test('an abort ends the call with its reason', async () => {
  const { fake, vcs } = setting
  fake.fail({ match: { operation: 'createPullRequest' }, hangMs: 60_000 })
  const controller = new AbortController()
  const work = vcs.publishPullRequest(specOf(), { signal: controller.signal })
  await expect.poll(() => fake.requests.length).toBe(2)
  controller.abort(new Error('the instance stops'))
  await expect(work).rejects.toThrow('the instance stops')
  await expect(vcs.publishPullRequest(specOf(), { signal: controller.signal })).rejects.toThrow('the instance stops')
})

test('rate limits tell until when, and no more is sent before', async () => {
  const { fake, vcs } = setting
  const resetAt = Date.now() + 600_000
  fake.fail({ ...gitHubFaults.graphqlLimit(resetAt), times: 1 })
  const error = await failure(vcs.publishPullRequest(specOf()))
  expect(error).toMatchObject({ code: 'rate-limited', retryable: true })
  expect(error.retryAfter).toBeGreaterThan(500_000)
  expect(error.retryAfter).toBeLessThan(660_000)
  const before = fake.requests.length
  expect((await failure(vcs.publishPullRequest(specOf()))).code).toBe('rate-limited')
  expect(fake.requests).toHaveLength(before)
})

test('a secondary limit is heeded', async () => {
  const { fake, vcs } = setting
  fake.fail({ ...gitHubFaults.secondaryLimit(90), times: 1 })
  const error = await failure(vcs.publishPullRequest(specOf()))
  expect(error.code).toBe('rate-limited')
  expect(Math.round((error.retryAfter ?? 0) / 1000)).toBe(90)
})

test('a token that was refused is named by what to do, never by itself', async () => {
  const { fake, token, vcs } = setting
  fake.state.revokeToken(token)
  const error = await failure(vcs.publishPullRequest(specOf()))
  expect(error.code).toBe('auth')
  expect(error.message).toMatch(/expired|revoked/)
  fake.fail({ status: 422, body: { message: `the token ${token} is odd` } })
  const second = await failure(vcs.closePullRequest({ repository: REPOSITORY, number: 1 }))
  expect(JSON.stringify([error, second, error.message, second.message, second.stack])).not.toContain(token)
})

test('no answer at all is unavailable', async () => {
  const vcs = github({ auth: { token: 'x'.repeat(40) }, baseUrl: 'http://127.0.0.1:9' })
  expect((await failure(vcs.publishPullRequest(specOf()))).code).toBe('unavailable')
  await vcs.close?.()
})
