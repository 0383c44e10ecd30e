import { SECRET_QUERY_KEYS } from './default-keys.ts'
import { type KeyBefore, keyBefore } from './key-before.ts'
import { canonicalKey, type KeyPolicy } from './key-policy.ts'
import { isCode, isPlaceholder, isReference, looksLikePassword, looksRandom } from './plausible.ts'
import { looksLikeSchema } from './schema.ts'
import { holdsNothing } from './secret-slot.ts'
import type { Finder, Span } from './span.ts'

const COLON = 58
const EQUALS = 61
const QUERY_DELIMITERS = new Set(['?', '&', '#'])

/**
 * Finds the value of a telling key in text, from the `:`, `=` or `>` after it: JSON inside a string, YAML, environment
 * files, query strings, headers, connection strings, XML, and prose such as "API key: …".
 */
export function createAssignmentFinder(policy: KeyPolicy): Finder {
  return (text, at, from) => {
    const valueAt = valueStart(text, at)
    if (valueAt < 0) return null
    const key = keyBefore(text, at, from)
    if (key === null) return null
    const inQuery = text.charCodeAt(at) === EQUALS && QUERY_DELIMITERS.has(text[key.start - 1] ?? '')
    const pattern = policy(key.name) ?? (inQuery && SECRET_QUERY_KEYS.has(canonicalKey(key.name)) ? 'query' : null)
    if (pattern === null) return null
    const span = readValue(text, valueAt, { ...key, separator: at, inQuery })
    return span === null ? null : { ...span, detector: `key:${pattern}` }
  }
}

interface Assignment extends KeyBefore {
  separator: number
  inQuery: boolean
}

type Range = Pick<Span, 'start' | 'end' | 'quote'>

/** Where the value begins, or -1 where the character is no separator: `==`, `!=`, `::`, `://`. */
function valueStart(text: string, at: number): number {
  const code = text.charCodeAt(at)
  const next = text[at + 1]
  const previous = text[at - 1] ?? ''
  if (code === COLON) {
    if (next === ':' || previous === ':' || (next === '/' && text[at + 2] === '/')) return -1
    return next === '=' ? at + 2 : at + 1
  }
  if (code === EQUALS) {
    if (next === '=' || next === '~' || '=!<>+*/|^%~:'.includes(previous)) return previous === '' ? at + 1 : -1
    return next === '>' ? at + 2 : at + 1
  }
  return previous === '=' || previous === '-' ? -1 : at + 1
}

