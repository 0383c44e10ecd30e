/** One header: its value, or all of them where it came more than once. */
export type HeaderValue = string | readonly string[] | undefined | null

/** Headers as any server has them: a plain object in any case, a `Headers`, a `Map` or pairs. */
export type WebhookHeaders =
  | Readonly<Record<string, HeaderValue>>
  | { get(name: string): string | null }
  | ReadonlyMap<string, HeaderValue>
  | readonly (readonly [string, string])[]

/**
 * A header by its lower-case name, whatever its case; null where there is none or it is empty. One that came several
 * times is joined with a comma, as HTTP has it, so that a doubled signature is seen as malformed and not half believed.
 * Servers give lower-case names: those are looked up first.
 */
export function readHeader(headers: WebhookHeaders, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null
  const isMap = headers instanceof Map || Array.isArray(headers)
  const { get } = headers as { get?: unknown }
  if (!isMap && typeof get === 'function') return (headers as Headers).get(name)?.trim() || null
  const exact = isMap ? undefined : (headers as Record<string, HeaderValue>)[name]
  if (typeof exact === 'string') return exact.trim() || null
  let found: string | null = null
  const keys = isMap ? headers : Object.keys(headers)
  for (const entry of keys as Iterable<string | readonly [string, HeaderValue]>) {
    const key = typeof entry === 'string' ? entry : entry[0]
    if (key.length !== name.length || key.toLowerCase() !== name) continue
    const value = typeof entry === 'string' ? (headers as Record<string, HeaderValue>)[key] : entry[1]
    if (value === undefined || value === null) continue
    const text = typeof value === 'string' ? value : Array.isArray(value) ? value.join(', ') : String(value)
    found = found === null ? text : `${found}, ${text}`
  }
  return found?.trim() || null
}
