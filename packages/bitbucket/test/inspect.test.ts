import { afterEach, beforeEach, expect, test } from 'vitest'
import { openSetting, REPOSITORY, type Setting } from './setting.ts'

let setting: Setting
beforeEach(async () => {
  setting = await openSetting({ private: false, mergeStrategies: ['squash', 'rebase_fast_forward', 'fast_forward'] })
})
afterEach(async () => {
  expect(setting.fake.violations).toEqual([])
  await setting.close()
})

test('tells what a repository is like, and that nothing is missing', async () => {
  expect(await setting.vcs.inspect(REPOSITORY)).toEqual({
    repository: REPOSITORY,
    ok: true,
    defaultBranch: 'main',
    visibility: 'public',
    missing: [],
    problems: [],
    autoMergeAllowed: false,
    mergeMethods: ['squash', 'rebase'],
    credentialExpiresAt: null,
  })
})

test('names every scope that is missing, and the permission of the account', async () => {
  const { fake, token, vcs } = setting
  fake.state.setScopes(token, ['account', 'repository'])
  expect(await vcs.inspect(REPOSITORY)).toMatchObject({ ok: false, missing: ['repository:write', 'pullrequest:write'] })
  fake.state.setScopes(token, ['account', 'repository:write'])
  fake.state.setPermission(REPOSITORY, 'pullwright-bot', 'read')
  const told = await vcs.inspect(REPOSITORY)
  expect(told.missing).toEqual(['pullrequest:write', 'write permission in the repository'])
  fake.state.setScopes(token, ['account'])
  expect(await vcs.inspect(REPOSITORY)).toMatchObject({ ok: false, missing: ['repository'], defaultBranch: null })
})

test('tries what cannot be done where Bitbucket does not tell the scopes', async () => {
  const { fake, token, vcs } = setting
  fake.state.setScopes(token, ['account', 'repository:write'])
  const hidden = hideScopes()
  expect((await hidden.inspect(REPOSITORY)).missing).toEqual(['pullrequest:write'])
  expect(await vcs.findPullRequests(REPOSITORY, {}).catch(({ missing }: { missing: string[] }) => missing)).toEqual([
    'pullrequest',
  ])
})

/** The answers of the fake without the header. */
function hideScopes() {
  return setting.another({
    transport: {
      fetch: globalThis.fetch,
      close: async () => {},
      async send({ url, method, headers = {}, body }) {
        const answer = await fetch(url, {
          method,
          headers,
          ...(body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) }),
        })
        const told = Object.fromEntries([...answer.headers].filter(([name]) => name !== 'x-oauth-scopes'))
        const timings = { dns: null, connect: null, tls: null, firstByte: null, total: 0 }
        return {
          status: answer.status,
          headers: told,
          body: new Uint8Array(await answer.arrayBuffer()),
          truncated: false,
          timings,
        }
      },
    },
  })
}

test('tells an empty repository, one that is not there and a credential that is refused', async () => {
  const { fake, token, vcs } = setting
  await fake.state.createRepository({ workspace: 'acme', slug: 'empty', files: null })
  expect(await vcs.inspect('acme/empty')).toMatchObject({ ok: false, problems: [expect.stringContaining('empty')] })
  expect(await vcs.inspect('acme/nowhere')).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('not found')],
  })
  fake.state.revokeToken(token)
  expect(await vcs.inspect(REPOSITORY)).toMatchObject({
    ok: false,
    problems: [expect.stringContaining('refused the credential')],
  })
})
