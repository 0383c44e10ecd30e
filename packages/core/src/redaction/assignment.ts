import { hasWords } from './canonical-key.ts'
import { backslashesAt, closingQuote, containerEnd, quoteBefore } from './json-text.ts'
import { type KeyBefore, keyBefore } from './key-before.ts'
import { createKeyFacts, type KeyFacts } from './key-facts.ts'
import type { KeyPolicy } from './key-policy.ts'
import { nameBefore } from './name-before.ts'
import { isCode, isPlaceholder, isReference, looksLikePassword, looksRandom } from './plausible.ts'
import { createRowFinder } from './row.ts'
import { createRunEnd } from './run-end.ts'
import { isSchemaText } from './schema.ts'
import type { AssignmentFinder, Span } from './span.ts'

const COLON = 58
const EQUALS = 61
const GREATER = 62
const BAR = 124
/** Full-width, as East Asian texts write them. */
const WIDE = new Set([0xff1a, 0xff1d])
const QUERY_DELIMITERS = new Set(['?', '&', '#'])

/**
 * Finds the value of a telling key in text, from the `:`, `=` or `>` after it: JSON inside a string, YAML, environment
 * files, query strings, headers, connection strings, XML, and prose such as "API key: …".
 */
export function createAssignmentFinder(policy: KeyPolicy): AssignmentFinder {
  const findInRow = createRowFinder(policy)
  const runs: Runs = {
    word: createRunEnd(/[^\s"'`<>]/),
    part: createRunEnd(/[^\s,;&"'`<>|]/),
    plain: createRunEnd(/[^\s,;&"'`<>|\u0080-\uffff]/),
  }
  const factsOf = createKeyFacts(policy)
  return (text, mark, from, anchor) => {
    if (text.charCodeAt(mark) === BAR) return findInRow(text, mark, from)
    const at = isArrow(text, mark) ? mark - 1 : mark
    const valueAt = at < mark ? mark + 1 : valueStart(text, at)
    if (valueAt < 0) return null
    const key = nameBefore(text, at) ?? keyBefore(text, at, from, anchor)
    if (key === null) return null
    const facts = factsOf(key.name)
    if (facts.pattern === null && !facts.inQuery) return null
    const inQuery = text.charCodeAt(at) === EQUALS && QUERY_DELIMITERS.has(text[key.start - 1] ?? '')
    if (facts.pattern === null && !inQuery) return null
    // Spelled out: a spread costs more than all the rest, and a text may have half a million keys.
    const { start, quoted } = key
    const range = readValue(text, valueAt, { start, quoted, facts, separator: at, inQuery }, runs)
    return range && { start: range.start, end: range.end, quote: range.quote, detector: facts.detector }
  }
}

interface Assignment extends Pick<KeyBefore, 'start' | 'quoted'> {
  facts: KeyFacts
  separator: number
  inQuery: boolean
}

/** Values end at white space and quotes; outside of environment files also at what separates them. */
interface Runs {
  word: (text: string, start: number) => number
  part: (text: string, start: number) => number
  /** Without what no keyboard types into a password: the sentence around it goes on. */
  plain: (text: string, start: number) => number
}

type Range = Pick<Span, 'start' | 'end' | 'quote'>

/** Where the value begins, or -1 where the character is no separator: `==`, `!=`, `::`, `://`. */
function valueStart(text: string, at: number): number {
  const code = text.charCodeAt(at)
  const next = text[at + 1]
  const previous = text[at - 1] ?? ''
  if (WIDE.has(code)) return at + 1
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

/** `api_key -> …`, with a space: without one it leads to a member, as `user->name` does. */
function isArrow(text: string, at: number): boolean {
  return text.charCodeAt(at) === GREATER && text[at - 1] === '-' && text[at - 2] !== '-' && text[at + 1] === ' '
}

const BLANKS = /[ \t]{0,8}/y
const WHITE = /\s{0,64}/y
const BLOCK = /[|>][+-]?\d?[ \t]*\r?\n([ \t]+)(\S[^\n]*(?:\n\1[^\n]*)*)/y
const FIRST_ITEM = /[ \t]*\r?\n[ \t]*-[ \t]+["']?([^\s"']{4,500})/y
const LIST = /[ \t]*\r?\n([ \t]*)-[ \t]+(["']?[^\s"']{4,}["']?(?:[ \t]*\r?\n\1-[ \t]+["']?[^\s"']{4,}["']?)*)/y
const SCHEME = /(?:bearer|basic|token|apikey|digest|oauth|negotiate|ssws|aws4-hmac-sha256)[ \t]+/iy
const COOKIES = /[\w!#$%&*+.^|~-]{1,64}=[^\r\n"]*/y
const NUMBER = /-?\d[\w.+-]*/y
/** Texts inside of JSON go on with the next line. */
const LONGEST_LINE = 512
const ESCAPED_LINE_END = /[.,;:)]?\\+[nr]/
const CONTENT = /[^<]+/y

function readValue(text: string, valueAt: number, key: Assignment, runs: Runs): Range | null {
  const start = ahead(key.quoted ? WHITE : BLANKS, text, valueAt)
  if (text.charCodeAt(key.separator) === GREATER) return readContent(text, start, key)
  const escapes = backslashesAt(text, start)
  const quote = text[start + escapes]
  if (quote === '"' || quote === "'" || quote === '`') return readQuoted(text, start + escapes + 1, quote, escapes, key)
  if (key.quoted) {
    const end = quote === '{' || quote === '[' ? containerEnd(text, start) : ahead(NUMBER, text, start)
    if (end === start || isSchemaText(text, start, end)) return null
    return { start, end, quote: quoteBefore(text, key.separator) }
  }
  return readBare(text, start, key, runs)
}

function readQuoted(text: string, open: number, quote: string, escapes: number, key: Assignment): Range | null {
  const close = closingQuote(text, open, quote, escapes, key.quoted)
  if (close < 0) return null
  const value = text.slice(open, close)
  if (value === '' || isReference(value) || isPlaceholder(value)) return null
  // `password: "Enter your password"` is a label: without a quoted key, words are taken for words.
  if (!key.quoted && key.facts.pattern === '*_key' && WORDS.test(value)) return null
  if (!key.quoted && (value.length < 4 || (/\s/.test(value) && !looksRandom(value, 8)))) return null
  return { start: open, end: close }
}

/** `attributeKey: 'attribute-value'`: programs name many things a key that is no secret. */
const WORDS = /^[A-Za-z]{1,15}(?:[-_. ][A-Za-z]{1,15}){0,5}$/

function readContent(text: string, start: number, key: Assignment): Range | null {
  if (text[key.start - 1] !== '<') return null
  const end = ahead(CONTENT, text, start)
  if (!text.startsWith('</', end)) return null
  const value = text.slice(start, end)
  return value.trim() === '' || isReference(value.trim()) || isPlaceholder(value) ? null : { start, end }
}

function readBare(text: string, start: number, key: Assignment, runs: Runs): Range | null {
  const { words, isUpperCase } = key.facts
  if (words.endsWith('cookie')) return range(start, ahead(COOKIES, text, start))
  const block = match(BLOCK, text, start)
  if (block !== null) {
    const end = start + block[0].length
    const value = block[2] ?? ''
    return isPlaceholder(value) || isReference(value.trim()) ? null : { start: end - value.length, end }
  }
  const first = text.charCodeAt(key.separator) === COLON ? match(FIRST_ITEM, text, start) : null
  if (first !== null) {
    const list = isSecret(first[1] ?? '', key.facts, key.inQuery, false) ? match(LIST, text, start) : null
    return list === null ? null : { start: LIST.lastIndex - (list[2] ?? '').length, end: LIST.lastIndex }
  }
  const scheme = ahead(SCHEME, text, start)
  const isEnvironment = !key.inQuery && text.charCodeAt(key.separator) === EQUALS && isUpperCase
  const which = WIDE.has(text.charCodeAt(key.separator)) ? 'plain' : isEnvironment ? 'word' : 'part'
  const run = runs[which](text, scheme)
  const line = text.slice(scheme, Math.min(run, scheme + LONGEST_LINE))
  const lineEnd = line.includes('\\') ? line.search(ESCAPED_LINE_END) : -1
  const end = lineEnd < 0 ? run : scheme + lineEnd
  const value = text.slice(scheme, end)
  if (value === '' || isReference(value) || isPlaceholder(value) || (value.length < 100 && hasWords(value, words)))
    return null
  if (scheme > start) return value.length >= 6 && !isCode(value) ? { start: scheme, end } : null
  const isForm = isTight(text, start, key) && text[end] === '&'
  const isGiven = isEnvironment || isPasswordGiven(text, start, key)
  return isSecret(value, key.facts, key.inQuery || isForm, isGiven) ? { start, end } : null
}

/** `key=value` without a space, as no sentence has it. */
function isTight(text: string, start: number, key: Assignment): boolean {
  return text.charCodeAt(key.separator) === EQUALS && start === key.separator + 1 && text[key.start - 1] !== '.'
}

function isPasswordGiven(text: string, start: number, key: Assignment): boolean {
  return key.facts.isPassword && isTight(text, start, key)
}

function isSecret(value: string, { isPassword }: KeyFacts, inQuery: boolean, isGiven: boolean): boolean {
  if (inQuery) return value.length >= 3
  if (isGiven) return value.length >= 3 && !isCode(value)
  return looksRandom(value, isPassword ? 16 : 6) || (isPassword && looksLikePassword(value))
}

function range(start: number, end: number): Range | null {
  return end > start ? { start, end } : null
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function ahead(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}
