import type { JsonValue } from '@pullwright/core'

/** The least that redaction by keys must do: visit every key, compare it, copy what changes. The yardstick for ours. */
export function copyOnWriteWalk(value: JsonValue, keys: readonly string[]): JsonValue {
  return walk(value, new Set(keys))
}

function walk(value: JsonValue, keys: ReadonlySet<string>): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    let copy: JsonValue[] | null = null
    for (let at = 0; at < value.length; at++) {
      const before = value[at] as JsonValue
      const after = walk(before, keys)
      if (after === before) continue
      copy ??= [...value]
      copy[at] = after
    }
    return copy ?? value
  }
  let copy: Record<string, JsonValue> | null = null
  for (const key of Object.keys(value)) {
    const before = value[key] as JsonValue
    const after = keys.has(key) ? '[REDACTED]' : walk(before, keys)
    if (after === before) continue
    copy ??= { ...value } as Record<string, JsonValue>
    copy[key] = after
  }
  return copy ?? value
}
