import { createHash } from 'node:crypto'
import { canonicalJson, type JsonValue } from '@pullwright/core'

/** Tells whether two files show the same configuration, however they are written. */
export function contentDigest(shown: JsonValue): string {
  return createHash('sha256').update(canonicalJson(shown)).digest('hex').slice(0, 32)
}
