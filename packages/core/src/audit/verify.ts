import { canonicalJson } from '../json.ts'
import type { AuditCheckpoint, AuditEntry } from '../ports/store.ts'
import { findFault, headOf } from './chain.ts'
import { checkpointOf, covers } from './checkpoint.ts'

/** `sequence` names the first entry that does not fit. */
export type AuditVerdict =
  | {
      ok: true
      count: number
      /** The last hash: kept elsewhere, it also proves that nothing was cut off at the end. */
      head: string
      /** Entries up to this one were deleted by retention, and a checkpoint in the chain says so. */
      prunedThrough?: number
      /** Entries that were emptied in their place, likewise. */
      erased?: number
    }
  | { ok: false; sequence: number; reason: string }

export interface AuditVerifier {
  /** The next entries, ascending. */
  read(entries: readonly AuditEntry[]): void
  verdict(): AuditVerdict
}

/**
 * Whether one project's entries, ascending, are the ones that were written: none changed, missing, added or moved, and
 * what retention took out was taken out by a checkpoint that is in the chain itself. A page in the middle is checked
 * against the entry before it, `previous`.
 */
export function verifyAudit(entries: readonly AuditEntry[], previous: AuditEntry | null = null): AuditVerdict {
  const verifier = auditVerifier(previous)
  verifier.read(entries)
  return verifier.verdict()
}

/** The same for an export as JSON Lines of a whole chain, made without filters; blank lines count for nothing. */
export function verifyAuditExport(lines: string): AuditVerdict {
  const verifier = auditVerifier()
  let read = 0
  for (const line of lines.split('\n')) {
    if (line.trim() === '') continue
    const entry = entryOf(line)
    if (entry === null) return { ok: false, sequence: read + 1, reason: 'The line is no entry of an audit log.' }
    verifier.read([entry])
    read = entry.sequence
  }
  return verifier.verdict()
}

/** For chains that are read page by page. */
export function auditVerifier(previous: AuditEntry | null = null): AuditVerifier {
  let last = previous
  let count = 0
  let fault: { sequence: number; reason: string } | null = null
  /** The first entry left, where it is not the first ever: a later checkpoint must say so. */
  let start: AuditEntry | null = null
  let prunedThrough = 0
  /** Emptied ones that no checkpoint has named yet. */
  let unexplained: number[] = []
  let erased = 0

  return {
    read(entries) {
      for (const entry of entries) follow(entry)
    },
    verdict() {
      if (start !== null) {
        const reason = `The entries before it are missing, and no checkpoint says that they were deleted.`
        return { ok: false, sequence: start.sequence, reason }
      }
      if (fault !== null) return { ok: false, ...fault }
      const [first] = unexplained
      if (first !== undefined) {
        return { ok: false, sequence: first, reason: 'It was emptied, and no checkpoint says so.' }
      }
      const gone = { ...(prunedThrough === 0 ? {} : { prunedThrough }), ...(erased === 0 ? {} : { erased }) }
      return { ok: true, count, head: headOf(last), ...gone }
    },
  }

  /** After a fault only checkpoints are looked for, so that the verdict names the right reason. */
  function follow(entry: AuditEntry): void {
    if (fault === null) {
      const reason = findFault(last, entry)
      if (reason !== null) fault = { sequence: entry.sequence, reason }
      else {
        if (last === null && entry.sequence !== 1) start = entry
        if (entry.erased === true) unexplained.push(entry.sequence)
        last = entry
        count += 1
      }
    }
    const checkpoint = checkpointOf(entry)
    if (checkpoint !== null) explain(checkpoint)
  }

  function explain(checkpoint: AuditCheckpoint): void {
    if (start !== null && checkpoint.through === start.sequence - 1 && checkpoint.hash === start.previousHash) {
      prunedThrough = checkpoint.through
      start = null
    }
    const left = unexplained.filter((sequence) => !covers(checkpoint, sequence, 'erase'))
    erased += unexplained.length - left.length
    unexplained = left
  }
}

function entryOf(line: string): AuditEntry | null {
  try {
    const entry: AuditEntry = JSON.parse(line)
    canonicalJson({ ...entry })
    return typeof entry.sequence === 'number' && typeof entry.hash === 'string' ? entry : null
  } catch {
    return null
  }
}
