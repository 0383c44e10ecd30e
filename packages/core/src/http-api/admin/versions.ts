import { refusal } from './problems.ts'

/** Tags may hold commas, so they are found and not split (RFC 9110, 8.8.3). */
const TAG = /(?:W\/)?"[\x21\x23-\x7e\x80-\uffff]*"/g

/**
 * The versions that `If-Match` names: one or a list. Undefined where there is none, or `*`. A tag of another shape matches
 * nothing, and neither does a weak one (RFC 9110, 13.1.1).
 */
export function versionsOf(header: string | null): number[] | undefined {
  const given = header?.trim()
  if (given === undefined || given === '*') return undefined
  if (!/^[\s,]*$/.test(given.replace(TAG, ''))) throw mismatch()
  const versions = (given.match(TAG) ?? []).flatMap((tag) => tag.match(/^"([1-9]\d{0,14})"$/)?.[1] ?? []).map(Number)
  if (versions.length === 0) throw mismatch()
  return versions
}

/** The one to hold a change to. Of several it is the one that is there, which is read for that alone. */
export async function versionAmong(
  versions: readonly number[] | undefined,
  read: () => Promise<{ version: number }>,
): Promise<number | undefined> {
  if (versions === undefined || versions.length < 2) return versions?.[0]
  const { version } = await read()
  if (!versions.includes(version)) throw mismatch()
  return version
}

export function etagOf(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null || !('version' in body)) return {}
  return typeof body.version === 'number' ? { etag: `"${body.version}"` } : {}
}

export function mismatch() {
  return refusal('version-mismatch', {
    detail: 'Somebody changed it since: read it again, and send the `ETag` of that answer as `If-Match`.',
  })
}
