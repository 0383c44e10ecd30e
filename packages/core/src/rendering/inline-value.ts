import type { JsonValue } from '../json.ts'
import { codeSpan } from './code.ts'
import { jsonPreview } from './json-preview.ts'

/** Characters up to which a value stands in its line. */
const MAX_INLINE = 160

/** A short value as inline code, or null where it needs a block of its own. */
export function inlineValue(value: JsonValue): string | null {
  if (typeof value === 'string') {
    if (!isShort(value)) return null
    return codeSpan(needsQuotes(value) ? JSON.stringify(value) : value)
  }
  const text = jsonPreview(value, MAX_INLINE, 0)
  return text.length > MAX_INLINE ? null : codeSpan(text)
}

/** Whether a text fits in a line. */
export function isShort(text: string): boolean {
  return text.length <= MAX_INLINE && !/[\r\n]/.test(text)
}

/** Whether a bare text would read as another value, or as none. */
function needsQuotes(text: string): boolean {
  return text.trim() !== text || text === '' || /^(?:true|false|null|[-+]?\d[\d.eE+-]*|[[{"].*)$/.test(text)
}
