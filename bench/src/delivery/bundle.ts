import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

const folder = fileURLToPath(new URL('../../dist/delivery/', import.meta.url))

/**
 * Builds a program of this folder as packages are built: without the helper calls that a TypeScript loader adds to every
 * function, and which cost what nobody pays in production. Answers the path of what to run.
 */
export async function bundle(name: string): Promise<string> {
  await build({
    entry: { [name]: fileURLToPath(new URL(`${name}.main.ts`, import.meta.url)) },
    outDir: folder,
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    splitting: true,
    silent: true,
    config: false,
    external: ['bullmq', 'graphile-worker', 'libsql', 'pg', 'pg-boss', 'undici'],
    esbuildOptions: (options) => {
      options.conditions = ['@pullwright/source']
    },
    outExtension: () => ({ js: '.mjs' }),
  })
  return `${folder}${name}.mjs`
}
