import { type DocumentWrite, type NewEvent, type NewTask, PullwrightError, type Receipt } from '@pullwright/core'
import { labelsOf } from './labels.ts'
import { lineOf } from './line.ts'
import { encodeNullable, encodeText } from './text-codec.ts'

// What is appended, row by row, under the names of the columns. JSON values are texts in it, and texts as PostgreSQL can
// hold them.

/** A task's sequence is its event's times this, plus its place. */
export const TASKS_PER_EVENT = 65_536

export function eventParameter(event: NewEvent, n: number) {
  return {
    n,
    id: encodeText(event.id),
    type: encodeText(event.type),
    project: encodeText(event.project),
    occurred_at: event.occurredAt,
    recorded_at: event.recordedAt,
    source: encodeText(event.source),
    data: JSON.stringify(event.data),
    attributes: JSON.stringify(event.attributes),
    labels: labelsOf(event.attributes),
    redactions: JSON.stringify(event.redactions),
    identity: encodeNullable(event.identity),
    kept: JSON.stringify(event.kept),
    idempotency_key: encodeNullable(event.idempotencyKey),
    ordering_key: encodeNullable(event.orderingKey),
    root_id: encodeText(event.rootId),
    ord: event.order,
    caused_by: encodeNullable(event.causedBy),
    subject: encodeNullable(event.subject),
    people: event.people.map(encodeText),
  }
}

/** `n`: of its event among those that are appended. */
export function taskParameter(event: NewEvent, task: NewTask, place: number, n: number) {
  const { target, concurrencyKey } = task
  if (place >= TASKS_PER_EVENT) {
    throw new PullwrightError('too-large', `An event can have ${TASKS_PER_EVENT} tasks at most: filter its endpoints`)
  }
  return {
    n,
    event_id: encodeText(event.id),
    place,
    id: encodeText(task.id),
    kind: target.kind,
    target: encodeText(target.kind === 'endpoint' ? target.endpointId : target.handler),
    line: lineOf('first', concurrencyKey !== null, target),
    due_at: task.dueAt,
    concurrency_key: encodeNullable(concurrencyKey),
    ordered: task.ordered && concurrencyKey !== null,
    supersede: task.supersede,
    body: encodeNullable(task.body),
    leased_at: task.lease?.from ?? null,
    leased_until: task.lease?.until ?? null,
  }
}

export function documentParameter({ project, collection, key, value, expectedVersion, at }: DocumentWrite) {
  return {
    project: encodeText(project),
    collection: encodeText(collection),
    key: encodeText(key),
    value: value === null ? null : JSON.stringify(value),
    expected: expectedVersion,
    at,
  }
}

export function receiptParameter(receipt: Receipt) {
  return {
    source: encodeText(receipt.source),
    delivery_id: encodeNullable(receipt.deliveryId),
    body_hash: encodeText(receipt.bodyHash),
    body_window: receipt.bodyWindowMs,
    received_at: receipt.receivedAt,
    event_id: encodeNullable(receipt.eventId),
  }
}
