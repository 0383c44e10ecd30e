import { createHmac } from 'node:crypto'
import type { JsonObject, JsonValue } from '../json.ts'

/** Longer texts are prose, not names: nobody filters by them. */
const MOST_CHARACTERS = 1_000

/** What endpoints filter by and lists are searched by: every short text or number at the top of the data. */
export function attributesOf(data: JsonValue): Record<string, string> {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return {}
  const source: JsonObject = data
  const attributes: Record<string, string> = {}
  for (const key in source) {
    if (!Object.hasOwn(source, key)) continue
    const value = source[key]
    const isShort = typeof value === 'string' ? value.length <= MOST_CHARACTERS : typeof value === 'number'
    if (isShort) attributes[key] = String(value)
  }
  if (attributes.app_name !== undefined) attributes.app = attributes.app_name
  return attributes
}

/** Keyed hashes of who is named in the well-known places, so that `forget` finds them without our keeping the name. */
export function peopleIn(data: JsonValue, subject: string | undefined, key: Buffer): string[] {
  const named = subject === undefined ? namesIn(data) : [subject, ...namesIn(data)]
  if (named.length === 0) return []
  return [...new Set(named.map((name) => personId(key, name)))]
}

function namesIn(data: JsonValue): string[] {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return []
  const { deployed_by, created_by, requested_by } = data
  if (deployed_by === undefined && created_by === undefined && requested_by === undefined) return []
  return [deployed_by, created_by, requested_by].flatMap((person) => {
    if (typeof person === 'string') return [person]
    if (typeof person !== 'object' || person === null || Array.isArray(person)) return []
    return [person.email, person.user_id].filter((name) => typeof name === 'string')
  })
}

/** The keyed hash a person is filed under: of an e-mail address or user id, case-blind. */
export function personId(key: Buffer, name: string): string {
  return createHmac('sha256', key).update(`person:${name.trim().toLowerCase()}`).digest('hex').slice(0, 32)
}
