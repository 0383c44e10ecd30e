import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const packageFolder = join(root, 'packages/core')

/** Beside the package's own dependencies, so that they are found; apart from its `dist`, which others may be using. */
export const builtFolder = join(packageFolder, 'node_modules/.cache/bench')

/** Builds core as it is published, without declarations, and loads that: the sources as tests read them are slower. */
export async function loadBuilt(): Promise<typeof import('@pullwright/core')> {
  buildCore()
  return import(pathToFileURL(join(builtFolder, 'index.js')).href)
}

function buildCore(): void {
  const tsup = join(root, 'node_modules/tsup/dist/cli-default.js')
  execFileSync(process.execPath, [tsup, '--silent', '--no-dts', '-d', builtFolder], {
    cwd: packageFolder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}
