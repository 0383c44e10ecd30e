import { createHash } from 'node:crypto'
import { canonicalJson, type JsonValue } from '../json.ts'
import type { AuditEntry, NewAuditEntry } from '../ports/store.ts'

/** What the first entry of a chain names as the hash before it. */
const GENESIS = '0'.repeat(64)

/** `sequence` names the first entry that does not fit. */
export type AuditVerdict =
  /** `head` is the last hash: kept elsewhere, it also proves that nothing was cut off at the end. */
  { ok: true; count: number; head: string } | { ok: false; sequence: number; reason: string }

/** The entry with its place in its project's chain. `previous` is the last one there, null for the first. */
export function chainAudit(previous: AuditEntry | null, entry: NewAuditEntry): AuditEntry {
  const { project, at, actor, action, target, result, details } = entry
  const placed = { project, at, actor, action, target, result, details, sequence: (previous?.sequence ?? 0) + 1 }
  const previousHash = previous?.hash ?? GENESIS
  return { ...placed, previousHash, hash: hashOf(previousHash, placed) }
}

/**
 * Whether one project's entries, ascending, are the ones that were written: none changed, missing, added or moved. A
 * page in the middle is checked against the entry before it, `previous`.
 */
export function verifyAudit(entries: readonly AuditEntry[], previous: AuditEntry | null = null): AuditVerdict {
  let last = previous
  for (const entry of entries) {
    const reason = findFault(last, entry)
    if (reason !== null) return { ok: false, sequence: entry.sequence, reason }
    last = entry
  }
  return { ok: true, count: entries.length, head: last?.hash ?? GENESIS }
}

function findFault(last: AuditEntry | null, entry: AuditEntry): string | null {
  const { hash, previousHash, ...rest } = entry
  const expected = (last?.sequence ?? 0) + 1
  if (entry.sequence !== expected) return `Entry ${expected} is missing, or entries changed places.`
  if (last !== null && entry.project !== last.project) return `The entry belongs to another project.`
  if (previousHash !== (last?.hash ?? GENESIS)) return 'It does not follow the entry before it.'
  if (hash !== hashOf(previousHash, rest)) return 'Its content was changed after it was written.'
  return null
}

function hashOf(previousHash: string, rest: Omit<AuditEntry, 'hash' | 'previousHash'>): string {
  const content: Record<string, JsonValue> = { ...rest }
  return createHash('sha256').update(previousHash).update(canonicalJson(content)).digest('hex')
}
