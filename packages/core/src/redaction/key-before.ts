import { PROSE_HEADS } from './default-keys.ts'

export interface KeyBefore {
  name: string
  /** Where it starts, its quote not counted. */
  start: number
  quoted: boolean
}

const LONGEST = 128

/** `password` */
const LONGEST_HEAD = 8
/** Of a key in prose, the first of two words. */
const LONGEST_WORD = 25

/**
 * The key that stands before a separator: `"api_key"`, `config['api_key']`, `API_KEY`, `API key`. Null also where it cannot
 * be a telling one, because what such a key contains was last seen at `anchor`, before it.
 */
export function keyBefore(text: string, separator: number, from: number, anchor: number): KeyBefore | null {
  let end = separator
  while (end > from && separator - end < 3 && isBlank(text.charCodeAt(end - 1))) end--
  if (text.charCodeAt(end - 1) === BRACKET) end--
  const quote = text.charCodeAt(end - 1)
  if (quote === DOUBLE || quote === SINGLE || quote === BACKTICK) return quotedKey(text, end - 1, quote, from, anchor)
  let start = end
  while (start > from && end - start < LONGEST && isKeyCharacter(text.charCodeAt(start - 1))) start--
  if (start === end || anchor < start - LONGEST_WORD) return null
  const name = text.slice(start, end)
  if (text.charCodeAt(start - 1) !== SPACE || !isProseHead(name)) return { name, start, quoted: false }
  // In prose the telling word is often the second: "API key", "stop token".
  let first = start - 1
  while (first > from && start - first < LONGEST_WORD && isKeyCharacter(text.charCodeAt(first - 1))) first--
  return { name: text.slice(first, end), start: first, quoted: false }
}

function isProseHead(name: string): boolean {
  return name.length <= LONGEST_HEAD && PROSE_HEADS.has(name.toLowerCase())
}

function quotedKey(text: string, close: number, quote: number, from: number, anchor: number): KeyBefore | null {
  let end = close
  while (end > from && text.charCodeAt(end - 1) === BACKSLASH) end--
  if (anchor < end - LONGEST) return null
  for (let start = end; start > from && end - start < LONGEST; start--) {
    const code = text.charCodeAt(start - 1)
    if (code === NEWLINE) return null
    if (code !== quote) continue
    return start === end || anchor < start ? null : { name: text.slice(start, end), start, quoted: true }
  }
  return null
}

const SPACE = 32
const NEWLINE = 10
const DOUBLE = 34
const SINGLE = 39
const BACKTICK = 96
const BACKSLASH = 92
const BRACKET = 93

function isBlank(code: number): boolean {
  return code === 32 || code === 9
}

/** Letters, digits, `_`, `-`, `.`, `$`. */
function isKeyCharacter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 95 ||
    code === 45 ||
    code === 46 ||
    code === 36 ||
    code > 127
  )
}
