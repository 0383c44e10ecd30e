import { PROSE_HEADS } from './default-keys.ts'

export interface KeyBefore {
  name: string
  /** Where it starts, its quote not counted. */
  start: number
  quoted: boolean
}

const LONGEST = 128

/** The key that stands before a separator: `"api_key"`, `config['api_key']`, `API_KEY`, `API key`. */
export function keyBefore(text: string, separator: number, from: number): KeyBefore | null {
  let end = separator
  while (end > from && separator - end < 3 && isBlank(text.charCodeAt(end - 1))) end--
  if (text[end - 1] === ']') end--
  const quote = text[end - 1]
  if (quote === '"' || quote === "'" || quote === '`') return quotedKey(text, end - 1, quote, from)
  let start = end
  while (start > from && end - start < LONGEST && isKeyCharacter(text.charCodeAt(start - 1))) start--
  if (start === end) return null
  const name = text.slice(start, end)
  if (!PROSE_HEADS.has(name.toLowerCase()) || text[start - 1] !== ' ') return { name, start, quoted: false }
  // In prose the telling word is often the second: "API key", "stop token".
  let first = start - 1
  while (first > from && start - first < 25 && isKeyCharacter(text.charCodeAt(first - 1))) first--
  return { name: text.slice(first, end), start: first, quoted: false }
}

function quotedKey(text: string, close: number, quote: string, from: number): KeyBefore | null {
  let end = close
  while (end > from && text[end - 1] === '\\') end--
  for (let start = end; start > from && end - start < LONGEST; start--) {
    const character = text[start - 1]
    if (character === '\n') return null
    if (character === quote) return start === end ? null : { name: text.slice(start, end), start, quoted: true }
  }
  return null
}

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
