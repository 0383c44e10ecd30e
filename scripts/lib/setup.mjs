import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './root.mjs'

/** The oldest Node on which ES modules can be loaded with `require`, which the CommonJS builds rely on. */
const OLDEST_NODE = [20, 19]

/** What decides whether `node_modules` is still what the project asks for. */
const INSTALL_INPUTS = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json']

const stamp = join(root, 'node_modules', '.pullwright-install')

/** Everything a fresh clone needs before anything else can run. Ends the process with a sentence where it cannot. */
export function setUp() {
  requireNode()
  installDependencies()
}

/** The arguments after `npx` that start the version of pnpm that package.json names, and no other. */
export function pnpm(...args) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return ['--yes', '--loglevel=error', packageManager, ...args]
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const [oldestMajor, oldestMinor] = OLDEST_NODE
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return
  fail(`Pullwright needs Node ${OLDEST_NODE.join('.')} or newer, and this is ${process.versions.node}. See nodejs.org.`)
}

function installDependencies() {
  const wanted = digest()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  process.stdout.write('Installing dependencies, once ... ')
  const begun = Date.now()
  const args = pnpm('install', '--frozen-lockfile')
  const result = spawnSync('npx', args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' })
  if (result.status !== 0) {
    const said = [result.stdout, result.stderr, result.error?.message].filter(Boolean).join('\n')
    fail(`failed.\n\n${said}\nTried: npx ${args.join(' ')}\nIs the npm registry reachable from here?`)
  }
  writeFileSync(stamp, wanted)
  process.stdout.write(`done in ${Math.round((Date.now() - begun) / 1000)} s\n`)
}

function digest() {
  const hash = createHash('sha256')
  for (const file of INSTALL_INPUTS) hash.update(readFileSync(join(root, file))).update('\0')
  return hash.digest('hex')
}

function fail(sentence) {
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
