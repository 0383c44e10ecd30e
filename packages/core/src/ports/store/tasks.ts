import type { EventRecord } from '../../events/event.ts'
import type { JsonValue } from '../../json.ts'
import type { NewTask, Recording } from './recording.ts'

// A task from its claim to its end.

export type TaskStatus = 'pending' | 'running' | 'retrying' | 'waiting' | 'done' | 'dead' | 'cancelled'

export interface TaskRecord extends Omit<NewTask, 'lease'> {
  eventId: string
  eventType: string
  project: string
  rootId: string
  status: TaskStatus
  /** Runs that count: waits do not. */
  attempts: number
  /** First tries and retries are claimed apart, so that one dead endpoint starves nobody. */
  lane: Lane
  wakeOn: string | null
  result: JsonValue
  /** Why it is dead, waiting or was skipped. */
  reason: string | null
  progress: string | null
  createdAt: number
  settledAt: number | null
  sequence: number
  order: number
}

export type Lane = 'first' | 'retry'

export interface Lease {
  taskId: string
  /** Fences: a worker whose lease was taken over can settle nothing. */
  token: string
}

export interface ClaimRequest {
  worker: string
  now: number
  leaseMs: number
  limit: number
  lane: Lane
  /** Handlers this worker has, and whether it delivers webhooks. */
  handlers: readonly string[]
  endpoints: boolean
  /** Endpoints not to be claimed for now: at their limit in this process. */
  exceptEndpoints?: readonly string[]
  exceptHandlers?: readonly string[]
}

export interface ClaimedTask {
  lease: Lease
  task: TaskRecord
  event: EventRecord
  steps: StepRow[]
  /** A newer event of the same key is recorded: end it without acting. */
  superseded: boolean
}

export interface StepRow {
  name: string
  /** Sealed JSON. */
  sealed: string
}

export interface Settlement {
  lease: Lease
  at: number
  transition:
    | { status: 'done'; result: JsonValue; reason?: string }
    | { status: 'retrying'; dueAt: number; reason: string }
    /** Without `dueAt` only the signal wakes it. */
    | { status: 'waiting'; dueAt?: number; wakeOn?: string; reason?: string }
    /** Back to the queue at once, uncounted: the worker stops. */
    | { status: 'pending'; dueAt: number }
    | { status: 'dead'; reason: string; result?: JsonValue }
  progress?: string
  /** Absent for waits and for what was superseded. */
  attempt?: NewAttempt
  followUps?: Recording
}

export type SettleResult =
  | { status: 'settled' }
  | { status: 'lost' }
  /** A document of the follow-ups changed meanwhile: nothing was written. */
  | { status: 'conflict'; collection: string; key: string }

export interface NewAttempt {
  startedAt: number
  endedAt: number
  outcome: 'done' | 'retry' | 'dead' | 'lost'
  /** Redacted. */
  error: string | null
  /** Deliveries: redacted request and response, times for each phase. */
  details: JsonValue
}

export interface AttemptRecord extends NewAttempt {
  taskId: string
  /** 1, 2, 3 … over the task's whole life, redrives included. */
  number: number
}

export interface RedriveRequest {
  at: number
  limit: number
  project?: string
  taskIds?: readonly string[]
  endpointId?: string
  /** Ended as one of these. */
  statuses: readonly ('done' | 'dead' | 'cancelled')[]
  /** By the task's creation. */
  since?: number
  until?: number
}