const BLANKS = /[ \t]{0,8}/y
const WHITE = /\s{0,64}/y
const BLOCK = /[|>][+-]?\d?[ \t]*\r?\n([ \t]+)(\S[^\n]*(?:\n\1[^\n]*)*)/y
const SCHEME = /(?:bearer|basic|token|apikey|digest|oauth|negotiate|ssws|aws4-hmac-sha256)[ \t]+/iy
const LINE = /[^\r\n"]+/y
const WORD = /[^\s"'`<>]+/y
const PART = /[^\s,;&"'`<>|]+/y
const NUMBER = /-?\d[\w.+-]*/y
const CONTENT = /[^<]+/y

function readValue(text: string, valueAt: number, key: Assignment): Range | null {
  const start = ahead(key.quoted ? WHITE : BLANKS, text, valueAt)
  if (text.charCodeAt(key.separator) === 62) return readContent(text, start, key)
  const escapes = backslashesAt(text, start)
  const quote = text[start + escapes]
  if (quote === '"' || quote === "'" || quote === '`') return readQuoted(text, start + escapes + 1, quote, escapes, key)
  if (key.quoted) {
    const end = quote === '{' || quote === '[' ? containerEnd(text, start) : ahead(NUMBER, text, start)
    return end === start ? null : { start, end, quote: quoteBefore(text, key.separator) }
  }
  return readBare(text, start, key)
}

function readQuoted(text: string, open: number, quote: string, escapes: number, key: Assignment): Range | null {
  const close = closingQuote(text, open, quote, escapes, key.quoted)
  if (close < 0) return null
  const value = text.slice(open, close)
  if (value === '' || isReference(value) || isPlaceholder(value)) return null
  // `password: "Enter your password"` is a label: without a quoted key, words are taken for words.
  if (!key.quoted && (value.length < 4 || (/\s/.test(value) && !looksRandom(value, 8)))) return null
  return { start: open, end: close }
}

/** As many backslashes before it as before the opening one; text that was cut off ends the value too. */
function closingQuote(text: string, open: number, quote: string, escapes: number, cutIsEnd: boolean): number {
  for (let at = open; at < text.length; at++) {
    const character = text[at]
    if (character === '\n' && !cutIsEnd) return -1
    if (character !== quote) continue
    let before = 0
    while (at - before > open && text[at - before - 1] === '\\') before++
    if (escapes === 0 ? before % 2 === 0 : before === escapes) return at - escapes
  }
  return cutIsEnd ? text.length : -1
}

/**
 * An object or a list under a telling key is hidden whole, unless it is the description of a parameter of that name: then
 * the end is the start.
 */
function containerEnd(text: string, start: number): number {
  const end = closingBracket(text, start)
  try {
    const value: unknown = JSON.parse(text.slice(start, end))
    if (looksLikeSchema(value) || holdsNothing(value)) return start
  } catch {
    // Not JSON by itself: escaped, cut off, or another notation. Hidden all the same.
  }
  return end
}

/** The quote of the key before the separator with its backslashes: what a text of the same nesting is quoted with. */
function quoteBefore(text: string, separator: number): string {
  const end = text.slice(0, separator).trimEnd().length
  return text.slice(end - 1 - backslashesBefore(text, end - 1), end)
}

function closingBracket(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') depth++
    if ((character === '}' || character === ']') && --depth === 0) return at + 1
    if (character !== '"') continue
    const escapes = backslashesBefore(text, at)
    const close = closingQuote(text, at + 1, '"', escapes, true)
    at = Math.max(at, close + escapes)
  }
  return text.length
}

function readContent(text: string, start: number, key: Assignment): Range | null {
  if (text[key.start - 1] !== '<') return null
  const end = ahead(CONTENT, text, start)
  if (!text.startsWith('</', end)) return null
  const value = text.slice(start, end)
  return value.trim() === '' || isReference(value.trim()) || isPlaceholder(value) ? null : { start, end }
}

function readBare(text: string, start: number, key: Assignment): Range | null {
  const name = canonicalKey(key.name)
  if (/(?:^|_)cookie$/.test(name)) {
    const end = ahead(LINE, text, start)
    return text.slice(start, end).includes('=') ? range(start, end) : null
  }
  const block = match(BLOCK, text, start)
  if (block !== null) {
    const end = start + block[0].length
    const value = block[2] ?? ''
    return isPlaceholder(value) || isReference(value.trim()) ? null : { start: end - value.length, end }
  }
  const scheme = ahead(SCHEME, text, start)
  const isEnvironment = !key.inQuery && text.charCodeAt(key.separator) === EQUALS && key.name === key.name.toUpperCase()
  const end = trimEnd(text, scheme, ahead(isEnvironment ? WORD : PART, text, scheme))
  const value = text.slice(scheme, end)
  if (value === '' || isReference(value) || isPlaceholder(value) || canonicalKey(value) === name) return null
  if (scheme > start) return value.length >= 6 && !isCode(value) ? { start: scheme, end } : null
  return isSecret(value, key, isEnvironment) ? { start, end } : null
}

function isSecret(value: string, key: Assignment, isEnvironment: boolean): boolean {
  if (key.inQuery) return value.length >= 3
  if (isEnvironment) return value.length >= 4 && !isCode(value)
  const isPassword = /pass|pwd/i.test(key.name)
  return isPassword ? looksLikePassword(value) : looksRandom(value, 6)
}

function trimEnd(text: string, start: number, end: number): number {
  let last = end
  while (last > start && '.,:!?)]}\\'.includes(text[last - 1] ?? '')) last--
  return last
}

function backslashesAt(text: string, at: number): number {
  let count = 0
  while (text[at + count] === '\\') count++
  return count
}

function backslashesBefore(text: string, at: number): number {
  let count = 0
  while (text[at - count - 1] === '\\') count++
  return count
}

function range(start: number, end: number): Range | null {
  return end > start ? { start, end } : null
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function ahead(pattern: RegExp, text: string, at: number): number {
  return match(pattern, text, at) === null ? at : pattern.lastIndex
}
