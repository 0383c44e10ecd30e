import { gitLabFaults } from '@pullwright/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectionClient } from '../../core/test/connection-client.ts'
import { BRANCH, openSetting, REPOSITORY, type Setting, specOf } from './setting.ts'

let setting: Setting
let client: ReturnType<typeof connectionClient>
beforeEach(async () => {
  setting = await openSetting()
  client = connectionClient(setting.vcs)
})
afterEach(async () => {
  await client.stop()
  await setting.close()
})

const draftOf = (changes: { repository?: string; base?: string; credential?: string } = {}) => ({
  ...{ vcs: 'gitlab', base_url: setting.fake.url, repository: REPOSITORY, credential: setting.token },
  ...changes,
})

test('a connection that works says what it leads to, as a draft and saved', async () => {
  await setting.vcs.publishPullRequest(specOf())
  const { integrations } = client
  const { id } = await integrations.create(draftOf({ base: BRANCH }))
  for (const found of [await integrations.testDraft(draftOf({ base: BRANCH })), await integrations.test(id)])
    expect(found).toMatchObject({ ok: true, default_branch: 'main', missing: [], problems: [] })
})

test('a missing scope and a role too low are named', async () => {
  const { state } = setting.fake
  const credential = state.createToken({ user: 'joe', scopes: ['read_api'] })
  expect(await client.integrations.testDraft(draftOf({ credential }))).toMatchObject({
    ok: false,
    missing: ['scope: api'],
  })
  state.setRole(REPOSITORY, 'joe', 'reporter')
  const { missing, problems } = await client.integrations.testDraft(draftOf({ credential }))
  expect(missing).toEqual(['scope: api', 'role: Developer'])
  expect(problems.join()).toMatch(/lacks .*role: Developer/)
})

test.each([
  ['a token that is refused', { credential: ['glpat', 'x'.repeat(20)].join('-') }, /token/],
  ['a project that is not there', { repository: 'acme/nothing' }, /not found|not there|hidden/i],
  ['a base that is not there', { base: 'release/9' }, /no branch "release\/9" in/],
])('%s is an answer, and no failure', async (_what, change, problem) => {
  const draft = draftOf(change)
  const { ok, problems } = await client.integrations.testDraft(draft)
  expect(ok).toBe(false)
  expect(problems.join()).toMatch(problem)
  expect(problems.join()).not.toContain(draft.credential)
})

test('a GitLab that fails or wants a pause is a problem with its reason', async () => {
  setting.fake.fail({ ...gitLabFaults.rateLimit(90), times: 20 })
  await expect(client.integrations.testDraft(draftOf())).rejects.toMatchObject({
    ...{ status: 502, code: 'forge-failed', retryAfter: 90, message: expect.stringMatching(/rate limit/i) },
  })
})
