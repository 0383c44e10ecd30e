import type { JsonObject, JsonValue } from '@pullwright/core'

/** The object that stands there; an empty one where something else does. */
export function objectAt(value: JsonValue | undefined, ...path: string[]): JsonObject {
  const [next, ...rest] = path
  const object = typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  return next === undefined ? object : objectAt(object[next], ...rest)
}

/** The text of the last member; empty where there is none. */
export function textAt(value: JsonValue | undefined, ...path: string[]): string {
  const last = path.at(-1)
  const found = last === undefined ? value : objectAt(value, ...path.slice(0, -1))[last]
  return typeof found === 'string' ? found : ''
}

export function present(name: string, value: string): JsonObject {
  return value === '' ? {} : { [name]: value }
}

/** As people know an account. */
export function nameAt(value: JsonValue | undefined, ...path: string[]): string {
  return textAt(value, ...path, 'nickname') || textAt(value, ...path, 'display_name')
}
