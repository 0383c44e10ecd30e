import type { Path } from '../config-diff/path.ts'
import type { JsonValue } from '../json.ts'

/** What an element of a list is and what it calls itself: `system` and `message`, `search` and `tool`. */
export interface ElementName {
  what: string
  name: string
}

const MAX_NAME = 60

/** A message that is nothing but a role and a text. */
export function messageText(value: JsonValue): { role: string; text: string } | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { role, content, ...others } = value
  if (typeof role !== 'string' || typeof content !== 'string' || Object.keys(others).length > 0) return null
  return { role: role.slice(0, MAX_NAME), text: content }
}

/** The innermost message or tool on the way, where the configuration is known. */
export function elementAt(config: JsonValue | undefined, path: Path): ElementName | null {
  let value: JsonValue | undefined = config
  let found: ElementName | null = null
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return found
    value = (value as Record<string | number, JsonValue>)[part]
    if (typeof part === 'number') found = nameOf(value) ?? found
  }
  return found
}

/** What an element says of itself. */
export function nameOf(value: JsonValue | undefined): ElementName | null {
  const role = member(value, 'role')
  if (typeof role === 'string') return { what: 'message', name: role.slice(0, MAX_NAME) }
  const tool = member(member(value, 'function'), 'name')
  if (typeof tool === 'string') return { what: 'tool', name: tool.slice(0, MAX_NAME) }
  const name = member(value, 'name')
  return typeof name === 'string' ? { what: '', name: name.slice(0, MAX_NAME) } : null
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.hasOwn(value, key) ? value[key] : undefined
}
