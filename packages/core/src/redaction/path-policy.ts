import { PullwrightError } from '../errors.ts'
import { canonicalKey } from './canonical-key.ts'

/** What is left of each path pattern at a place in a value; null: nothing of any. */
export type PathState = readonly Rest[] | null

interface Rest {
  pattern: string
  /** Segments still to be met. */
  segments: readonly Segment[]
}

/** `**` is any number of keys, `*` any one; others fit as keys do, blind to case and separators. */
type Segment = '**' | RegExp

/**
 * Patterns such as `tools.*.headers.authorization`, `messages[0].name`, `**.auth` or `["a.b"].c`, from the root on. Each
 * segment is a glob of one key or index.
 */
export function createPathPolicy(patterns: readonly string[] = []): PathState {
  if (patterns.length === 0) return null
  return patterns.map((pattern) => ({ pattern, segments: segmentsOf(pattern) }))
}

/** One key further down. */
export function advance(state: PathState, key: string | number): PathState {
  if (state === null) return null
  let words: string | null = null
  const next: Rest[] = []
  for (const { pattern, segments } of state) {
    let at = 0
    for (; segments[at] === '**'; at++) if (at === 0) next.push({ pattern, segments })
    const segment = segments[at] as RegExp | undefined
    if (segment === undefined) continue
    words ??= wordsOf(String(key))
    if (segment.test(words)) next.push({ pattern, segments: segments.slice(at + 1) })
  }
  return next.length === 0 ? null : next
}

/** The pattern that ends here, or null. */
export function pathEnds(state: PathState): string | null {
  return state?.find(({ segments }) => segments.every((segment) => segment === '**'))?.pattern ?? null
}

const PART = /\[\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\]]*))\s*\]|([^.[\]]+)/g

function segmentsOf(pattern: string): Segment[] {
  const text = typeof pattern === 'string' ? pattern.replace(/^\$\.?/, '') : ''
  const parts = [...text.matchAll(PART)].map((part) => part[1] ?? part[2] ?? part[3] ?? part[4] ?? '')
  if (parts.length === 0 || parts.every((part) => part === '**') || parts.includes('')) {
    throw new PullwrightError(
      'invalid-argument',
      `Redaction paths must be patterns such as \`tools.*.headers.authorization\`, not ${JSON.stringify(pattern)}`,
    )
  }
  return parts.map((part) => (part === '**' ? part : globOf(part)))
}

function globOf(part: string): RegExp {
  const source = wordsOf(part).replace(/[\\^$.|+()[\]{}]/g, '\\$&')
  return new RegExp(`^${source.replace(/\*+/g, '.*').replaceAll('?', '.')}$`, 'su')
}

/** Keys that are nothing but signs are taken as they stand. */
function wordsOf(key: string): string {
  return canonicalKey(key).replaceAll('_', '') || key
}
