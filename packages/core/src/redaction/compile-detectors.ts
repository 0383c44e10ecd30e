import { PullwrightError } from '../errors.ts'
import type { CustomDetector, Detector, DetectorOptions } from './detector.ts'
import type { Search } from './hide-text.ts'
import type { Span } from './span.ts'
import { SPOKEN, STRUCTURES, type Structure } from './structures.ts'
import { CLOUD_TOKENS } from './tokens/cloud-tokens.ts'
import { FORGE_TOKENS } from './tokens/forge-tokens.ts'
import { MODEL_TOKENS } from './tokens/model-tokens.ts'
import { SERVICE_TOKENS } from './tokens/service-tokens.ts'
import { fromRow } from './tokens/token-row.ts'

export interface CompiledDetectors {
  detectors: readonly Detector[]
  structures: readonly Structure[]
  /** Patterns of the host without literals: each is a pass of its own. */
  patterns: readonly Search[]
}

/** The table of shapes as the host wants it. Names in `only` and `except` are those that reports show. */
export function compileDetectors(options: DetectorOptions = []): CompiledDetectors {
  if (options === false) return { detectors: [], structures: [], patterns: [] }
  const {
    add = [],
    except = [],
    only,
  } = Array.isArray(options)
    ? { add: options as readonly CustomDetector[] }
    : (options as Exclude<DetectorOptions, false | readonly CustomDetector[]>)
  const wanted = ({ name }: { name: string }) => !except.includes(name) && (only === undefined || only.includes(name))
  const defaults = [...FORGE_TOKENS, ...CLOUD_TOKENS, ...MODEL_TOKENS, ...SERVICE_TOKENS].map(fromRow)
  const own = add.map(check)
  return {
    detectors: [...own.filter(hasLiterals), ...[...defaults, ...SPOKEN].filter(wanted)],
    structures: STRUCTURES.filter(wanted),
    patterns: own.filter((detector) => !hasLiterals(detector)).map(everywhere),
  }
}

function hasLiterals(detector: Detector): boolean {
  return detector.literals.length > 0
}

function check(detector: CustomDetector): Detector {
  const { name, pattern, literals = [], source = 'host' } = detector ?? {}
  if (typeof name !== 'string' || name === '' || !(pattern instanceof RegExp)) {
    throw new PullwrightError('invalid-argument', 'A detector needs a name and a pattern that is a regular expression')
  }
  if (literals.some((literal) => typeof literal !== 'string' || literal.length < 3)) {
    throw new PullwrightError('invalid-argument', `Detector ${name}: a literal needs at least three characters`)
  }
  return { ...detector, name, pattern, literals, source }
}

function everywhere({ name, pattern, accept }: Detector): Search {
  const global = new RegExp(pattern.source, `${pattern.flags.replace(/[gy]/g, '')}g`)
  return (text) => {
    const spans: Span[] = []
    for (const match of text.matchAll(global)) {
      const end = match.index + match[0].length
      const start = end - (match[1] ?? match[0]).length
      if (end > start && (accept?.(text.slice(start, end)) ?? true)) spans.push({ start, end, detector: name })
    }
    return spans
  }
}
