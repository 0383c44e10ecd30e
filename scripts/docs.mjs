// `npm run docs`: builds the documentation as a site. `npm run docs:dev` serves it while it is written.
import { join } from 'node:path'
import { root } from './lib/root.mjs'
import { runNode } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'
import { buildSite, writeReference } from './lib/site.mjs'

setUp()
if (process.argv[2] === 'dev') {
  await writeReference()
  process.exitCode = await runNode([join(root, 'node_modules/vitepress/bin/vitepress.js'), 'dev', 'docs'])
} else {
  try {
    process.stdout.write(`${await buildSite()}\n`)
  } catch (error) {
    process.stderr.write(`${[error.stdout, error.stderr].filter(Boolean).join('\n') || error.message}\n`)
    process.exitCode = 1
  }
}
