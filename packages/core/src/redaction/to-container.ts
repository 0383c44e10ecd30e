/**
 * What to walk for an object: itself if it is plain data, its plain form if it is something that hides text from
 * `Object.keys` (errors, maps, sets, URLs), null if there is nothing to walk (dates, bytes, patterns).
 */
export function toContainer(value: object): Record<string, unknown> | unknown[] | null {
  if (Array.isArray(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return value as Record<string, unknown>
  if (value instanceof Date || value instanceof RegExp || ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
    return null
  if (value instanceof Error) return errorFields(value)
  if (value instanceof Map || value instanceof Headers) return fromEntries([...value.entries()])
  if (value instanceof Set) return [...value]
  if (value instanceof URL) return { href: value.href }
  return value as Record<string, unknown>
}

function fromEntries(entries: [unknown, unknown][]): Record<string, unknown> | unknown[] {
  return entries.every(([key]) => typeof key === 'string') ? Object.fromEntries(entries) : entries
}

function errorFields(error: Error): Record<string, unknown> {
  const { name, message, stack, cause } = error
  const fields: Record<string, unknown> = { ...error, name, message }
  if (stack) fields.stack = stack
  if (cause !== undefined) fields.cause = cause
  return fields
}
