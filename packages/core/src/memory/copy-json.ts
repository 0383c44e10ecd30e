import type { JsonValue } from '../json.ts'

/**
 * A copy that shares nothing with the value: what `JSON.parse(JSON.stringify(value))` gives, at a fraction of the cost.
 * `__proto__` stays an ordinary key; members that are `undefined` are left out.
 */
export function copyJson<T>(value: T): T
export function copyJson(value: unknown): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (typeof value !== 'object') return null
  if (Array.isArray(value)) return value.map((item) => copyJson(item))
  if ('toJSON' in value && typeof value.toJSON === 'function') return copyJson(value.toJSON())
  return copyObject(value as Record<string, JsonValue | undefined>)
}

function copyObject(source: Record<string, JsonValue | undefined>): JsonValue {
  const copy: Record<string, JsonValue> = {}
  // Without a list of the names: events are copied by the thousand.
  for (const key in source) {
    const value = source[key]
    if (value === undefined || !Object.hasOwn(source, key)) continue
    // An assignment would set the prototype instead of a member.
    if (key === '__proto__') Object.defineProperty(copy, key, { value: copyJson(value), ...ORDINARY })
    else copy[key] = copyJson(value)
  }
  return copy
}

const ORDINARY = { enumerable: true, configurable: true, writable: true }
