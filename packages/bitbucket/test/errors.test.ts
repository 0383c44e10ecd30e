import { type Clock, isVcsError, type VcsError } from '@pullwright/core'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bitbucket } from '../src/index.ts'
import { nextSpec, openSetting, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting()
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

const failure = async (work: Promise<unknown>): Promise<VcsError> => {
  const error: unknown = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!isVcsError(error)) throw error ?? new Error('nothing was thrown')
  return error
}

test('each refusal has its code, and no message holds the credential', async () => {
  const { fake, vcs, token } = setting
  const basic = Buffer.from(`me:${token}`).toString('base64')
  const cases: [number, string][] = [
    [401, 'auth'],
    [403, 'permission'],
    [404, 'not-found'],
    [409, 'conflict'],
    [400, 'invalid'],
    [413, 'too-large'],
    [500, 'unavailable'],
    [555, 'unavailable'],
  ]
  await vcs.publishPullRequest(specOf())
  for (const [status, code] of cases) {
    const body = { type: 'error', error: { message: `no: ${token} ${basic}` } }
    fake.fail({ match: { method: 'POST', path: /\/comments$/ }, status, body, times: 1 })
    const error = await failure(vcs.upsertComment({ repository: REPOSITORY, number: 1 }, { marker: 'm', body: 'x' }))
    expect([error.code, error.status]).toEqual([code, status])
    expect(`${error.message} ${JSON.stringify(error)} ${error.stack}`).not.toContain(token)
  }
})

test('a write that fails is sent once, a read is repeated', async () => {
  const { fake, vcs } = setting
  const write = fake.fail({
    match: { method: 'POST', path: /\/pullrequests$/ },
    status: 502,
    afterEffect: true,
    times: 1,
  })
  expect((await failure(vcs.publishPullRequest(specOf()))).code).toBe('unavailable')
  expect(write.hits).toBe(1)
  const read = fake.fail({ match: { method: 'GET' }, status: 502, times: 2 })
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({ outcome: 'unchanged', pullRequest: { number: 1 } })
  expect(read.hits).toBe(2)
  expect(await fake.state.pullRequests(REPOSITORY)).toHaveLength(1)
})

test('a connection that is dropped is unavailable, and an abort ends at once', async () => {
  const { fake, vcs } = setting
  const dropped = fake.fail({ match: { method: 'POST' }, reset: true, times: 1 })
  expect((await failure(vcs.publishPullRequest(specOf()))).message).toContain('did not answer')
  dropped.remove()
  fake.fail({ match: { method: 'POST' }, hangMs: 60_000 })
  const controller = new AbortController()
  const work = vcs.publishPullRequest(specOf(), { signal: controller.signal })
  const seen = fake.requests.length
  await expect.poll(() => fake.requests.length).toBeGreaterThan(seen)
  controller.abort(new Error('enough'))
  await expect(work).rejects.toThrow('enough')
})

test('the hourly limit is told with the time to wait, and nothing is sent before', async () => {
  const { fake, token, another } = setting
  let now = Date.now()
  const clock: Clock = { now: () => now }
  const vcs = another({ clock })
  fake.state.setRemaining(token, 0)
  const error = await failure(vcs.publishPullRequest(specOf()))
  expect(error).toMatchObject({ code: 'rate-limited', retryAfter: 60_000 })
  const sent = fake.requests.length
  expect((await failure(vcs.inspect(REPOSITORY))).code).toBe('rate-limited')
  expect(fake.requests).toHaveLength(sent)
  fake.state.setRemaining(token, 100)
  now += 60_001
  expect((await vcs.publishPullRequest(specOf())).outcome).toBe('created')
})

test('a Retry-After is heeded', async () => {
  const { fake, another } = setting
  const now = Date.now()
  const vcs = another({ clock: { now: () => now } })
  fake.fail({ status: 429, headers: { 'retry-after': '90' }, times: 1 })
  expect(await failure(vcs.publishPullRequest(specOf()))).toMatchObject({ code: 'rate-limited', retryAfter: 90_000 })
})

