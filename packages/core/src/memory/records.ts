import type { EventRecord } from '../events/event.ts'
import type { AttemptRecord, NewAttempt, StepRow, TaskRecord } from '../ports/store.ts'
import { copyJson } from './copy-json.ts'
import type { Slotted } from './heap.ts'

/**
 * When a task is due that only a signal wakes: the last moment a `Date` can hold (ECMA-262, 21.4.1.1), so that whoever
 * formats it gets a date.
 */
export const NEVER_DUE = 8_640_000_000_000_000

export interface StoredEvent {
  record: EventRecord
  tasks: StoredTask[]
  forgotten: boolean
}

/** A task with what belongs to it. Its place in the queues is `at` (when it may be taken) and `slot`. */
export interface StoredTask extends Slotted {
  readonly kind: 'task'
  record: TaskRecord
  event: StoredEvent
  steps: StepRow[]
  attempts: AttemptRecord[]
  /** Held exactly while the task runs. */
  lease: HeldLease | null
  at: number
  readonly sequence: number
}

export interface HeldLease {
  token: string
  since: number
  until: number
  /** How many wakes there had been when it was taken. */
  wakesBefore: number
}

const ENDED: ReadonlySet<string> = new Set(['done', 'dead', 'cancelled'])

export function hasEnded(task: StoredTask): boolean {
  return ENDED.has(task.record.status)
}

/** In the order of recording, where follow-ups stand with the event that began their chain. */
export function isOlder(a: TaskRecord, b: TaskRecord): boolean {
  return a.order < b.order || (a.order === b.order && a.sequence < b.sequence)
}

export function copyEvent(record: EventRecord): EventRecord {
  return {
    id: record.id,
    type: record.type,
    project: record.project,
    occurredAt: record.occurredAt,
    recordedAt: record.recordedAt,
    source: record.source,
    data: copyJson(record.data),
    attributes: copyJson(record.attributes),
    redactions: record.redactions.map(({ path, detector }) => ({ path, detector })),
    identity: record.identity,
    kept: copyJson(record.kept),
    idempotencyKey: record.idempotencyKey,
    orderingKey: record.orderingKey,
    rootId: record.rootId,
    causedBy: record.causedBy,
    subject: record.subject,
    people: [...record.people],
    sequence: record.sequence,
    order: record.order,
  }
}

export function copyTask(record: TaskRecord): TaskRecord {
  return { ...record, target: { ...record.target }, result: copyJson(record.result) }
}

export function copyNewAttempt(
  { startedAt, endedAt, outcome, error, details }: NewAttempt,
  taskId: string,
  number: number,
): AttemptRecord {
  return { taskId, number, startedAt, endedAt, outcome, error, details: copyJson(details) }
}

/** Most lists have one member for good: an array that was pushed to keeps room for seventeen. */
export function appended<T>(list: T[], item: T): T[] {
  if (list.length === 0) return [item]
  list.push(item)
  return list
}

export function copyAttempt(record: AttemptRecord): AttemptRecord {
  return { ...record, details: copyJson(record.details) }
}
