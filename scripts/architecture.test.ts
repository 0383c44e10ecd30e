import { dirname, join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { projectFiles, textOf } from './lib/files.mjs'

interface Source {
  path: string
  code: string
  imports: { from: string; kind: 'value' | 'type' | 'dynamic' }[]
}

/** What is published: sources of packages, without their tests and what only tests use. */
const sources: Source[] = projectFiles()
  .filter((path) => /^packages\/[^/]+\/src\/.*\.ts$/.test(path) && !/\.test\.ts$|\/test-[^/]*\.ts$/.test(path))
  .map((path) => ({ path, code: withoutComments(textOf(path)), imports: importsOf(textOf(path)) }))

const core = sources.filter(({ path }) => path.startsWith('packages/core/src/'))
const inHttp = ({ path }: Source) => path.startsWith('packages/core/src/http/')

/** Packages of ours that a package may import. All others: core and nothing else. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = { core: [] }

/** Rooms whose functions give the same answer for the same arguments. */
const PURE = ['config-diff', 'redaction', 'rendering', 'signing', 'retry']

/** Node's own modules that only compute. */
const COMPUTING = ['node:buffer', 'node:crypto', 'node:url', 'node:util']

/** Parts of core that stand by themselves. */
const SUBPATHS = ['@pullwright/core/client', '@pullwright/core/signing', '@pullwright/core/vcs']

const SOCKETS = /^(undici|node:(net|tls|http|https|http2|dgram|dns)(\/.*)?)$/

describe('the rooms', () => {
  it('are there to be looked at', () => {
    expect(sources.length).toBeGreaterThan(50)
  })

  it('of one package are reached from another by the names it exports', () => {
    expect(offences((source) => source.imports.filter(({ from }) => leavesPackage(source.path, from)))).toEqual([])
  })

  it('import core, and core imports none of them', () => {
    const forbidden = ({ path, imports }: Source) => {
      const own = path.split('/')[1] ?? ''
      const allowed = MAY_IMPORT[own] ?? ['core']
      return imports.filter(({ from }) => {
        const [, name] = from.match(/^@pullwright\/([^/]+)/) ?? []
        return name !== undefined && !allowed.includes(name)
      })
    }
    expect(offences(forbidden)).toEqual([])
  })
})

describe('core', () => {
  it('opens sockets in http/ only', () => {
    const opening = core.filter((source) => !inHttp(source) && source.imports.some(isOf(SOCKETS)))
    expect(opening.map(({ path }) => path)).toEqual([])
    expect(core.filter(({ code }) => /(?<![.\w])fetch\(/.test(code)).filter((source) => !inHttp(source))).toEqual([])
  })

  it('loads undici at first use and not before', () => {
    const eager = core.filter(({ imports }) => imports.some(({ from, kind }) => from === 'undici' && kind === 'value'))
    expect(eager.map(({ path }) => path)).toEqual([])
  })

  it.each(PURE)('keeps %s pure', (room) => {
    const files = core.filter(({ path }) => path.startsWith(`packages/core/src/${room}/`))
    expect(files.length).toBeGreaterThan(0)
    // As the default of an argument the clock may stand there: whoever wants another gives another.
    const impure =
      /(?<!\b(now|random) = )(\bDate\.now\(|\bnew Date\(\)|\bMath\.random\b|\bprocess\.|\bperformance\.|\bset(Timeout|Interval)\()/
    expect(files.filter(({ code }) => impure.test(code)).map(({ path }) => path)).toEqual([])
    const reaching = files.filter(({ imports }) =>
      imports.some(({ from, kind }) => kind !== 'type' && from.startsWith('node:') && !COMPUTING.includes(from)),
    )
    expect(reaching.map(({ path }) => path)).toEqual([])
  })
})

describe('every source', () => {
  it('has no class but errors', () => {
    const anything = /^.*\bclass \w+(?!.* extends \w*Error\b).*\{$/gm
    expect(offences(({ code }) => code.match(anything) ?? [])).toEqual([])
  })

  it('keeps no state in a module', () => {
    expect(offences(({ code }) => code.match(/^(export )?(let|var) .*$/gm) ?? [])).toEqual([])
  })

  it('tells errors apart without instanceof', () => {
    expect(offences(({ code }) => code.match(/instanceof (Pullwright|Vcs)Error/g) ?? [])).toEqual([])
  })

  it('lists its public names one by one', () => {
    expect(offences(({ code }) => code.match(/^export \* from .*$/gm) ?? [])).toEqual([])
  })
})

/** Everything a rule finds, with the file it was found in. */
function offences(rule: (source: Source) => readonly unknown[]): { path: string; found: string }[] {
  return sources.flatMap((source) =>
    rule(source).map((found) => ({
      path: source.path,
      found: typeof found === 'string' ? found : JSON.stringify(found),
    })),
  )
}

function isOf(shape: RegExp): (each: { from: string; kind: string }) => boolean {
  return ({ from, kind }) => kind !== 'type' && shape.test(from)
}

function leavesPackage(path: string, from: string): boolean {
  if (from.startsWith('@pullwright/')) return from.split('/').length > 2 && !SUBPATHS.includes(from)
  if (!from.startsWith('.')) return false
  const [packages, name] = path.split('/')
  return !posix.normalize(join(dirname(path), from)).startsWith(`${packages}/${name}/src/`)
}

function importsOf(code: string): Source['imports'] {
  const stated = [...code.matchAll(/^(?:import|export)\b(\s+type\b)?(?:[^'"]*?\bfrom)?\s*'([^']+)'/gm)]
  const dynamic = [...code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)]
  return [
    ...stated.map(([, type, from = '']) => ({ from, kind: type ? ('type' as const) : ('value' as const) })),
    ...dynamic.map(([, from = '']) => ({ from, kind: 'dynamic' as const })),
  ]
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}
