import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { median } from './compare.ts'
import { builtFolder } from './load-built.ts'
import { bars, table, title } from './report.ts'

const ROUNDS = 15

/** What loading costs, in processor time, each time in a process of its own; alternating, so that load meets all. */
export async function benchStartUp(): Promise<void> {
  const zod = createRequire(join(builtFolder, 'index.js')).resolve('zod')
  const modules = {
    zod: pathToFileURL(zod.replace(/\.cjs$/, '.js')).href,
    core: pathToFileURL(join(builtFolder, 'index.js')).href,
    'core/signing': pathToFileURL(join(builtFolder, 'signing.js')).href,
    'zod, CommonJS': zod,
    'core, CommonJS': join(builtFolder, 'index.cjs'),
    'core/signing, CommonJS': join(builtFolder, 'signing.cjs'),
  }
  const times = Object.fromEntries(Object.keys(modules).map((name) => [name, [] as number[]]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, module] of Object.entries(modules)) times[name]?.push(loadTime(module))
  }
  const of = (name: keyof typeof modules) => median(times[name] ?? [])
  const over = (mine: keyof typeof modules, zodAlone: keyof typeof modules) =>
    median((times[mine] ?? []).map((time, round) => time - (times[zodAlone]?.[round] ?? 0)))
  title('Loading')
  table(
    ['module', 'ms'],
    (Object.keys(modules) as (keyof typeof modules)[]).map((name) => [name, of(name)]),
  )
  bars([
    { what: 'core over zod alone', value: over('core', 'zod'), most: 40, unit: ' ms' },
    { what: 'core over zod alone, CommonJS', value: over('core, CommonJS', 'zod, CommonJS'), most: 40, unit: ' ms' },
    { what: 'core/signing', value: of('core/signing'), most: 15, unit: ' ms' },
    { what: 'core/signing, CommonJS', value: of('core/signing, CommonJS'), most: 15, unit: ' ms' },
  ])
}

function loadTime(module: string): number {
  const isUrl = module.startsWith('file:')
  const load = isUrl ? `await import(${JSON.stringify(module)})` : `require(${JSON.stringify(module)})`
  const program = `const start = process.cpuUsage(); ${load}
    const { user, system } = process.cpuUsage(start); console.log((user + system) / 1000)`
  const type = isUrl ? 'module' : 'commonjs'
  const answer = execFileSync(process.execPath, [`--input-type=${type}`, '--eval', program], { encoding: 'utf8' })
  return Number(answer)
}
