import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOptions } from '../src/read-options.ts'

const run = promisify(execFile)
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const tsx = import.meta.resolve('tsx')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quickstart-'))
})

afterAll(() => rm(folder, { recursive: true, force: true }))

function quickstart(args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const flags = ['--conditions=@pullwright/source', `--import=${tsx}`, main, ...args]
  return run(process.execPath, flags, { cwd: folder, env: { ...process.env, ...env } })
}

describe('the quickstart', () => {
  it('plays four deployments into one pull request, keeps the planted key out, and leaves the repository behind', async () => {
    const { stdout } = await quickstart()
    expect(stdout.match(/signed webhook received: HTTP 202/g)).toHaveLength(3)
    expect(stdout.match(/pull request created after/g)).toHaveLength(1)
    expect(stdout.match(/pull request updated after/g)).toHaveLength(3)
    expect(stdout.match(/\d requests to the forge/g)).toEqual(
      ['3', '2', '2', '2'].map((n) => `${n} requests to the forge`),
    )
    expect(stdout).toContain('+Answer in at most three sentences, and politely.')
    expect(stdout.match(/not there: /g)).toHaveLength(6)
    expect(stdout).not.toContain('FOUND')
    const repository = join(folder, '.pullwright/quickstart/repo.git')
    expect(existsSync(join(repository, 'HEAD'))).toBe(true)
    const git = ['--git-dir', repository, 'log', '--oneline', 'main..pullwright/support-bot/production']
    expect((await run('git', git)).stdout.trim().split('\n')).toHaveLength(4)
  })

  it('says how it is used when it is used wrongly', async () => {
    const refused = await quickstart(['--sevre']).catch((error: { code: number; stderr: string }) => error)
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/'--sevre'.*--serve +keep running/s) })
  })

  it.each([
    [['--sevre'], /'--sevre'/],
    [['--repository', 'acme/prompts'], /GITHUB_TOKEN/],
    [['--port', 'x'], /--port must/],
  ])('does not take %j', (args, advice) => {
    expect(readOptions(args, { GITHUB_TOKEN: '' })).toMatch(advice)
  })

  it('works on real GitHub where it is told to', () => {
    expect(readOptions(['--', '--repository', 'acme/prompts'], { GITHUB_TOKEN: 'token' })).toEqual({
      ...{ help: false, serve: false, port: 0 },
      real: { token: 'token', repository: 'acme/prompts' },
    })
    expect(readOptions(['--repository', 'acme'], { GITHUB_TOKEN: 'token' })).toMatch(/owner\/name/)
  })
})
