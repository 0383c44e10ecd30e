import { inspect } from 'node:util'
import { gitLabFaults } from '@pullwright/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { gitlab } from '../src/index.ts'
import { BRANCH, nextSpec, openSetting, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting()
})
afterEach(() => setting.close())

test.each([
  [401, { message: '401 Unauthorized' }, 'auth'],
  [403, { message: '403 Forbidden' }, 'permission'],
  [404, { message: '404 Project Not Found' }, 'not-found'],
  [413, 'Request Entity Too Large', 'too-large'],
  [400, { message: { title: ['is too long (maximum is 255 characters)'] } }, 'too-large'],
  [422, { error: 'nonsense' }, 'invalid'],
  [500, { message: '500 Internal Server Error' }, 'unavailable'],
])('a %i on the commit is told as what it is, without the token', async (status, body, code) => {
  const { fake, vcs, token } = setting
  fake.fail({ match: { operation: 'POST /projects/:id/repository/commits' }, status, body })
  const error: unknown = await vcs.publishPullRequest(specOf()).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code, status })
  expect(inspect(error, { depth: 9 })).not.toContain(token)
  expect(fake.state.mergeRequests(REPOSITORY)).toEqual([])
})

test('a write without an answer is never sent twice, and the next run makes no second one', async () => {
  const { fake, vcs, sent } = setting
  for (const operation of ['POST /projects/:id/repository/commits', 'POST /projects/:id/merge_requests']) {
    fake.fail({ match: { operation }, ...gitLabFaults.badGateway(), afterEffect: true, times: 1 })
  }
  for (let n = 0; n < 2; n++) {
    await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({ code: 'unavailable' })
  }
  const writes = sent().filter((one) => one.startsWith('POST'))
  expect(writes).toEqual(['POST commits', 'POST merge_requests'])
  await vcs.publishPullRequest(specOf())
  expect(fake.state.mergeRequests(REPOSITORY)).toHaveLength(1)
  expect(await fake.state.commits(REPOSITORY, BRANCH)).toHaveLength(2)
})

test('a read that failed on the way is repeated', async () => {
  const { fake, vcs, sent } = setting
  fake.fail({ match: { operation: 'PublishPlan' }, ...gitLabFaults.badGateway(), times: 1 })
  expect(await vcs.publishPullRequest(specOf())).toMatchObject({ outcome: 'created' })
  expect(sent().slice(0, 2)).toEqual(['PublishPlan', 'PublishPlan'])
})

test('a rate limit is told once, and nothing more is sent until it is over', async () => {
  const { fake, vcs, sent } = setting
  fake.fail({ match: { operation: 'PublishPlan' }, ...gitLabFaults.rateLimit(30), times: 1 })
  for (let n = 0; n < 2; n++) {
    await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({
      code: 'rate-limited',
      retryAfter: expect.closeTo(30_000, -4),
    })
  }
  expect(sent()).toEqual(['PublishPlan'])
})

test('gives up at once when it is told to', async () => {
  const { fake, vcs } = setting
  const abort = new AbortController()
  fake.fail({ match: { operation: 'POST /projects/:id/repository/commits' }, hangMs: 60_000 })
  const running = vcs.publishPullRequest(specOf(), { signal: abort.signal })
  await expect.poll(() => fake.requests.length).toBe(2)
  abort.abort()
  await expect(running).rejects.toThrow(/abort/i)
  await expect(vcs.publishPullRequest(nextSpec(), { signal: abort.signal })).rejects.toThrow(/abort/i)
})

test('a branch that may not be pushed to is a rule, not a permission', async () => {
  const { fake, vcs } = setting
  fake.state.changeProject(REPOSITORY, {
    protectedBranches: [{ name: 'pullwright/*', push: 'maintainer', merge: 'maintainer' }],
  })
  await expect(vcs.publishPullRequest(specOf())).rejects.toMatchObject({
    code: 'policy',
    message: expect.stringMatching(/not allowed to push into this branch/),
  })
})

test('works under a path, with an OAuth token, and several hosts in one process', async () => {
  const other = await openSetting({}, { prefix: '/gitlab' })
  const oauthToken = other.fake.state.createToken({ kind: 'oauth' })
  const vcs = gitlab({ name: 'theirs', auth: { oauthToken }, baseUrl: `${other.fake.url}/` })
  const [here, there] = await Promise.all([setting.vcs.publishPullRequest(specOf()), vcs.publishPullRequest(specOf())])
  expect(there.pullRequest?.url).toBe(`${other.fake.url}/${REPOSITORY}/-/merge_requests/1`)
  expect(here.pullRequest?.url).toMatch(setting.fake.url)
  expect(other.fake.requests.every(({ headers }) => headers.authorization === `Bearer ${oauthToken}`)).toBe(true)
  expect((await vcs.inspect(REPOSITORY)).ok).toBe(true)
  await vcs.close?.()
  await other.close()
})

test('connects for a tenant: another credential, another host only through a guarded transport', async () => {
  const { fake, vcs } = setting
  const tenant = vcs.connect?.({ credential: fake.state.createToken({ user: 'jane' }) })
  expect(await tenant?.publishPullRequest(specOf())).toMatchObject({ pullRequest: { author: 'jane' } })
  expect(() => vcs.connect?.({ credential: 'x', baseUrl: 'https://elsewhere.example' })).toThrow(/guarded transport/)
})

test('refuses a missing token and a strange address at once, and knows its secrets', () => {
  expect(() => gitlab({ auth: { token: undefined } })).toThrow(/environment variable/)
  expect(() => gitlab({ auth: { token: 'x' }, baseUrl: 'gitlab.example.com' })).toThrow(/baseUrl/)
  expect(() => gitlab({ auth: { token: 'x' }, baseUrl: 'https://me:pw@gitlab.example.com' })).toThrow(/baseUrl/)
  const secrets = gitlab({ auth: { token: 'one' }, webhookSecret: ['two', 'three'] }).secrets?.()
  expect(secrets).toEqual(['one', 'two', 'three'])
})

test('refuses a repository that is no path of a project', async () => {
  for (const repository of ['prompts', 'acme//prompts', '../x/y', 'acme/prompts.git', 'acme/pro mpts']) {
    await expect(setting.vcs.publishPullRequest(specOf({ repository }))).rejects.toMatchObject({ code: 'invalid' })
  }
  expect(setting.fake.requests).toEqual([])
})

test('takes the secret of its webhook from the environment as it is, and refuses an empty one', () => {
  const auth = { token: 'token' }
  expect(gitlab({ auth, webhookSecret: process.env.PULLWRIGHT_NOT_SET }).source).toBeUndefined()
  expect(gitlab({ auth, webhookSecret: ['one', process.env.PULLWRIGHT_NOT_SET] }).secrets?.()).toEqual(['token', 'one'])
  for (const webhookSecret of ['', [process.env.PULLWRIGHT_NOT_SET]])
    expect(() => gitlab({ auth, webhookSecret })).toThrow(/`webhookSecret` is empty.*environment variable/)
})
