import { createKeyFacts } from './key-facts.ts'
import type { KeyPolicy } from './key-policy.ts'
import { isPlaceholder, isReference } from './plausible.ts'
import type { Finder, Span } from './span.ts'
import type { Structure } from './structures.ts'

/** RFC 3986, section 2.1. An address inside an address is encoded as a whole, and what is inside of that once more. */
const SEPARATOR = /%(?:25){0,3}3[ad]/iy
const QUOTE = /(?:%(?:25){0,3}22)?(?:%(?:25){0,3}20)?(?:%(?:25){0,3}22)?/iy
const KEY_BEFORE = /(%(?:25){0,3}[0-9a-f]{2}|[?&])?([A-Za-z0-9_.$-]{1,128})(?:%(?:25){0,3}22)?$/i
const OPENS_PARAMETER = /[?&]|(?:3f|26)$/i
/** Up to what separates: `&`, `"`, `#`, `,`, `;`, `}`, white space, encoded or not. */
const VALUE = /(?:[^\s%&#"'<>`\\,;}]|%(?!(?:25){0,3}(?:2[0236c]|3b|7d|0[ad]))(?:[0-9a-f]{2})?){3,2048}/iy
const LONGEST_KEY = 140

/** Finds the value of a telling key where both are encoded for a URL: `api_key%3D…`, `%22password%22%3A%22…`. */
export function encodedAssignment(policy: KeyPolicy): Structure {
  const factsOf = createKeyFacts(policy)
  const finder: Finder = (text, at, from): Span | null => {
    SEPARATOR.lastIndex = at
    if (!SEPARATOR.test(text)) return null
    const [, opening = '', key = ''] = KEY_BEFORE.exec(text.slice(Math.max(from, at - LONGEST_KEY), at)) ?? []
    const { pattern, inQuery, detector } = factsOf(key)
    if (pattern === null && !(inQuery && OPENS_PARAMETER.test(opening))) return null
    QUOTE.lastIndex = SEPARATOR.lastIndex
    QUOTE.test(text)
    VALUE.lastIndex = QUOTE.lastIndex
    const value = VALUE.exec(text)?.[0]
    if (value === undefined || isReference(value) || isPlaceholder(value)) return null
    return { start: VALUE.lastIndex - value.length, end: VALUE.lastIndex, detector }
  }
  return {
    name: 'encoded-assignment',
    literals: ['%3d', '%3a', '%253d', '%253a'],
    anyCase: true,
    finder,
    createFinder: () => finder,
  }
}
