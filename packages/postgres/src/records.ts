import type { AttemptRecord, EventRecord, JsonValue, TaskRecord, TaskStatus } from '@pullwright/core'
import type { SqlRow } from './database.ts'
import { laneOf } from './line.ts'
import { decodeNullable, decodeText } from './text-codec.ts'

const EVENT_COLUMNS = [
  ...['sequence', 'id', 'type', 'project', 'occurred_at', 'recorded_at', 'source', 'data', 'attributes', 'redactions'],
  ...['identity', 'kept', 'idempotency_key', 'ordering_key', 'root_id', 'ord', 'caused_by', 'subject', 'people'],
]

const TASK_COLUMNS = [
  ...['sequence', 'id', 'project', 'kind', 'target', 'concurrency_key', 'ordered', 'supersede', 'ord', 'body'],
  ...['event_id', 'event_type', 'root_id', 'created_at', 'status', 'line', 'due_at', 'attempts', 'wake_on', 'result'],
  ...['reason', 'progress', 'settled_at'],
]

/** The columns of an event, each as `e_…`; `from` is an alias of the table, or a composite value. */
export const eventColumns = (from: string) => EVENT_COLUMNS.map((name) => `${from}.${name} as e_${name}`).join(', ')
/** The columns of a task, each as `t_…`; `from` is an alias of `task_rows`, or a composite value. */
export const taskColumns = (from: string) => TASK_COLUMNS.map((name) => `${from}.${name} as t_${name}`).join(', ')

export function toEvent(row: SqlRow): EventRecord {
  return {
    id: text(row.e_id),
    type: text(row.e_type),
    project: text(row.e_project),
    occurredAt: Number(row.e_occurred_at),
    recordedAt: Number(row.e_recorded_at),
    source: text(row.e_source),
    data: json<JsonValue>(row.e_data),
    attributes: json(row.e_attributes),
    redactions: json(row.e_redactions),
    identity: nullable(row.e_identity),
    kept: json(row.e_kept),
    idempotencyKey: nullable(row.e_idempotency_key),
    orderingKey: nullable(row.e_ordering_key),
    rootId: text(row.e_root_id),
    causedBy: nullable(row.e_caused_by),
    subject: nullable(row.e_subject),
    people: (row.e_people as string[]).map(decodeText),
    sequence: Number(row.e_sequence),
    order: Number(row.e_ord),
  }
}

export function toTask(row: SqlRow): TaskRecord {
  const target = text(row.t_target)
  return {
    id: text(row.t_id),
    target: row.t_kind === 'endpoint' ? { kind: 'endpoint', endpointId: target } : { kind: 'handler', handler: target },
    dueAt: Number(row.t_due_at),
    concurrencyKey: nullable(row.t_concurrency_key),
    ordered: row.t_ordered === true,
    supersede: row.t_supersede === true,
    body: nullable(row.t_body),
    eventId: text(row.t_event_id),
    eventType: text(row.t_event_type),
    project: text(row.t_project),
    rootId: text(row.t_root_id),
    status: row.t_status as TaskStatus,
    attempts: Number(row.t_attempts),
    lane: laneOf(String(row.t_line)),
    wakeOn: nullable(row.t_wake_on),
    result: json(row.t_result),
    reason: nullable(row.t_reason),
    progress: nullable(row.t_progress),
    createdAt: Number(row.t_created_at),
    settledAt: row.t_settled_at === null ? null : Number(row.t_settled_at),
    sequence: Number(row.t_sequence),
    order: Number(row.t_ord),
  }
}

export function toAttempt(row: SqlRow): AttemptRecord {
  return {
    taskId: text(row.task_id),
    number: Number(row.number),
    startedAt: Number(row.started_at),
    endedAt: Number(row.ended_at),
    outcome: row.outcome as AttemptRecord['outcome'],
    error: nullable(row.error),
    details: json(row.details),
  }
}

export function text(value: unknown): string {
  return decodeText(String(value))
}

function nullable(value: unknown): string | null {
  return decodeNullable(value as string | null)
}

/** What was written by `JSON.stringify`, from a column that holds nothing else. */
export function json<T>(value: unknown): T {
  return JSON.parse(String(value)) as T
}
