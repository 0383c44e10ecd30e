import { fileURLToPath } from 'node:url'
import { build } from 'tsup'

/**
 * Builds a program of a folder beside or of this one as packages are built: without the helper calls that a TypeScript
 * loader adds to every function, and which cost what nobody pays in production. Answers the path of what to run.
 */
export async function bundle(name: string, part = 'delivery'): Promise<string> {
  const folder = fileURLToPath(new URL(`../../dist/${part}/`, import.meta.url))
  await build({
    entry: { [name]: fileURLToPath(new URL(`../${part}/${name}.main.ts`, import.meta.url)) },
    outDir: folder,
    format: ['esm'],
    target: 'node20',
    platform: 'node',
    splitting: true,
    silent: true,
    config: false,
    external: ['bullmq', 'express', 'graphile-worker', 'libsql', 'pg', 'pg-boss', 'undici'],
    esbuildOptions: (options) => {
      options.conditions = ['@pullwright/source']
    },
    outExtension: () => ({ js: '.mjs' }),
  })
  return `${folder}${name}.mjs`
}
