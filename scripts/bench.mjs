// `npm run bench -- <name> [options]`: sets everything up, then measures. Without a name it says what there is.
import { runNode } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

setUp()
process.exitCode = await runNode([
  '--expose-gc',
  '--conditions=@pullwright/source',
  '--import=tsx',
  'bench/src/main.ts',
  ...process.argv.slice(2),
])
