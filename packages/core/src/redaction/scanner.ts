import type { Detector } from './detector.ts'
import type { Mask } from './mask.ts'
import type { Finder, Span } from './span.ts'
import { isWord, type Structure } from './structures.ts'

export interface ScannerParts {
  detectors: readonly Detector[]
  structures: readonly Structure[]
  /** Looks at every `:`, `=` and `>`. */
  assignment: Finder | null
  /** Looks at every `@`. */
  email: Finder | null
  mask: Mask
}

/** All secrets of a text, from left to right, none overlapping. Clean text costs one pass over its characters. */
export type Scanner = (text: string) => Span[]

interface Trigger {
  literal: string
  anyCase: boolean
  createFinder: () => Finder
}

/** The finders of one text: some remember how far they have looked in it. */
interface OwnFinders {
  made: Map<() => Finder, Finder> | null
}

const NOTHING: Span[] = []

// The three last characters, five bits each of them mixed: a table of literals that one lookup per character asks.
const HASH_MASK = 0x7fff
const hash = (previous: number, code: number) => ((previous << 5) ^ (code | 32)) & HASH_MASK
const IMAGE = /;base64,[A-Za-z0-9+/=]*/y

export function createScanner(parts: ScannerParts): Scanner {
  const { table, buckets } = buildTable(triggersOf(parts))
  const marks = marksOf(parts)
  return (text) => {
    let spans: Span[] = NOTHING
    const own: OwnFinders = { made: null }
    let from = 0
    let state = 0
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      state = hash(state, code)
      if (table[state] === 0 && marks[code & 127] === 0) continue
      const masked = parts.mask.endAt(text, at)
      const span = masked > at ? null : look(text, at, from, buckets[table[state] ?? 0] ?? [], own)
      if (span !== null) {
        if (spans === NOTHING) spans = []
        spans.push(span)
      }
      const end = masked > at ? masked : (span?.end ?? -1)
      if (end > at) {
        from = end
        state = 0
        at = end - 1
      } else if (code === COMMA && text[at - 1] === '4') {
        at = afterImage(text, at)
      }
    }
    return spans
  }

  function look(text: string, at: number, from: number, triggers: readonly Trigger[], own: OwnFinders): Span | null {
    const code = text.charCodeAt(at)
    let span = tryTriggers(triggers, text, at - 2, from, own)
    if (span === null && (code === COLON || code === EQUALS || code === GREATER))
      span = parts.assignment?.(text, at, from) ?? null
    if (span === null && code === AT) span = parts.email?.(text, at, from) ?? null
    if (span === null || span.start < from || span.end <= span.start) return null
    return span.replacement === undefined && parts.mask.is(text.slice(span.start, span.end)) ? null : span
  }
}

const COMMA = 44
const COLON = 58
const EQUALS = 61
const GREATER = 62
const AT = 64

/** Characters to stop at beside the literals: where a mask may start, a value, an address, a picture. */
function marksOf({ assignment, email, mask }: ScannerParts): Uint8Array {
  const marks = new Uint8Array(128)
  marks[mask.start.charCodeAt(0) & 127] = 1
  marks[COMMA] = 1
  if (assignment) for (const code of [COLON, EQUALS, GREATER]) marks[code] = 1
  if (email) marks[AT] = 1
  return marks
}

function tryTriggers(
  triggers: readonly Trigger[],
  text: string,
  start: number,
  from: number,
  own: OwnFinders,
): Span | null {
  if (start < from) return null
  for (const trigger of triggers) {
    const { literal, anyCase, createFinder } = trigger
    const stands = anyCase
      ? text.slice(start, start + literal.length).toLowerCase() === literal
      : text.startsWith(literal, start)
    if (!stands) continue
    own.made ??= new Map()
    const finder = own.made.get(createFinder) ?? createFinder()
    own.made.set(createFinder, finder)
    const span = finder(text, start, from)
    if (span !== null && span.start >= from) return span
  }
  return null
}

/** The bytes of a picture in a data URI are no place for secrets, and long. */
function afterImage(text: string, comma: number): number {
  const start = comma - ';base64'.length
  if (!text.startsWith(';base64,', start)) return comma
  if (!/data:(?:image|audio|video|font)\/[\w.+-]{1,60}$/.test(text.slice(Math.max(0, start - 80), start))) return comma
  IMAGE.lastIndex = start
  IMAGE.test(text)
  return Math.max(comma, IMAGE.lastIndex - 1)
}

function triggersOf({ detectors, structures }: ScannerParts): Trigger[] {
  const fromDetectors = detectors.map((detector) => ({ ...detector, createFinder: finderOf(detector) }))
  const named = structures.map((structure) => ({ ...structure, createFinder: () => withName(structure) }))
  return [...fromDetectors, ...named].flatMap(({ literals, anyCase = false, createFinder }) =>
    literals.map((literal) => ({ literal: anyCase ? literal.toLowerCase() : literal, anyCase, createFinder })),
  )
}

function withName({ name, createFinder }: Structure): Finder {
  const finder = createFinder()
  return (text, at, from) => {
    const span = finder(text, at, from)
    return span && { ...span, detector: name }
  }
}

function finderOf(detector: Detector): () => Finder {
  const { name, midWord, accept } = detector
  const before = detector.before && startBefore(detector.before)
  const pattern = new RegExp(detector.pattern.source, `${detector.pattern.flags.replace(/[gy]/g, '')}y`)
  const finder: Finder = (text, at, from) => {
    const start = before ? before(text, at, from) : at
    if (start < 0 || (!midWord && start > from && isGlued(text, start))) return null
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match === null) return null
    const end = at + match[0].length
    const begin = match[1] === undefined ? start : end - match[1].length
    if (accept && !accept(text.slice(begin, end))) return null
    return { start: begin, end, detector: name }
  }
  return () => finder
}

/** Where the secret starts that the literal at `at` belongs to, or -1. */
type StartBefore = (text: string, at: number, from: number) => number

function startBefore([characters, least, most]: NonNullable<Detector['before']>): StartBefore {
  const fits = Uint8Array.from({ length: 128 }, (_, code) => (characters.test(String.fromCharCode(code)) ? 1 : 0))
  return (text, at, from) => {
    let start = at
    while (start > from && at - start < most && fits[text.charCodeAt(start - 1)] === 1) start--
    return at - start >= least ? start : -1
  }
}

/** In the middle of a word, where letters of an escape are none: `\nghp_…`, `%3Dghp_…`, `\u003dghp_…`. */
function isGlued(text: string, start: number): boolean {
  if (!isWord(text[start - 1]) || !isWord(text[start])) return false
  if (text[start - 2] === '\\' && /[nrtbf]/.test(text[start - 1] ?? '')) return false
  if (text[start - 3] === '%') return false
  return !(text[start - 6] === '\\' && text[start - 5] === 'u')
}

function buildTable(triggers: readonly Trigger[]) {
  const table = new Uint16Array(HASH_MASK + 1)
  const buckets: Trigger[][] = [[]]
  for (const trigger of triggers) {
    let state = 0
    for (let at = 0; at < 3; at++) state = hash(state, trigger.literal.charCodeAt(at))
    if (!table[state]) table[state] = buckets.push([]) - 1
    buckets[table[state] ?? 0]?.push(trigger)
  }
  // The longest literal first: it is the most telling name.
  for (const bucket of buckets) bucket.sort((a, b) => b.literal.length - a.literal.length)
  return { table, buckets }
}
