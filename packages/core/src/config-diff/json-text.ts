import type { JsonObject, JsonValue } from '../json.ts'

/** UTF-16 units of a text that is read as JSON. Longer ones are compared as text. */
const MAX_LENGTH = 2_000_000
/** A double tells apart all decimals of so many digits, and none of its powers of ten is out of its range. */
const EXACT_DIGITS = 15
const EXACT_EXPONENT = 99
const [QUOTE, BACKSLASH, COLON, ZERO, NINE] = [0x22, 0x5c, 0x3a, 0x30, 0x39]

/**
 * The object or list that a text holds as JSON, such as a response schema or the arguments of a tool call; undefined for
 * any other text. Also undefined where reading would lose something: a number that no double holds, a key given twice.
 */
export function parseJsonText(text: string): JsonValue[] | JsonObject | undefined {
  if (!looksLikeJson(text)) return undefined
  let value: JsonValue[] | JsonObject
  try {
    value = JSON.parse(text) as JsonValue[] | JsonObject
  } catch {
    return undefined
  }
  return membersWritten(text) === countMembers(value) ? value : undefined
}

function looksLikeJson(text: string): boolean {
  if (text.length > MAX_LENGTH) return false
  // A look at both ends, so that prompts cost nothing.
  const [first, last] = [text.slice(0, 64).trimStart()[0], text.slice(-64).trimEnd().at(-1)]
  return (first === '{' && last === '}') || (first === '[' && last === ']')
}

/** How many members the text of valid JSON has, those of one key each counted; -1 where it has an inexact number. */
function membersWritten(text: string): number {
  const numbers = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
  let members = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === COLON) members++
    else if (code === QUOTE) at = endOfString(text, at)
    else if (code >= ZERO && code <= NINE) {
      numbers.lastIndex = at
      const number = numbers.exec(text)?.[0] ?? ''
      if (!isExact(number)) return -1
      at += number.length - 1
    }
  }
  return members
}

function endOfString(text: string, open: number): number {
  let at = open + 1
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1
  return at
}

function isExact(number: string): boolean {
  const [digits = '', exponent = '0'] = number.split(/[eE]/)
  return digits.replace('.', '').length <= EXACT_DIGITS && Math.abs(Number(exponent)) <= EXACT_EXPONENT
}

function countMembers(root: JsonValue): number {
  const open: JsonValue[] = [root]
  let count = 0
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) count += Object.keys(value).length
    for (const item of Object.values(value)) open.push(item as JsonValue)
  }
  return count
}
