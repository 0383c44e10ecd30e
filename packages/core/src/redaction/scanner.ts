import type { ScannerParts } from './scanner-parts.ts'
import type { Finder, Span } from './span.ts'
import { createTriggerTable, IMAGE, KEY, MARK, MASK, QUERY, TRIGGER, type Trigger } from './trigger-table.ts'
import { next, rowAt, slotAt } from './trigrams.ts'

/** All secrets of a text, from left to right, none overlapping. Clean text costs one pass over its characters. */
export type Scanner = (text: string) => Span[]

const NOTHING: Span[] = []
/** From a piece of a key to its separator: keys of 128 characters, their quotes and backslashes. */
const REACH = 256
/** What is looked at more closely at once. */
const ACTING = MARK | TRIGGER | IMAGE | MASK

export function createScanner(parts: ScannerParts): Scanner {
  const { bits, flags, triggers, maskRead } = createTriggerTable(parts)
  const { mask, assignment, email } = parts
  // The finders of the text at hand: some remember how far they have looked in it.
  let made: Map<() => Finder, Finder> | null = null
  const always = parts.anchors === null
  return (text) => {
    const table = bits
    const { length } = text
    let spans: Span[] = NOTHING
    made = null
    let from = 0
    let two = 0
    let key = -REACH - 1 // where a piece of one was last seen
    let query = key
    let careful = 0 // up to where characters are looked at one by one
    for (let at = 0; at < length; at++) {
      if (at >= careful) {
        const quiet = quietUntil(table, text, at, two)
        if (quiet > at) two = twoBefore(text, quiet)
        at = quiet
        if (at >= length) break
        careful = at + 4
      }
      const code = text.charCodeAt(at)
      const before = two
      two = next(before, code)
      if (((table[rowAt(before, code)] as number) & (1 << code)) === 0) continue
      const slot = slotAt(before, code)
      const flag = flags[slot] as number
      if ((flag & KEY) !== 0) key = at
      if ((flag & QUERY) !== 0) query = at
      if ((flag & ACTING) === 0) continue
      let end = (flag & MASK) === 0 || at - maskRead + 1 < from ? -1 : mask.endAt(text, at - maskRead + 1)
      if (end < 0) {
        let span = (flag & TRIGGER) === 0 ? null : tryTriggers(text, at, from, slot)
        if (span === null && (flag & MARK) !== 0) span = lookAround(text, at, code, from, key, query)
        if (span !== null) {
          if (spans === NOTHING) spans = []
          spans.push(span)
          end = span.end
        }
      }
      if (end > at) {
        from = end
        two = 0
        at = end - 1
      } else if (code === COMMA) {
        at = afterImage(text, at)
      }
    }
    return spans
  }

  /** `key` and `query`: where a piece of one was last seen. */
  function lookAround(text: string, at: number, code: number, from: number, key: number, query: number): Span | null {
    if (code === AT) return email === null ? null : usable(text, email(text, at, from), from)
    const anchor = always ? at : code === EQUALS && query > key ? query : key
    if (at - anchor > REACH || assignment === null) return null
    if (code !== COLON && code !== EQUALS && code !== GREATER) return null
    return usable(text, assignment(text, at, from, anchor), from)
  }

  function tryTriggers(text: string, at: number, from: number, slot: number): Span | null {
    const candidates = triggers.get(slot) as readonly Trigger[]
    for (let index = 0; index < candidates.length; index++) {
      const trigger = candidates[index] as Trigger
      const start = at - 2 - trigger.offset
      if (start < from || !stands(trigger, text, start)) continue
      let { finder } = trigger
      if (finder === null) {
        made ??= new Map()
        finder = made.get(trigger.createFinder) ?? trigger.createFinder()
        made.set(trigger.createFinder, finder)
      }
      const span = usable(text, finder(text, start, from), from)
      if (span !== null) return span
    }
    return null
  }

  /** A mask is no secret, and what was looked at stays as it is. */
  function usable(text: string, span: Span | null, from: number): Span | null {
    if (span === null || span.start < from || span.end <= span.start) return null
    return span.replacement === undefined && mask.is(text.slice(span.start, span.end)) ? null : span
  }
}

/** Four characters at a time, which is quicker than one by one: where the first four stand of which one may matter. */
function quietUntil(table: Int32Array, text: string, from: number, before: number): number {
  let two = before
  let at = from
  for (const last = text.length - 4; at <= last; at += 4) {
    const a = text.charCodeAt(at)
    const b = text.charCodeAt(at + 1)
    const c = text.charCodeAt(at + 2)
    const d = text.charCodeAt(at + 3)
    const toA = next(two, a)
    const toB = next(toA, b)
    const toC = next(toB, c)
    const may =
      ((table[rowAt(two, a)] as number) >>> a) |
      ((table[rowAt(toA, b)] as number) >>> b) |
      ((table[rowAt(toB, c)] as number) >>> c) |
      ((table[rowAt(toC, d)] as number) >>> d)
    if ((may & 1) !== 0) break
    two = next(toC, d)
  }
  return at
}

function twoBefore(text: string, at: number): number {
  return next(next(0, text.charCodeAt(at - 2)), text.charCodeAt(at - 1))
}

const COMMA = 44
const COLON = 58
const EQUALS = 61
const GREATER = 62
const AT = 64

function stands({ literal, anyCase, first, upper }: Trigger, text: string, start: number): boolean {
  const code = text.charCodeAt(start)
  if (code !== first && code !== upper) return false
  if (!anyCase) return text.startsWith(literal, start)
  const last = literal.length - 1
  if ((text.charCodeAt(start + last) | 32) !== (literal.charCodeAt(last) | 32)) return false
  return text.slice(start, start + last + 1).toLowerCase() === literal
}

const PICTURE = /;base64,[A-Za-z0-9+/=]*/y

/** The bytes of a picture in a data URI are no place for secrets, and long. */
function afterImage(text: string, comma: number): number {
  const start = comma - ';base64'.length
  if (!text.startsWith(';base64,', start)) return comma
  if (!/data:(?:image|audio|video|font)\/[\w.+-]{1,60}$/.test(text.slice(Math.max(0, start - 80), start))) return comma
  PICTURE.lastIndex = start
  PICTURE.test(text)
  return Math.max(comma, PICTURE.lastIndex - 1)
}
