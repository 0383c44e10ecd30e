import type { Scanner } from './scanner.ts'
import type { Span } from './span.ts'

/**
 * A scanner that also reads what is encoded for a URL: a connection string in a query, a header, a private key. Both
 * readings count, as a secret may be plain in one and broken off in the other. Text without a `%` costs nothing.
 */
export function readingEncoded(scan: Scanner): Scanner {
  return (text) => {
    const spans = scan(text)
    const reading = decoded(text)
    return reading === null ? spans : merged(spans, inText(scan(reading.text), reading))
  }
}

interface Reading {
  text: string
  /** Where in it something was decoded, and how many characters shorter it is up to there and including it. */
  at: number[]
  shorter: number[]
}

/** Of escaped escapes, `%2525…`, so many are read. */
const MOST_NESTED = 3

/** RFC 3986, section 2.1. Null where nothing is encoded that keyboards type, also in an address inside an address. */
function decoded(text: string): Reading | null {
  let first = text.indexOf('%')
  while (first >= 0 && typedAt(text, first) < 0) first = text.indexOf('%', first + 1)
  if (first < 0) return null
  // Codes and not parts of the text: those would be two for each escape, and a text may be nothing else.
  const codes = new Uint16Array(text.length - first)
  const [at, shorter]: [number[], number[]] = [[], []]
  let length = 0
  for (let from = first; from < text.length; from++) {
    const code = text.charCodeAt(from)
    const digits = code === PERCENT ? typedAt(text, from) : -1
    if (digits >= 0) {
      at.push(first + length)
      from = digits + 1
      shorter.push(from - first - length)
    }
    codes[length++] = digits < 0 ? code : byteAt(text, digits)
  }
  return { text: text.slice(0, first) + textOf(codes.subarray(0, length)), at, shorter }
}

const PERCENT = 37
/** Arguments that a call may have by far. */
const AT_ONCE = 8_192

function textOf(codes: Uint16Array): string {
  if (codes.every((code) => code <= 0xff)) return Buffer.from(new Uint8Array(codes).buffer).toString('latin1')
  let text = ''
  for (let from = 0; from < codes.length; from += AT_ONCE) {
    text += String.fromCharCode(...codes.subarray(from, from + AT_ONCE))
  }
  return text
}

/** Where the digits stand of what is encoded at a `%`, or -1. */
function typedAt(text: string, percent: number): number {
  let digits = percent + 1
  for (let nested = 0; nested < MOST_NESTED && text.startsWith('25', digits); nested++) {
    if (!isTyped(text, digits + 2)) break
    digits += 2
  }
  return isTyped(text, digits) ? digits : -1
}

/** Whether two hex digits stand there that are a character of ASCII, a tab or the end of a line. */
function isTyped(text: string, digits: number): boolean {
  const byte = byteAt(text, digits)
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d
}

function byteAt(text: string, digits: number): number {
  return (digitOf(text.charCodeAt(digits)) << 4) | digitOf(text.charCodeAt(digits + 1))
}

/** -1 where it is none, which makes the whole byte negative. */
function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48
  const letter = code | 32
  return letter >= 97 && letter <= 102 ? letter - 87 : -1
}

/** The places in the text of what was found in its reading, from left to right. */
function inText(spans: readonly Span[], { at, shorter }: Reading): Span[] {
  let next = 0
  const placeOf = (place: number) => {
    while (next < at.length && (at[next] as number) < place) next++
    return place + (next === 0 ? 0 : (shorter[next - 1] as number))
  }
  // Quotes that a mask needs in JSON would not be encoded.
  return spans.map(({ start, end, detector, replacement }) => ({
    start: placeOf(start),
    end: placeOf(end),
    detector,
    replacement,
  }))
}

/** Both from left to right; what overlaps is one secret. */
function merged(plain: Span[], encoded: Span[]): Span[] {
  if (encoded.length === 0) return plain
  const all: Span[] = []
  const spans = [...plain, ...encoded].sort((a, b) => a.start - b.start || b.end - a.end)
  for (const span of spans) {
    const last = all.at(-1)
    if (last === undefined || span.start >= last.end) all.push(span)
    else last.end = Math.max(last.end, span.end)
  }
  return all
}
