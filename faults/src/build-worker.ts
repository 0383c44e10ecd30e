import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/**
 * The worker as one file, made anew for each run: it then starts in a third of the time, and these suites start many.
 * What has a binary is loaded from where it is installed, so the file must lie inside of this package.
 */
export async function buildWorker(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = fileURLToPath(
    new URL(`../node_modules/.cache/worker-${randomBytes(6).toString('hex')}.mjs`, import.meta.url),
  )
  const require = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)`
  await build({
    entryPoints: [fileURLToPath(new URL('./worker.main.ts', import.meta.url))],
    outfile: path,
    ...{ bundle: true, platform: 'node', format: 'esm', target: 'node20', logLevel: 'error' },
    conditions: ['@pullwright/source'],
    external: ['libsql', 'pg-native'],
    banner: { js: require },
  })
  return { path, remove: () => rm(path, { force: true }) }
}
