import { gitHubFaults } from '@pullwright/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectionClient } from '../../core/test/connection-client.ts'
import { openSetting, REPOSITORY, type Setting } from './setting.ts'

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

/** The admin API's client, and a tenant's draft that is good. */
function setUp() {
  const { fake, vcs, token } = setting
  const draft = { vcs: vcs.name, base_url: fake.url, repository: REPOSITORY, credential: token }
  return { integrations: client.integrations, draft }
}

test('a connection that works says what it leads to, as a draft and saved', async () => {
  const { integrations, draft } = setUp()
  const { id } = await integrations.create({ ...draft, base: 'main' })
  for (const found of [await integrations.testDraft(draft), await integrations.test(id)])
    expect(found).toMatchObject({ ok: true, default_branch: 'main', missing: [], problems: [] })
})

test('each missing permission is named', async () => {
  const { integrations, draft } = setUp()
  const { id } = await integrations.create(draft)
  setting.fake.state.setPermissions(setting.token, { contents: 'read', pull_requests: 'read' })
  for (const found of [await integrations.testDraft(draft), await integrations.test(id)]) {
    expect(found.ok).toBe(false)
    expect(found.missing).toEqual(expect.arrayContaining(['contents=write', 'pull_requests=write']))
    expect(found.problems.join()).toMatch(/lacks .*contents=write/)
  }
})

test.each([
  ['a token that is refused', { credential: ['github', 'pat', 'x'.repeat(30)].join('_') }, /token is complete/],
  ['a repository that is not there', { repository: 'acme/nothing' }, /not found, or hidden/],
  ['a base that is not there', { base: 'release/9' }, /no branch "release\/9" in/],
])('%s is an answer, and no failure', async (_what, change, problem) => {
  const { integrations, draft } = setUp()
  const changed = { ...draft, ...change }
  const { ok, problems } = await integrations.testDraft(changed)
  expect(ok).toBe(false)
  expect(problems.join()).toMatch(problem)
  expect(problems.join()).not.toContain(changed.credential)
})

test('an adapter that is not there is named by its path', async () => {
  const { integrations, draft } = setUp()
  const refusal = { status: 422, code: 'invalid-argument', problem: { errors: [{ path: 'vcs' }] } }
  await expect(integrations.testDraft({ ...draft, vcs: 'svn' })).rejects.toMatchObject(refusal)
  await expect(integrations.create({ ...draft, vcs: 'svn' })).rejects.toMatchObject(refusal)
})

test('a forge that fails, is not there or wants a pause is a problem with its reason', async () => {
  const { integrations, draft } = setUp()
  setting.fake.fail({ ...gitHubFaults.secondaryLimit(90), times: 1 })
  await expect(integrations.testDraft(draft)).rejects.toMatchObject({
    ...{ status: 502, code: 'forge-failed', retryAfter: 90, message: expect.stringMatching(/rate limit/) },
  })
  setting.fake.fail({ status: 503, times: 20 })
  await expect(integrations.testDraft(draft)).rejects.toMatchObject({ status: 502, code: 'forge-failed' })
  const gone = integrations.testDraft({ ...draft, base_url: 'http://127.0.0.1:1' })
  await expect(gone).rejects.toMatchObject({ code: 'forge-failed', message: expect.stringMatching(/refused/) })
  const inside = integrations.testDraft({ ...draft, base_url: 'http://169.254.169.254/' })
  await expect(inside).rejects.toMatchObject({ status: 422, code: 'egress-blocked' })
})
