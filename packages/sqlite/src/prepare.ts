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
  const { id, type, project, recordedAt, rootId, idempotencyKey, attributes, people } = event
  const { tasks, order, ...record } = event
  return {
    ...{ id, type, project, recordedAt, rootId, idempotencyKey },
    order: order ?? null,
    record: jsonText(record),
    attributes: Object.entries(attributes),
    people: [...new Set(people)],
    tasks: tasks.map((task) => prepareTask(task, leases)),
  }
}

/** One at a time of a key is the law of `claim`, which looks at the others of it: a lease is not for those. */
function prepareTask({ target, lease, ...task }: NewTask, leases: boolean): PreparedTask {
  const isTaken = leases && lease !== undefined && task.concurrencyKey === null
  return { ...task, target: targetText(target), lease: isTaken ? { ...lease } : null }
}
