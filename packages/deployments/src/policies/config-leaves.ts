import { formatPath, type JsonValue } from '@pullwright/core'

/** Values under one of these keys, wherever they are, with their dotted paths. Keys are compared without case and separators. */
export function leavesUnder(config: JsonValue, keys: readonly string[]): { path: string; value: JsonValue }[] {
  const wanted = new Set(keys.map(plain))
  const found: { path: string; value: JsonValue }[] = []
  const open: { value: JsonValue; path: (string | number)[] }[] = [{ value: config, path: [] }]
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next
    const key = path.at(-1)
    if (typeof key === 'string' && wanted.has(plain(key))) found.push({ path: formatPath(path), value })
    if (typeof value !== 'object' || value === null) continue
    const children: [string | number, JsonValue][] = Array.isArray(value)
      ? value.map((child, at) => [at, child])
      : Object.entries(value)
    for (const [name, child] of children.reverse()) open.push({ value: child, path: [...path, name] })
  }
  return found
}

/** The last key of a dotted path, as `leavesUnder` compares it. */
export function plain(key: string): string {
  return key.toLowerCase().replace(/[\s_-]/g, '')
}
