import {
  aText,
  checkFields,
  type FieldCheck,
  type FieldChecks,
  oneOrSomeOf,
  textByName,
  textOrTexts,
  wholeNumber,
} from '../check-fields.ts'
import { TASK_STATUSES } from '../engine/list-filters.ts'
import { scoped } from '../engine/views.ts'
import { PullwrightError } from '../errors.ts'
import type { RedriveRequest, TaskFilter, TaskStatus } from '../ports/store.ts'

/** A moment: milliseconds since the epoch, a `Date`, or ISO 8601. */
export type Moment = number | Date | string

export interface DeliveryFilter {
  /** Default `default`; `*` lists every project. */
  project?: string
  endpoint?: string
  event?: string
  /** Event types. */
  type?: string | readonly string[]
  status?: TaskStatus | readonly TaskStatus[]
  /** Of the event, such as `{ environment: 'production' }`. */
  attributes?: Record<string, string>
  /** By the time of recording; `until` excludes. */
  since?: Moment
  until?: Moment
  /** Default 100. */
  limit?: number
  /** The `sequence` of the last one of the page before. */
  after?: number
}

export type EndedStatus = RedriveRequest['statuses'][number]

export interface RecoverRequest {
  endpoint: string
  /** By the time of recording; `until` excludes. */
  since: Moment
  until?: Moment
  /** Default `dead` and `cancelled`: what did not arrive. */
  status?: EndedStatus | readonly EndedStatus[]
}

export const ENDED = ['done', 'dead', 'cancelled'] as const satisfies readonly EndedStatus[]

const moment: FieldCheck = (value) =>
  Number.isFinite(timeOf(value as Moment)) ? null : 'milliseconds since the epoch, a Date, or ISO 8601'

const DELIVERY_FILTER: FieldChecks<DeliveryFilter> = {
  ...{ project: aText, endpoint: aText, event: aText, type: textOrTexts, status: oneOrSomeOf(TASK_STATUSES) },
  ...{ attributes: textByName, since: moment, until: moment, limit: wholeNumber, after: wholeNumber },
}

const RECOVER_REQUEST: FieldChecks<RecoverRequest> = {
  endpoint: aText,
  since: moment,
  until: moment,
  status: oneOrSomeOf(ENDED),
}

/** What the store is asked for. Throws `invalid-argument` with the member that no delivery can be found by. */
export function toTaskFilter(filter: DeliveryFilter, bound: string | undefined): TaskFilter {
  checkFields('webhooks.deliveries.list', filter, DELIVERY_FILTER)
  const { project, endpoint, event, type, status, since, until, attributes, limit, after } = filter
  return {
    kind: 'endpoint',
    ...scoped({ ...(project === undefined ? {} : { project }) }, { project: bound }),
    ...(endpoint === undefined ? {} : { endpointId: endpoint }),
    ...(event === undefined ? {} : { eventId: event }),
    ...(type === undefined ? {} : { eventTypes: listOf(type) }),
    ...(status === undefined ? {} : { statuses: listOf(status) }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(since === undefined ? {} : { since: timeOf(since) }),
    ...(until === undefined ? {} : { until: timeOf(until) }),
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { after }),
  }
}

/** The stretch of time and the ends. Throws `invalid-argument`. */
export function recoverPeriod(request: RecoverRequest) {
  checkFields('webhooks.deliveries.recover', request, RECOVER_REQUEST, ['endpoint', 'since'])
  const { since, until, status = ['dead', 'cancelled'] } = request
  if (until !== undefined && timeOf(until) <= timeOf(since)) {
    throw new PullwrightError('invalid-argument', 'webhooks.deliveries.recover: `until` must be after `since`')
  }
  return {
    statuses: listOf(status),
    since: timeOf(since),
    ...(until === undefined ? {} : { until: timeOf(until) }),
  }
}

function timeOf(moment: Moment): number {
  return typeof moment === 'number' ? moment : new Date(moment).getTime()
}

function listOf<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'string' ? [value] : value
}
