import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectFiles } from './files.mjs'
import { root } from './root.mjs'
import { pnpm } from './setup.mjs'

const execute = promisify(execFile)
const stamp = join(root, 'node_modules', '.pullwright-build')

/** Every package to be published: `{ name, folder, manifest }`, by folder name. */
export function packages() {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .map((folder) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      return { name: manifest.name, folder, manifest }
    })
}

/**
 * Builds every package, two at a time, unless just this was built before. A failed build is thrown with all that the build
 * said.
 */
export async function buildAll() {
  const wanted = digest()
  const built = packages().every(({ folder }) => existsSync(join(folder, 'dist')))
  if (built && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  await buildEach(packages())
  writeFileSync(stamp, wanted)
}

async function buildEach(waiting) {
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await build(next)
  }
  await Promise.all([worker(), worker()])
}

/** Packs every package, which must be built, into `folder`. Answers name and tarball of each. */
export async function packAll(folder) {
  await execute('npx', pnpm('--recursive', '--filter=./packages/*', 'pack', '--pack-destination', folder), {
    cwd: root,
    shell: process.platform === 'win32',
  })
  return packages().map(({ name, manifest }) => ({
    name,
    tarball: join(folder, `${name.slice(1).replace('/', '-')}-${manifest.version}.tgz`),
  }))
}

/** Of all that a build reads. */
function digest() {
  const hash = createHash('sha256')
  const read = projectFiles().filter((path) => /^packages\/[^/]+\/(src\/|[^/]+$)|^[^/]+$/.test(path))
  for (const path of read.sort())
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0')
  return hash.digest('hex')
}

async function build({ name, folder }) {
  const tsup = join(root, 'node_modules', 'tsup', 'dist', 'cli-default.js')
  rmSync(join(folder, 'dist'), { recursive: true, force: true })
  try {
    await execute(process.execPath, [tsup, '--silent'], { cwd: folder })
  } catch (error) {
    throw new Error(`${name} does not build:\n${error.stdout ?? ''}${error.stderr ?? ''}`, { cause: error })
  }
}
