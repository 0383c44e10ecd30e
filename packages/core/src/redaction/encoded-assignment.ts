import { createKeyFacts } from './key-facts.ts'
import type { KeyPolicy } from './key-policy.ts'
import { isPlaceholder, isReference } from './plausible.ts'
import type { Finder, Span } from './span.ts'
import type { Structure } from './structures.ts'

/** RFC 3986, section 2.1. An address inside an address is encoded as a whole, and what is inside of that once more. */
const SEPARATOR = /%(?:25){0,3}3[ad]/iy
const QUOTE = /(?:%(?:25){0,3}22)?(?:%(?:25){0,3}20)?(?:%(?:25){0,3}22)?/iy
const KEY = /^[A-Za-z0-9_.$-]$/
const KEY_CHARACTERS = Uint8Array.from({ length: 128 }, (_, code) => (KEY.test(String.fromCharCode(code)) ? 1 : 0))
/** Of what is encoded before a key, behind its `%`. */
const DIGITS = /(?:25){0,3}[0-9a-f]{2}(?=[A-Za-z0-9_.$-])/iy
const OPENS_PARAMETER = /(?:3f|26)$/i
/** Up to what separates: `&`, `"`, `#`, `,`, `;`, `}`, white space, encoded or not. */
const VALUE = /(?:[^\s%&#"'<>`\\,;}]|%(?!(?:25){0,3}(?:2[0236c]|3b|7d|0[ad]))(?:[0-9a-f]{2})?){3,2048}/iy
const LONGEST_KEY = 128
/** `[REDACTED:ab12]`, and what hosts put in its place. */
const LONGEST_MASK = 32

/** Finds the value of a telling key where both are encoded for a URL: `api_key%3D…`, `%22password%22%3A%22…`. */
export function encodedAssignment(policy: KeyPolicy): Structure {
  const factsOf = createKeyFacts(policy)
  const finder: Finder = (text, at, from): Span | null => {
    SEPARATOR.lastIndex = at
    if (!SEPARATOR.test(text)) return null
    QUOTE.lastIndex = SEPARATOR.lastIndex
    QUOTE.test(text)
    const valueAt = QUOTE.lastIndex
    if (text[valueAt] === '[' && isShort(text, valueAt)) return null
    const key = keyBefore(text, at, from)
    if (key === null) return null
    const { pattern, inQuery, detector } = factsOf(key.name)
    if (pattern === null && !(inQuery && key.opensParameter)) return null
    const value = readValue(text, valueAt)
    return value === null ? null : { start: valueAt, end: valueAt + value.length, detector }
  }
  return {
    name: 'encoded-assignment',
    literals: ['%3d', '%3a', '%253d', '%253a'],
    anyCase: true,
    finder,
    createFinder: () => finder,
  }
}

function keyBefore(text: string, at: number, from: number): { name: string; opensParameter: boolean } | null {
  const end = quoteBefore(text, at)
  let start = end
  while (start > from && end - start < LONGEST_KEY && KEY_CHARACTERS[text.charCodeAt(start - 1)] === 1) start--
  if (start === end) return null
  const before = start > from ? text[start - 1] : ''
  if (before !== '%') return { name: text.slice(start, end), opensParameter: before === '?' || before === '&' }
  DIGITS.lastIndex = start
  const digits = DIGITS.exec(text)?.[0] ?? ''
  return { name: text.slice(start + digits.length, end), opensParameter: OPENS_PARAMETER.test(digits) }
}

/** Where the quote begins that ends at `at`, and `at` where there is none. */
function quoteBefore(text: string, at: number): number {
  if (!text.startsWith('22', at - 2)) return at
  let digits = at - 2
  while (at - digits < 8 && text.startsWith('25', digits - 2)) digits -= 2
  return text[digits - 1] === '%' ? digits - 1 : at
}

/** A placeholder, as it is in brackets, and most likely a mask: told before its key is looked for. */
function isShort(text: string, at: number): boolean {
  VALUE.lastIndex = 0
  return (VALUE.exec(text.slice(at, at + LONGEST_MASK + 1))?.[0].length ?? 0) <= LONGEST_MASK
}

function readValue(text: string, at: number): string | null {
  VALUE.lastIndex = at
  const value = VALUE.exec(text)?.[0]
  return value === undefined || isReference(value) || isPlaceholder(value) ? null : value
}
