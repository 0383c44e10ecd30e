import type { JsonObject, JsonValue } from '../json.ts'

/** Deeper structure is shown as `…`. */
const MAX_DEPTH = 30

/** A list or an object this short stands in one line. */
const MAX_INLINE = 80

/**
 * Indented JSON, at most about `length` characters: what comes after is left out, and the text ends with `…`. A `-0`
 * stays one. Touches no more of the value than it shows.
 */
export function jsonPreview(value: JsonValue, length: number, indent = 2): string {
  let text = ''
  write(value, 0)
  return text.length > length ? `${text.slice(0, safeEnd(text, length))}…` : text

  function write(part: JsonValue, depth: number): void {
    if (text.length > length) return
    if (typeof part === 'string') text += JSON.stringify(part.slice(0, length + 1))
    else if (typeof part !== 'object' || part === null) text += Object.is(part, -0) ? '-0' : String(part)
    else if (indent > 0 && isShort(part)) text += jsonPreview(part, MAX_INLINE, 0)
    else if (Array.isArray(part)) list(part.length, depth, '[', ']', (at) => write(part[at] ?? null, depth + 1))
    else {
      const keys = Object.keys(part)
      list(keys.length, depth, '{', '}', (at) => member(part, keys[at] ?? '', depth))
    }
  }

  function member(part: JsonObject, key: string, depth: number): void {
    text += `${JSON.stringify(key)}: `
    write(part[key] ?? null, depth + 1)
  }

  function list(size: number, depth: number, open: string, close: string, item: (at: number) => void): void {
    text += open
    if (size > 0 && depth >= MAX_DEPTH) text += '…'
    else if (size > 0) {
      for (let at = 0; at < size && text.length <= length; at++) {
        text += (at > 0 ? ',' : '') + lineBreak(depth + 1, at > 0)
        item(at)
      }
      text += lineBreak(depth, false)
    }
    text += close
  }

  function lineBreak(depth: number, space: boolean): string {
    if (indent > 0) return `\n${' '.repeat(depth * indent)}`
    return space ? ' ' : ''
  }
}

function isShort(value: JsonValue): boolean {
  const inline = jsonPreview(value, MAX_INLINE, 0)
  return inline.length <= MAX_INLINE && !inline.endsWith('…')
}

function safeEnd(text: string, end: number): number {
  return end > 0 && /[\ud800-\udbff]/.test(text.charAt(end - 1)) ? end - 1 : end
}