test('missing scopes are named', async () => {
  const { fake, token, vcs } = setting
  fake.state.setScopes(token, ['pullrequest'])
  expect(await failure(vcs.publishPullRequest(specOf()))).toMatchObject({
    code: 'permission',
    missing: ['repository:write'],
  })
})

test('takes an app password, an API token and an access token; refuses what cannot be one', async () => {
  const { fake, another } = setting
  const user = fake.state.createUser('pullwright-bot')
  const credentials = [
    { username: user.nickname, appPassword: fake.state.createToken({ kind: 'app-password' }) },
    { username: user.email, appPassword: fake.state.createToken({ kind: 'api-token' }) },
    { token: fake.state.createToken() },
  ]
  for (const auth of credentials) expect((await another({ auth }).inspect(REPOSITORY)).ok).toBe(true)
  const [first] = credentials
  const tenant = setting.vcs.connect?.({ credential: `${first?.username}:${first?.appPassword}` })
  expect((await tenant?.inspect(REPOSITORY))?.ok).toBe(true)
  expect(tenant?.secrets?.()).toContain(first?.appPassword)
  for (const auth of [{ token: undefined }, { token: 'two words' }, { username: 'a:b', appPassword: 'x' }]) {
    expect(() => bitbucket({ auth })).toThrow(/auth\./)
  }
  expect(() => setting.vcs.connect?.({ credential: 'x', baseUrl: 'https://elsewhere.example' })).toThrow(
    /guarded transport/,
  )
})

test('two hosts in one process share nothing', async () => {
  const other = await openSetting()
  try {
    await setting.vcs.publishPullRequest(specOf())
    expect((await other.vcs.publishPullRequest(nextSpec())).outcome).toBe('created')
    expect(other.fake.requests.every(({ headers }) => !headers.authorization?.includes(setting.token))).toBe(true)
    setting.fake.state.setRemaining(setting.token, 0)
    expect((await failure(setting.vcs.inspect(REPOSITORY))).code).toBe('rate-limited')
    expect((await other.vcs.inspect(REPOSITORY)).ok).toBe(true)
  } finally {
    await other.close()
  }
})

test('does not follow its own API to another host', async () => {
  const { fake, vcs } = setting
  const next = 'https://elsewhere.example/2.0/page'
  fake.fail({
    match: { method: 'GET' },
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: { values: [], next },
  })
  const error = await failure(vcs.findPullRequests(REPOSITORY, {}))
  expect(error.message).toContain('another host')
})

test('an oversize text or title is refused before a request', async () => {
  const { fake, vcs } = setting
  expect((await failure(vcs.publishPullRequest(specOf({ body: 'x'.repeat(32_000) })))).code).toBe('too-large')
  expect((await failure(vcs.publishPullRequest(specOf({ title: 'x'.repeat(256) })))).code).toBe('too-large')
  const { bodyLimit, details } = await vcs.capabilities(REPOSITORY)
  expect(details).toBeUndefined()
  const largest = specOf({ body: 'x'.repeat(bodyLimit.size), identity: 'i'.repeat(200) })
  expect((await vcs.publishPullRequest(largest)).outcome).toBe('created')
  const [there] = await fake.state.pullRequests(REPOSITORY)
  expect(there?.description.length).toBeLessThanOrEqual(32_768)
})

test('takes the secret of its webhook from the environment as it is, and refuses an empty one', () => {
  const auth = { token: 'token' }
  expect(bitbucket({ auth, webhookSecret: process.env.PULLWRIGHT_NOT_SET }).source).toBeUndefined()
  expect(bitbucket({ auth, webhookSecret: ['one', process.env.PULLWRIGHT_NOT_SET] }).secrets?.()).toEqual([
    'token',
    'one',
  ])
  for (const webhookSecret of ['', [process.env.PULLWRIGHT_NOT_SET]])
    expect(() => bitbucket({ auth, webhookSecret })).toThrow(/`webhookSecret` is empty.*environment variable/)
})
