/** Where a worker keeps things. */
export type StorePlace =
  | { kind: 'postgres'; url: string; schema: string }
  | { kind: 'sqlite'; file: string; busyTimeoutMs?: number }

/**
 * Where a worker dies by its own hand, with -9: before or after the n-th call of a verb of its store, or `in` it: on
 * PostgreSQL with the statement sent and not answered, on SQLite with everything written and not committed.
 */
export interface CrashPoint {
  verb: 'migrate' | 'append' | 'claim' | 'settle'
  when: 'before' | 'in' | 'after'
  /** Default 1. Of claims only those count that got something. */
  nth?: number
}

export interface WorkerOptions {
  place: StorePlace
  key: string
  /** `idle` emits and delivers nothing. */
  mode: 'start' | 'drain' | 'idle'
  crash?: CrashPoint
  /** Added to the clock, milliseconds. */
  clockOffset?: number
}

/** Events to emit one after another, each once the one before is recorded. */
export interface Chain {
  id: number
  app: string
  orderingKey: string | null
  /** Each in a transaction of the host, together with a row of its own. */
  own?: boolean
  keys: string[]
}

export type ToWorker = { emit: Chain } | { clockOffset: number } | { stop: true }

export type FromWorker =
  | { ready: true }
  | { recorded: { key: string; eventId: string; duplicate: boolean } }
  /** The chain is through, or stopped at an error. */
  | { chain: number; error: string | null }
  /** The most so far, bytes. */
  | { memory: number }
