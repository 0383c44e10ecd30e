import { refusal } from './problems.ts'

/**
 * The version that `If-Match` names. Undefined where there is none, or `*`. A tag of another shape matches nothing, and
 * neither does a weak one (RFC 9110, 13.1.1).
 */
export function versionOf(header: string | null): number | undefined {
  const tag = header?.trim()
  if (tag === undefined || tag === '*') return undefined
  const [, digits] = tag.match(/^"([1-9]\d{0,14})"$/) ?? []
  if (digits === undefined) throw mismatch()
  return Number(digits)
}

export function etagOf(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null || !('version' in body)) return {}
  return typeof body.version === 'number' ? { etag: `"${body.version}"` } : {}
}

export async function checkVersion(expected: number | undefined, read: () => Promise<{ version: number }>) {
  if (expected !== undefined && (await read()).version !== expected) throw mismatch()
}

export function mismatch() {
  return refusal('version-mismatch', {
    detail: 'Somebody changed it since: read it again, and send the `ETag` of that answer as `If-Match`.',
  })
}
