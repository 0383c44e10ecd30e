import { createLowBytes } from './low-bytes.ts'
import type { ScannerParts } from './scanner-parts.ts'
import type { Finder, Span } from './span.ts'
import {
  createTriggerTable,
  IMAGE,
  KEY,
  MARK,
  MASK,
  QUERY,
  TRIGGER,
  type Trigger,
  type TriggerTable,
} from './trigger-table.ts'
import { KINDS, next, slotOf } from './trigrams.ts'
import { withWrapped } from './wrapped.ts'

/** All secrets of a text, from left to right, none overlapping. Clean text costs one pass over its characters. */
export type Scanner = (text: string) => Span[]

const NOTHING: Span[] = []
/** From a piece of a key to its separator: keys of 128 characters, their quotes and backslashes. */
const REACH = 256
/** What is looked at more closely at once. */
const ACTING = MARK | TRIGGER | IMAGE | MASK

export function createScanner(parts: ScannerParts, table: TriggerTable = createTriggerTable(parts)): Scanner {
  const { flags, triggers, maskRead } = table
  const { mask, assignment, email } = parts
  // The finders of the text at hand: some remember how far they have looked in it.
  let made: Map<() => Finder, Finder> | null = null
  const maskCode = mask.start.charCodeAt(0)
  const always = parts.anchors === null
  const lowBytes = createLowBytes()
  return (text) => scan(text, lowBytes(text))

  function scan(text: string, bytes: Uint8Array): Span[] {
    const { length } = text
    let spans: Span[] = NOTHING
    made = null
    let from = 0
    let state = 0
    let key = -REACH - 1 // where a piece of one was last seen
    let query = key
    let careful = 0 // up to where characters are looked at one by one
    for (let at = 0; at < length; at++) {
      if (at >= careful) {
        const quiet = quietUntil(flags, bytes, at, length, state)
        if (quiet > at) state = stateBefore(bytes, quiet)
        at = quiet
        if (at >= length) break
        careful = at + 4
      }
      const code = bytes[at] as number
      state = next(state, KINDS[code] as number)
      const slot = slotOf(state)
      const flag = flags[slot] as number
      if (flag === 0) continue
      if ((flag & KEY) !== 0) key = at
      if ((flag & QUERY) !== 0) query = at
      if ((flag & ACTING) === 0) continue
      let end = (flag & MASK) === 0 || at - maskRead + 1 < from ? -1 : mask.endAt(text, at - maskRead + 1)
      if (end < 0) {
        let span = (flag & TRIGGER) === 0 ? null : tryTriggers(text, at, from, slot)
        if (span === null && (flag & MARK) !== 0) span = lookAround(text, at, from, key, query)
        if (span !== null) {
          if (spans === NOTHING) spans = []
          spans.push(span)
          end = span.end
        }
      }
      if (end > at) {
        from = end
        state = 0
        at = end - 1
      } else if (code === COMMA) {
        at = afterImage(text, at)
      }
    }
    return spans.length === 0 ? spans : withWrapped(text, spans)
  }

  /** `key` and `query`: where a piece of one was last seen. */
  function lookAround(text: string, at: number, from: number, key: number, query: number): Span | null {
    const code = text.charCodeAt(at)
    if (code === AT) return email === null ? null : usable(text, email(text, at, from), from)
    const anchor = always ? at : code === EQUALS && query > key ? query : key
    if (at - anchor > REACH || assignment === null) return null
    if (!SEPARATORS.has(code) || isHidden(text, at, code)) return null
    return usable(text, assignment(text, at, from, anchor), from)
  }

  /** `key=[REDACTED] `: what was hidden before is not looked into again, as all that is found comes back masked. */
  function isHidden(text: string, at: number, code: number): boolean {
    const start = text.charCodeAt(at + 1) === SPACE ? at + 2 : at + 1
    if (text.charCodeAt(start) !== maskCode || (code !== EQUALS && code !== COLON)) return false
    const end = mask.endAt(text, start)
    if (end < 0) return false
    // After a key in upper case alone a value goes on behind `&`.
    return (
      end === text.length || text.charCodeAt(end) <= SPACE || (text[end] === '&' && isLower(text.charCodeAt(at - 1)))
    )
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
    if (span.replacement !== undefined || !text.startsWith(mask.start, span.start)) return span
    return mask.is(text.slice(span.start, span.end)) ? null : span
  }
}

/**
 * Four characters at a time, which is quicker than one by one: where the first four stand of which one may matter. Spelled
 * out, as calls and variables of the module would be looked up again for each character.
 */
function quietUntil(flags: Uint8Array, bytes: Uint8Array, from: number, end: number, before: number): number {
  const kinds = KINDS
  let state = before
  let at = from
  for (const last = end - 4; at <= last; at += 4) {
    const a = (state << 5) ^ (kinds[bytes[at] as number] as number)
    const b = (a << 5) ^ (kinds[bytes[at + 1] as number] as number)
    const c = (b << 5) ^ (kinds[bytes[at + 2] as number] as number)
    const d = (c << 5) ^ (kinds[bytes[at + 3] as number] as number)
    const may =
      (flags[a & 0x7fff] as number) |
      (flags[b & 0x7fff] as number) |
      (flags[c & 0x7fff] as number) |
      (flags[d & 0x7fff] as number)
    if (may !== 0) break
    state = d
  }
  return at
}

function stateBefore(bytes: Uint8Array, at: number): number {
  return next(KINDS[bytes[at - 2] as number] as number, KINDS[bytes[at - 1] as number] as number)
}

const SPACE = 32
const COMMA = 44
const COLON = 58
const EQUALS = 61
const AT = 64
/** `:`, `=`, `>`, `|`, and the two that East Asian texts write. */
const SEPARATORS: ReadonlySet<number> = new Set([COLON, EQUALS, 62, 124, 0xff1a, 0xff1d])

function stands({ literal, anyCase, first, upper }: Trigger, text: string, start: number): boolean {
  const code = text.charCodeAt(start)
  if (code !== first && code !== upper) return false
  if (!anyCase) return text.startsWith(literal, start)
  const last = literal.length - 1
  if ((text.charCodeAt(start + last) | 32) !== (literal.charCodeAt(last) | 32)) return false
  return text.slice(start, start + last + 1).toLowerCase() === literal
}

function isLower(code: number): boolean {
  return code >= 97 && code <= 122
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
