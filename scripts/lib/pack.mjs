import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { root } from './root.mjs'
import { pnpm } from './setup.mjs'

const execute = promisify(execFile)

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

/** Builds every package, two at a time. A failed build is thrown with all that the build said. */
export async function buildAll() {
  const waiting = packages()
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

async function build({ name, folder }) {
  const tsup = join(root, 'node_modules', 'tsup', 'dist', 'cli-default.js')
  try {
    await execute(process.execPath, [tsup, '--silent'], { cwd: folder })
  } catch (error) {
    throw new Error(`${name} does not build:\n${error.stdout ?? ''}${error.stderr ?? ''}`, { cause: error })
  }
}
