// `npm test`: sets everything up, then runs every test. `npm test -- packages/core` runs some of them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runNode } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'
import { readTally, tallyLines } from './lib/tally.mjs'

setUp()
const folder = mkdtempSync(join(tmpdir(), 'pullwright-test-'))
try {
  const report = join(folder, 'report.json')
  const exitCode = await runNode([
    'node_modules/vitest/vitest.mjs',
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...process.argv.slice(2),
  ])
  const tally = readTally(report, exitCode)
  process.stdout.write(`\n${tallyLines(tally).join('\n')}\n`)
  process.exitCode = tally.failed > 0 ? exitCode || 1 : exitCode
} finally {
  rmSync(folder, { recursive: true, force: true })
}
