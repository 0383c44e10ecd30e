import { createHash } from 'node:crypto'

/** A number for PostgreSQL's advisory locks, the same in every process: 64 bits of a hash, as decimal text. */
export function lockNumber(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest().readBigInt64BE().toString()
}
