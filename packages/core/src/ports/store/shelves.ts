import type { JsonValue } from '../../json.ts'

// Small stores beside the work: documents, blobs, schedules.

export interface DocumentRow {
  project: string
  collection: string
  key: string
  value: JsonValue
  version: number
  updatedAt: number
}

export interface DocumentWrite {
  project: string
  collection: string
  key: string
  /** `null` deletes. */
  value: JsonValue
  /** 0: must not exist. Absent: whatever is there. */
  expectedVersion?: number
  at: number
}

export interface DocumentStore {
  get(project: string, collection: string, key: string): Promise<DocumentRow | null>
  /** False on a wrong `expectedVersion`. */
  put(write: DocumentWrite): Promise<boolean>
  /** By key. */
  list(
    project: string,
    collection: string,
    options?: { prefix?: string; after?: string; limit?: number },
  ): Promise<DocumentRow[]>
}

export interface BlobStore {
  put(blob: { project: string; key: string; bytes: Uint8Array; expiresAt: number }): Promise<void>
  get(project: string, key: string, now: number): Promise<Uint8Array | null>
  /** Deletes what has expired; answers how many. */
  sweep(now: number): Promise<number>
}

export interface ScheduleStore {
  /** Adds schedules that are not there yet, due at `firstAt`. */
  register(schedules: readonly { name: string; firstAt: number }[]): Promise<void>
  /** Takes one due schedule of these names, or null. */
  claim(request: {
    names: readonly string[]
    now: number
    leaseMs: number
  }): Promise<{ name: string; token: string } | null>
  /** Ends the run; false when the lease was lost. */
  settle(claim: { name: string; token: string }, nextAt: number): Promise<boolean>
  nextDueAt(names: readonly string[]): Promise<number | null>
}
