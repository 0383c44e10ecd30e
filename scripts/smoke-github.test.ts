import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type FakeGitHub, fakeGitHub } from '@pullwright/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'

let fake: FakeGitHub
beforeEach(async () => {
  fake = await fakeGitHub()
  await fake.state.createRepository({ owner: 'acme', name: 'prompts', teams: { reviewers: ['rita'] } })
})
afterEach(() => fake.close())

/** As a person would start it. */
function run(args: string[], token?: string): Promise<{ code: number; output: string }> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const { GITHUB_TOKEN: _host, ...env } = process.env
  const options = { cwd: root, env: token === undefined ? env : { ...env, GITHUB_TOKEN: token } }
  const command = ['--import', 'tsx', '-C', '@pullwright/source', 'scripts/smoke-github.ts', ...args]
  return new Promise((resolve) => {
    execFile(process.execPath, command, options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr })
    })
  })
}

test('creates, repeats, updates, closes and leaves nothing behind', async () => {
  const token = fake.state.createToken()
  const wishes = ['--reviewer', 'rita', '--team', 'reviewers', '--label', 'smoke']
  const { code, output } = await run(['--repository', 'acme/prompts', '--base-url', fake.url, ...wishes], token)
  expect(output).toContain('All went well.')
  expect(code).toBe(0)
  expect(output).not.toContain(token)
  expect(Object.keys(await fake.state.branches('acme/prompts'))).toEqual(['main'])
  expect(await fake.state.pullRequests('acme/prompts')).toMatchObject([{ state: 'closed', labels: ['smoke'] }])
  expect(fake.violations).toEqual([])
})

test('says what is wrong with the token, and exits 1', async () => {
  const token = fake.state.createToken({ permissions: { contents: 'read', pull_requests: 'read' } })
  const { code, output } = await run(['--repository', 'acme/prompts', '--base-url', fake.url], token)
  expect(output).toContain('contents=write')
  expect(output).not.toContain(token)
  expect(code).toBe(1)
})

test('explains itself and exits 2 where it cannot begin', async () => {
  expect(await run(['--repository', 'acme/prompts'])).toMatchObject({
    code: 2,
    output: expect.stringContaining('GITHUB_TOKEN is not set'),
  })
  expect(await run([], 'x')).toMatchObject({ code: 2, output: expect.stringContaining('--repository owner/name') })
  expect(await run(['--nonsense'], 'x')).toMatchObject({ code: 2, output: expect.stringContaining('--nonsense') })
  expect(fake.requests).toEqual([])
})
