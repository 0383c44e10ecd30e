import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildAll, packAll, packages } from '../lib/pack.mjs'
import { root } from '../lib/root.mjs'

const execute = promisify(execFile)

/** What a host of ours has beside our packages: the peer dependency, and types where it is written in TypeScript. */
const BESIDE = ['express@5.3.0', '@types/express@5.0.6', '@types/node@20.19.43']

/** Node versions beyond the one that runs the tests. They come from the npm registry, so only where that is expected. */
const OTHER_NODES = process.env.CI ? ['22', '24'] : []

const folder = mkdtempSync(join(tmpdir(), 'pullwright-packages-'))
const consumer = join(folder, 'consumer')

beforeAll(async () => {
  mkdirSync(consumer)
  cpSync(join(root, 'scripts', 'package-test', 'consumer'), consumer, { recursive: true })
  cpSync(join(consumer, 'types.mts'), join(consumer, 'types.cts'))
  await buildAll()
  const packed = await packAll(folder)
  writeFileSync(join(consumer, 'package.json'), JSON.stringify({ name: 'consumer', private: true }))
  const wanted = [...packed.map((each) => each.tarball), ...BESIDE]
  await npm('install', '--prefer-offline', '--no-audit', '--no-fund', '--save-exact', ...wanted)
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(packages())('$name as published', ({ name, manifest }) => {
  const installed = () => readFileSync(join(consumer, 'node_modules', name, 'package.json'), 'utf8')

  it('names no source file and no workspace', () => {
    expect(installed()).not.toMatch(/@pullwright\/source|workspace:|\.\/src\//)
  })

  it('offers every entry to import and to require, with types for each', () => {
    for (const entry of Object.values(JSON.parse(installed()).exports)) {
      expect(entry).toEqual({
        import: { types: expect.stringMatching(/\.d\.ts$/), default: expect.stringMatching(/\.js$/) },
        require: { types: expect.stringMatching(/\.d\.cts$/), default: expect.stringMatching(/\.cjs$/) },
      })
    }
    expect(Object.keys(JSON.parse(installed()).exports)).toEqual(Object.keys(manifest.exports))
  })
})

describe.each(['import', 'require'])('every package by %s', (way) => {
  const script = way === 'import' ? 'main.mjs' : 'main.cjs'

  it(`works under Node ${process.versions.node}`, async () => {
    expectAllUsed(await execute(process.execPath, [script], { cwd: consumer }))
  })

  it.each(OTHER_NODES)(
    'works under Node %s',
    async (version) => {
      const args = ['--yes', '--loglevel=error', '-p', `node@${version}`, 'node', script]
      expectAllUsed(await execute('npx', args, { cwd: consumer }))
    },
    120_000,
  )
})

describe.each([
  { resolution: 'node16', module: 'node16', files: ['types.mts', 'types.cts'] },
  { resolution: 'bundler', module: 'esnext', files: ['types.mts'] },
])('the types under moduleResolution $resolution', ({ resolution, module, files }) => {
  it('compile in a strict project, declarations of dependencies checked too', async () => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    const options = ['--module', module, '--moduleResolution', resolution, '--target', 'es2023', '--types', 'node']
    await expect(
      execute(process.execPath, [tsc, '--noEmit', '--strict', '--exactOptionalPropertyTypes', ...options, ...files], {
        cwd: consumer,
      }).catch((error) => Promise.reject(new Error(error.stdout))),
    ).resolves.toMatchObject({ stdout: '' })
  }, 60_000)
})

/** The consumer prints one JSON line for each use: `{ use, problem? }`. */
function expectAllUsed({ stdout, stderr }: { stdout: string; stderr: string }) {
  const uses = stdout
    .trim()
    .split('\n')
    .map((line): { use: string; problem?: string } => JSON.parse(line))
  expect(uses.filter((each) => each.problem !== undefined)).toEqual([])
  for (const { name } of packages()) expect(uses.map((each) => each.use)).toContainEqual(expect.stringContaining(name))
  expect(stderr).toBe('')
}

async function npm(...args: string[]) {
  await execute('npm', [...args, '--loglevel=error'], { cwd: consumer, shell: process.platform === 'win32' })
}
