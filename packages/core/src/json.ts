/** Any value that survives `JSON.parse(JSON.stringify(value))`. */
export type JsonValue = string | number | boolean | null | JsonValue[] | JsonObject
export interface JsonObject {
  [key: string]: JsonValue
}

/**
 * One text for one value: keys sorted by code unit at every level, no white space.
 * Two values that differ only in key order give the same text, so it can be hashed.
 */
export function canonicalJson(value: JsonValue): string {
  return JSON.stringify(sortKeys(value))
}

/** A copy of the value with the keys of every object in code unit order. `__proto__` stays an ordinary key. */
export function sortKeys<T extends JsonValue>(value: T): T {
  if (Array.isArray(value)) return value.map(sortKeys) as T
  if (typeof value !== 'object' || value === null) return value
  const source: JsonObject = value
  const entries = Object.keys(source)
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
    .map((key): [string, JsonValue] => [key, sortKeys(source[key] as JsonValue)])
  return Object.fromEntries(entries) as T
}
