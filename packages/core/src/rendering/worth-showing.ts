import type { Path } from '../config-diff/path.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { messageText, nameOf } from './element-name.ts'
import { isShort } from './inline-value.ts'

/** Bounds on what is looked at, and on how many parts one value is taken apart into. */
const MAX_LOOKED_AT = 500
const MAX_PARTS = 60
const MAX_DEPTH = 6

/** A part of a value with its way from there. */
export interface Part {
  key: Path
  value: JsonValue
}

/**
 * A structure that holds prompts reads badly as JSON, with its line feeds as `\n`: its parts, each prompt, message and tool
 * by itself. Null for all else, and for what has too many parts.
 */
export function partsWorthShowing(value: JsonValue): Part[] | null {
  if (!isOpened(value, 0)) return null
  const parts: Part[] = []
  const open: Part[] = [{ key: [], value }]
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    const inner = part.value
    if (isOpened(inner, part.key.length)) {
      const members = membersOf(inner, part.key)
      if (members.length + parts.length + open.length > MAX_PARTS) return null
      open.push(...members.reverse())
    } else parts.push(part)
  }
  return parts
}

function isOpened(value: JsonValue, depth: number): value is JsonValue[] | JsonObject {
  if (typeof value !== 'object' || value === null || depth >= MAX_DEPTH) return false
  return messageText(value) === null && (holdsText(value) || isListOfNamed(value))
}

/** Messages, tools and the like: each is better read by itself. */
function isListOfNamed(value: JsonValue): boolean {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.length <= MAX_PARTS &&
    value.every((item) => nameOf(item) !== null)
  )
}

function membersOf(value: JsonValue[] | JsonObject, way: Path): Part[] {
  if (Array.isArray(value)) return value.slice(0, MAX_PARTS + 1).map((item, at) => ({ key: [...way, at], value: item }))
  const keys = Object.keys(value).slice(0, MAX_PARTS + 1)
  return keys.map((key) => ({ key: [...way, key], value: value[key] ?? null }))
}

/** Whether there is a text in it that does not fit in a line. */
function holdsText(root: JsonValue): boolean {
  const open: JsonValue[] = [root]
  for (let count = 0; count < MAX_LOOKED_AT; count++) {
    const value = open.shift()
    if (value === undefined) return false
    if (typeof value === 'string' && !isShort(value)) return true
    if (typeof value !== 'object' || value === null) continue
    for (const part of Object.values(value).slice(0, MAX_LOOKED_AT)) open.push(part)
  }
  return false
}
