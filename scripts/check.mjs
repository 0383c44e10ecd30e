// `npm run check`: everything but the tests. Format and lint, types, unused code, documentation, and the packages as
// they would be published. `npm run check -- types` runs one.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAll, packAll } from './lib/pack.mjs'
import { setUp } from './lib/setup.mjs'
import { buildSite } from './lib/site.mjs'
import { tallyLines } from './lib/tally.mjs'
import { tool } from './lib/tool.mjs'

/** Independent of each other, so any two may run at once. Long ones first. */
const CHECKS = {
  packages: checkPackages,
  documentation: buildSite,
  types: () => tool('typescript/bin/tsc', '--noEmit'),
  unused: () => tool('knip/bin/knip.js', '--no-progress'),
  lint: () => tool('@biomejs/biome/bin/biome', 'ci', '--colors=off', '--error-on-warnings', '.'),
}

/** As many as continuous integration has cores. */
const AT_ONCE = 2

setUp()
const chosen = process.argv.slice(2)
const tally = { passed: 0, failed: 0, skipped: 0 }
const queue = chosenChecks()
await Promise.all(Array.from({ length: AT_ONCE }, work))
process.stdout.write(`${tallyLines(tally).join('\n')}\n`)
process.exitCode = tally.failed > 0 ? 1 : 0

async function work() {
  for (let next = queue.shift(); next; next = queue.shift()) await report(...next)
}

async function report(name, check) {
  const begun = Date.now()
  const took = () => `${((Date.now() - begun) / 1000).toFixed(1)} s`
  try {
    await check()
    tally.passed += 1
    process.stdout.write(`✓ ${name} (${took()})\n`)
  } catch (error) {
    tally.failed += 1
    const said = [error.stdout, error.stderr].filter(Boolean).join('\n') || (error.stack ?? String(error))
    process.stdout.write(`✗ ${name} (${took()})\n${said.trim()}\n`)
  }
}

/** Built, packed, and looked at by those who know what bundlers, Node and TypeScript make of a package. */
async function checkPackages() {
  const folder = mkdtempSync(join(tmpdir(), 'pullwright-check-'))
  try {
    await buildAll()
    const packed = await packAll(folder)
    // One after the other they would take as long as all other checks together.
    const look = async () => {
      for (let next = packed.shift(); next; next = packed.shift()) {
        await tool('publint/src/cli.js', next.tarball, '--strict')
        await tool('@arethetypeswrong/cli/dist/index.js', next.tarball, '--profile', 'node16')
      }
    }
    await Promise.all([look(), look()])
    await tool('size-limit/bin.js')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function chosenChecks() {
  const unknown = chosen.filter((name) => !(name in CHECKS))
  if (unknown.length > 0) {
    process.stderr.write(`No check is called ${unknown.join(', ')}. There are: ${Object.keys(CHECKS).join(', ')}.\n`)
    process.exit(1)
  }
  return Object.entries(CHECKS).filter(([name]) => chosen.length === 0 || chosen.includes(name))
}
