import { createHash } from 'node:crypto'
import { canonicalJson, type JsonValue } from '../json.ts'
import type { AuditEntry, NewAuditEntry } from '../ports/store.ts'

/** What the first entry of a chain names as the hash before it. */
const GENESIS = '0'.repeat(64)

/** The action of entries that say what was taken out of the chain before them. */
export const PRUNED = 'audit.pruned'
/** The action of what is left of an entry that was emptied. */
export const ERASED = 'audit.erased'

/** The entry with its place in its project's chain. `previous` is the last one there, null for the first. */
export function chainAudit(previous: AuditEntry | null, entry: NewAuditEntry): AuditEntry {
  const { project, at, actor, action, target, result, details } = entry
  const placed = { project, at, actor, action, target, result, details, sequence: (previous?.sequence ?? 0) + 1 }
  const previousHash = previous?.hash ?? GENESIS
  return { ...placed, previousHash, hash: hashOf(previousHash, placed) }
}

/** What stays of an entry that is emptied: the chain holds, and nobody is named. */
export function erasedAudit({ project, at, sequence, previousHash, hash }: AuditEntry): AuditEntry {
  const nothing = { actor: null, action: ERASED, target: '', result: 'ok', details: null } as const
  return { project, at, ...nothing, sequence, previousHash, hash, erased: true }
}

/** Why an entry cannot follow the last one; null where it can. The first entry that is left begins where it begins. */
export function findFault(last: AuditEntry | null, entry: AuditEntry): string | null {
  const expected = last === null ? entry.sequence : last.sequence + 1
  if (entry.sequence !== expected) return `Entry ${expected} is missing, or entries changed places.`
  if (last !== null && entry.project !== last.project) return 'The entry belongs to another project.'
  if (entry.previousHash !== (last?.hash ?? (entry.sequence === 1 ? GENESIS : entry.previousHash))) {
    return 'It does not follow the entry before it.'
  }
  return isAsWritten(entry) ? null : 'Its content was changed after it was written.'
}

/** The hash of the last entry, or what stands for it where there is none. */
export function headOf(last: AuditEntry | null): string {
  return last?.hash ?? GENESIS
}

function isAsWritten(entry: AuditEntry): boolean {
  if (entry.erased === true) return canonicalJson({ ...entry }) === canonicalJson({ ...erasedAudit(entry) })
  const { hash, previousHash, ...rest } = entry
  return hash === hashOf(previousHash, rest)
}

function hashOf(previousHash: string, rest: Omit<AuditEntry, 'hash' | 'previousHash'>): string {
  const content: Record<string, JsonValue> = { ...rest }
  return createHash('sha256').update(previousHash).update(canonicalJson(content)).digest('hex')
}
