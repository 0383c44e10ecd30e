import type { DocumentWrite, EventRecord, LeaseTime, NewEvent, NewTask, Receipt, Recording } from '@pullwright/core'
import { targetText } from './target.ts'
import { jsonText } from './values.ts'

/**
 * A recording as it will be written. Made as soon as it is given: what a caller does to its values afterwards never
 * reaches the store, however long that waits for a lock.
 */
export interface Prepared {
  events: PreparedEvent[]
  documents: PreparedWrite[]
  receipt: Receipt | null
}

export interface PreparedEvent
  extends Pick<EventRecord, 'id' | 'type' | 'project' | 'recordedAt' | 'rootId' | 'idempotencyKey'> {
  order: number | null
  /** The event without its tasks and its place in the order, as JSON. */
  record: string | null
  attributes: [name: string, value: string][]
  people: string[]
  tasks: PreparedTask[]
}

export interface PreparedTask extends Omit<NewTask, 'target' | 'lease'> {
  target: string
  /** Null for a task that waits to be claimed. */
  lease: LeaseTime | null
}

export interface PreparedWrite extends Pick<DocumentWrite, 'project' | 'collection' | 'key' | 'at'> {
  /** JSON; null deletes. */
  value: string | null
  expectedVersion: number | null
}

/** `leases` says that the tasks taken at once can be answered: where they can't, they are left to be claimed. */
export function prepare({ events, documents = [], receipt }: Recording, { leases = false } = {}): Prepared {
  return {
    events: events.map((event) => prepareEvent(event, leases)),
    documents: documents.map(prepareWrite),
    receipt: receipt === undefined ? null : { ...receipt },
  }
}

export function prepareWrite({ project, collection, key, at, value, expectedVersion }: DocumentWrite): PreparedWrite {
  return { project, collection, key, at, value: jsonText(value), expectedVersion: expectedVersion ?? null }
}

function prepareEvent(event: NewEvent, leases: boolean): PreparedEvent {
  const { id, type, project, recordedAt, rootId, idempotencyKey } = event
  return {
    id,
    type,
    project,
    recordedAt,
    rootId,
    idempotencyKey,
    order: event.order ?? null,
    record: jsonText(recordOf(event)),
    attributes: Object.entries(event.attributes),
    people: event.people.length < 2 ? event.people.slice() : [...new Set(event.people)],
    tasks: event.tasks.map((task) => prepareTask(task, leases)),
  }
}

/** Member by member, here and below: to take the rest of an event costs as much as to write it as JSON. */
function recordOf(event: NewEvent): Omit<EventRecord, 'sequence' | 'order'> {
  return {
    id: event.id,
    type: event.type,
    project: event.project,
    occurredAt: event.occurredAt,
    recordedAt: event.recordedAt,
    source: event.source,
    data: event.data,
    attributes: event.attributes,
    redactions: event.redactions,
    identity: event.identity,
    kept: event.kept,
    idempotencyKey: event.idempotencyKey,
    orderingKey: event.orderingKey,
    rootId: event.rootId,
    causedBy: event.causedBy,
    subject: event.subject,
    people: event.people,
  }
}

/** One at a time of a key is the law of `claim`, which looks at the others of it: a lease is not for those. */
function prepareTask(task: NewTask, leases: boolean): PreparedTask {
  const { concurrencyKey, lease } = task
  const isTaken = leases && lease !== undefined && concurrencyKey === null
  return {
    id: task.id,
    target: targetText(task.target),
    dueAt: task.dueAt,
    concurrencyKey,
    ordered: task.ordered,
    supersede: task.supersede,
    body: task.body,
    lease: isTaken ? { from: lease.from, until: lease.until } : null,
  }
}
