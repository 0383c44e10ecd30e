import { QUERY_ANCHORS } from './default-keys.ts'
import type { Detector } from './detector.ts'
import { isWord } from './is-word.ts'
import type { ScannerParts } from './scanner-parts.ts'
import type { Finder } from './span.ts'
import { SLOTS, slotsOf, slotsOfLast } from './trigrams.ts'

/** A literal that a secret begins with, or stands in. */
export interface Trigger {
  literal: string
  anyCase: boolean
  /** Where in it the three characters stand by which it is found. */
  offset: number
  /** Codes of its first character, in lower and in upper case where the case does not matter. */
  first: number
  upper: number
  /** The same for every text, or made anew for each. */
  finder: Finder | null
  createFinder: () => Finder
}

/** What may stand at a character: a separator or an `@`, the last of a literal's three, of a key's piece, of `64,`, a mask. */
export const MARK = 1
export const TRIGGER = 2
export const KEY = 4
export const QUERY = 8
export const IMAGE = 16
export const MASK = 32

export interface TriggerTable {
  /** By slot; 0 where nothing may stand. */
  flags: Uint8Array
  /** By slot, the longest literal first: it is the most telling name. */
  triggers: ReadonlyMap<number, readonly Trigger[]>
  /** How many characters of a mask were read where `MASK` is seen. */
  maskRead: number
}

const MARKS = ':=>@'

export function createTriggerTable(parts: ScannerParts): TriggerTable {
  const flags = new Uint8Array(SLOTS)
  const set = (slots: readonly number[], flag: number) => {
    for (const slot of slots) flags[slot] = (flags[slot] ?? 0) | flag
  }
  const triggers = new Map<number, Trigger[]>()
  for (const trigger of triggersOf(parts)) {
    const slots = slotsOf(trigger.literal.slice(trigger.offset))
    set(slots, TRIGGER)
    for (const slot of slots) triggers.set(slot, [...(triggers.get(slot) ?? []), trigger])
  }
  for (const bucket of triggers.values()) bucket.sort((a, b) => b.literal.length - a.literal.length)
  const marks = `${parts.assignment ? ':=>|' : ''}${parts.email ? '@' : ''}`
  for (const mark of marks) set(slotsOfLast(mark), MARK)
  set(slotsOf('64,'), IMAGE)
  if (parts.assignment) {
    for (const anchor of parts.anchors ?? []) set(slotsOf(anchor), KEY)
    for (const anchor of QUERY_ANCHORS) set(slotsOf(anchor), QUERY)
  }
  const { start } = parts.mask
  const maskRead = start.length < 3 || MARKS.includes(start.charAt(0)) ? 1 : 3
  set(maskRead === 1 ? slotsOfLast(start) : slotsOf(start), MASK)
  return { flags, triggers, maskRead }
}

function triggersOf({ detectors, structures }: ScannerParts): Trigger[] {
  const fromDetectors = detectors.map((detector) => {
    const finder = finderOf(detector)
    return { ...detector, finder, createFinder: () => finder }
  })
  const all = [...fromDetectors, ...structures]
  const known = new Set(all.flatMap(({ literals }) => literals))
  return all.flatMap(({ literals, anyCase = false, finder, createFinder }) =>
    literals.map((given) => {
      const literal = anyCase ? given.toLowerCase() : given
      const upper = anyCase ? given.toUpperCase() : given
      const offset = rarest(shortestStart(given, known))
      return {
        literal,
        anyCase,
        offset,
        first: literal.charCodeAt(0),
        upper: upper.charCodeAt(0),
        finder,
        createFinder,
      }
    }),
  )
}

/** Of two literals that begin alike the longer must not be found after the shorter: both are found by what they share. */
function shortestStart(literal: string, known: ReadonlySet<string>): string {
  for (let length = 3; length < literal.length; length++) {
    if (known.has(literal.slice(0, length))) return literal.slice(0, length)
  }
  return literal
}

/** From the most common in English on. */
const LETTERS = ' etaoinshrdlucmfwypvbgkqjxz'
/** Rarer than any letter, in text, are these after two others. */
const RARE_LAST = /[\d_=$~-]/

/** Where in a literal the three characters stand that text has least. */
function rarest(literal: string): number {
  const rarity = [...literal].map((character) =>
    LETTERS.indexOf(String.fromCharCode(96 | (character.charCodeAt(0) & 31))),
  )
  const last = (end: number) => {
    const character = literal[end] ?? ''
    if (RARE_LAST.test(character)) return 40
    return /[a-z]/i.test(character) ? (rarity[end] ?? 0) : character === '.' ? 15 : 0
  }
  const score = (end: number) => (rarity[end - 2] ?? 0) + (rarity[end - 1] ?? 0) + last(end)
  let best = 2
  for (let end = 3; end < literal.length; end++) if (score(end) > score(best)) best = end
  return best - 2
}

function finderOf(detector: Detector): Finder {
  const { name, midWord, accept } = detector
  const before = detector.before && startBefore(detector.before)
  const pattern = new RegExp(detector.pattern.source, `${detector.pattern.flags.replace(/[gy]/g, '')}y`)
  return (text, at, from) => {
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
