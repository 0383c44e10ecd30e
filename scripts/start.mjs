// `npm start`: sets everything up, then runs the quickstart. `npm start -- --serve` passes arguments on.
import { runNode } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

setUp()
process.exitCode = await runNode([
  '--conditions=@pullwright/source',
  '--import=tsx',
  'examples/quickstart/src/main.ts',
  ...process.argv.slice(2),
])
