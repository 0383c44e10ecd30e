import type { ClaimedTask } from './tasks.ts'

// What a store answers to a recording.

export type AppendResult =
  | { status: 'recorded'; events: AppendedEvent[] }
  | { status: 'duplicate-receipt'; eventId: string | null }
  | { status: 'conflict'; collection: string; key: string }

/** What became of one event: one whose idempotency key was known is a `duplicate`, with the first id. */
export interface AppendedEvent {
  id: string
  status: 'recorded' | 'duplicate'
  /** Of a new event, the tasks that were recorded with a lease; absent where there are none. */
  claimed?: ClaimedTask[]
}
