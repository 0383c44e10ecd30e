import type { EventRecord } from '../../events/event.ts'
import type { DocumentWrite } from './shelves.ts'

// What is written together: events with their tasks, and what stands or falls with them.

/** A client in an open transaction: a `pg` client fits. */
export interface HostTransaction {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

export type NewEvent = Omit<EventRecord, 'sequence' | 'order'> & {
  /** Absent: its own sequence. Follow-ups inherit. */
  order?: number
  tasks: NewTask[]
}

/** What is written together. */
export interface Recording {
  events: NewEvent[]
  /** Optimistic: a wrong `expectedVersion` makes the whole recording a `conflict`. */
  documents?: DocumentWrite[]
  /** Inbound deliveries: a receipt seen before makes the whole recording a `duplicate`. */
  receipt?: Receipt
}

export interface Receipt {
  source: string
  deliveryId: string | null
  /** SHA-256 of the body, hex. Sources whose delivery ids are not signed are deduplicated by both, within `bodyWindowMs`. */
  bodyHash: string
  bodyWindowMs: number
  receivedAt: number
  /** The event to name in the answer to a duplicate. */
  eventId: string | null
}

export type TaskTarget = { kind: 'endpoint'; endpointId: string } | { kind: 'handler'; handler: string }

export interface NewTask {
  /** `dlv_…` for deliveries, `tsk_…` for handlers. No `.` in it. */
  id: string
  target: TaskTarget
  dueAt: number
  /** One at a time over all processes. */
  concurrencyKey: string | null
  /** With a key: strictly in order of recording, each waits for the end of the one before. */
  ordered: boolean
  /** With a key: superseded by a task of the same key whose event is newer. */
  supersede: boolean
  /** Deliveries: the bytes to send, fixed now. */
  body: string | null
  /**
   * Who records it runs it too, at once: it is written as claimed, and the answer holds what `claim` would have answered.
   * Only for tasks without a key that are due. A store that cannot do that leaves it to be claimed.
   */
  lease?: LeaseTime | undefined
}

/** Milliseconds since the epoch. */
export interface LeaseTime {
  from: number
  until: number
}
