import { looksLikeSchema } from './schema.ts'
import { holdsNothing } from './secret-slot.ts'

/** Quoted values outside of JSON are short, and the search for their end must be. */
const LONGEST_QUOTED = 4_096
/** Schemas nest, and each would be read again: a longer one is not worth it. */
const LONGEST_SCHEMA = 2_000

/**
 * The end of a quoted text, from its first character: the quote with as many backslashes before it as the opening one had.
 * In JSON, text that was cut off ends the value too; elsewhere it is -1.
 */
export function closingQuote(text: string, open: number, quote: string, escapes: number, isJson: boolean): number {
  const most = isJson ? text.length : Math.min(text.length, open + LONGEST_QUOTED)
  for (let at = open; at < most; at++) {
    const character = text[at]
    if (character === '\n' && !isJson) return -1
    if (character !== quote) continue
    let before = 0
    while (at - before > open && text[at - before - 1] === '\\') before++
    if (escapes === 0 ? before % 2 === 0 : before === escapes) return at - escapes
  }
  return isJson ? text.length : -1
}

/** The end of an object or a list; its start, where it holds nothing or describes a parameter instead of giving one. */
export function containerEnd(text: string, start: number): number {
  const end = closingBracket(text, start)
  if (end - start > LONGEST_SCHEMA) return end
  try {
    const value: unknown = JSON.parse(text.slice(start, end))
    if (looksLikeSchema(value) || holdsNothing(value)) return start
  } catch {
    // Not JSON by itself: escaped, cut off, or another notation. Hidden all the same.
  }
  return end
}

function closingBracket(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const character = text[at]
    if (character === '{' || character === '[') depth++
    if ((character === '}' || character === ']') && --depth === 0) return at + 1
    if (character !== '"') continue
    const escapes = backslashesBefore(text, at)
    at = Math.max(at, closingQuote(text, at + 1, '"', escapes, true) + escapes)
  }
  return text.length
}

/** The quote of the key before the separator with its backslashes: what a text of the same nesting is quoted with. */
export function quoteBefore(text: string, separator: number): string {
  let end = separator
  while (text[end - 1] === ' ' || text[end - 1] === '\t') end--
  const quote = text[end - 1] ?? ''
  return quote === '"' || quote === "'" ? text.slice(end - 1 - backslashesBefore(text, end - 1), end) : '"'
}

export function backslashesAt(text: string, at: number): number {
  let count = 0
  while (text[at + count] === '\\') count++
  return count
}

function backslashesBefore(text: string, at: number): number {
  let count = 0
  while (text[at - count - 1] === '\\') count++
  return count
}
