import type { JsonValue } from '../../json.ts'

// Who did what, in a chain that only grows.

/**
 * Entries are never changed otherwise. Both verbs throw, and do nothing, for an entry that no later `audit.pruned` entry
 * of its chain names: see `AuditCheckpoint`.
 */
export interface AuditKeeping {
  /** Those that have entries. */
  projects(): Promise<string[]>
  /** Puts `erasedAudit(entry)` in the place of each; answers how many were not erased before. */
  erase(project: string, sequences: readonly number[]): Promise<number>
  /** Deletes the entries up to this sequence, and answers how many. */
  prune(project: string, through: number): Promise<number>
}

/** Details of an `audit.pruned` entry: what was taken out of the chain before it. */
export type AuditCheckpoint = {
  /** Every entry up to this one was deleted; 0 for none. */
  through: number
  /** Hash of that entry, which the first one left names as the one before it. Empty for none. */
  hash: string
  /** First and last sequence of what was emptied in its place. */
  erased: [from: number, to: number][]
}

/** Who did what, with which credential, to what, and how it ended. No secret in it. */
export interface NewAuditEntry {
  project: string
  at: number
  actor: string | null
  /** Dotted, such as `endpoint.create`. */
  action: string
  target: string
  result: 'ok' | 'failed'
  details: JsonValue
}

export interface AuditEntry extends NewAuditEntry {
  /** 1, 2, 3 … in each project. */
  sequence: number
  /** Hash of the entry before; 64 zeros for the first. */
  previousHash: string
  /** SHA-256 over `previousHash` and the canonical JSON of the rest, hex. */
  hash: string
  /** Emptied by retention or at a person's wish: only its place, time and hashes are left. */
  erased?: true
}
