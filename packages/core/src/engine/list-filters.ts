import {
  aText,
  type FieldChecks,
  milliseconds,
  oneOf,
  someOf,
  textByName,
  texts,
  wholeNumber,
} from '../check-fields.ts'
import type { EventFilter, TaskFilter, TaskStatus } from '../ports/store.ts'

/** What every list takes to find a page. */
export const PAGE_FIELDS = { since: milliseconds, until: milliseconds, limit: wholeNumber, after: wholeNumber }

const STATUSES: Readonly<Record<TaskStatus, true>> = {
  ...{ pending: true, running: true, retrying: true, waiting: true },
  ...{ done: true, dead: true, cancelled: true },
}

export const TASK_STATUSES: readonly string[] = Object.keys(STATUSES)

export const EVENT_FILTER: FieldChecks<EventFilter> = {
  ...{ project: aText, types: texts, idempotencyKey: aText, rootId: aText, attributes: textByName, person: aText },
  ...PAGE_FIELDS,
}

export const TASK_FILTER: FieldChecks<TaskFilter> = {
  ...{ project: aText, ids: texts, eventId: aText, rootId: aText, eventTypes: texts, statuses: someOf(TASK_STATUSES) },
  ...{ kind: oneOf(['endpoint', 'handler']), endpointId: aText, handler: aText, attributes: textByName },
  ...PAGE_FIELDS,
}
