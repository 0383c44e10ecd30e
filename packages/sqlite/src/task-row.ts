import type { EventRecord, TaskRecord } from '@pullwright/core'
import type { Row } from './steps.ts'
import { targetOf } from './target.ts'
import { jsonOf, numberOf, numberOrNull, textOf, textOrNull } from './values.ts'

/** For a task `t` and its event `e`. */
export const TASK_COLUMNS = `
  t.sequence, t.id, t.target, t.due_at, t.concurrency_key, t.ordered, t.supersede, t.body, t.status, t.attempts, t.lane,
  t.wake_on, t.result, t.reason, t.progress, t.settled_at, t.chain_order,
  e.id AS event_id, e.type AS event_type, e.project, e.root_id, e.recorded_at`

export function taskOf(row: Row): TaskRecord {
  return {
    id: textOf(row.id),
    target: targetOf(textOf(row.target)),
    dueAt: numberOf(row.due_at),
    concurrencyKey: textOrNull(row.concurrency_key),
    ordered: numberOf(row.ordered) === 1,
    supersede: numberOf(row.supersede) === 1,
    body: textOrNull(row.body),
    eventId: textOf(row.event_id),
    eventType: textOf(row.event_type),
    project: textOf(row.project),
    rootId: textOf(row.root_id),
    status: textOf(row.status) as TaskRecord['status'],
    attempts: numberOf(row.attempts),
    lane: textOf(row.lane) as TaskRecord['lane'],
    wakeOn: textOrNull(row.wake_on),
    result: jsonOf(row.result),
    reason: textOrNull(row.reason),
    progress: textOrNull(row.progress),
    createdAt: numberOf(row.recorded_at),
    settledAt: numberOrNull(row.settled_at),
    sequence: numberOf(row.sequence),
    order: numberOf(row.chain_order),
  }
}

/** For an event `e`, beside the columns of its task. */
export const EVENT_COLUMNS = `e.sequence AS event_sequence, e.chain_order AS event_order, e.record`

export function eventOf(row: Row): EventRecord {
  return readEvent(textOf(row.record), numberOf(row.event_sequence), numberOf(row.event_order))
}

/** From the record as it is kept, and the event's place in the order of recording. */
export function readEvent(record: string, sequence: number, order: number): EventRecord {
  return Object.assign(JSON.parse(record) as EventRecord, { sequence, order })
}
