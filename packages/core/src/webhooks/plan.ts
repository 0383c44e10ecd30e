import { PullwrightError } from '../errors.ts'
import type { KeptPart, PreparedEvent } from '../events/event.ts'
import type { EndpointRow, NewTask } from '../ports/store.ts'
import { type RetrySchedule, retrySchedule } from '../retry/retry-schedule.ts'
import { deliveryBody } from './delivery-body.ts'
import { settingsOf } from './endpoint-settings.ts'

export { matchesEndpoint, matchesType } from './matching.ts'

/**
 * The delivery of an event to an endpoint, its bytes fixed. `pseudonymised`: the event for endpoints that ask for it. An endpoint that asks for order gets it among events with
 * the same ordering key; events without one are not held back.
 */
export function planDelivery(
  endpoint: EndpointRow,
  event: PreparedEvent,
  deliveryId: string,
  pseudonymised: () => PreparedEvent = noPseudonyms,
): NewTask {
  const { ordering, payload } = settingsOf(endpoint)
  const ordered = ordering === 'key' && event.orderingKey !== null
  return {
    id: deliveryId,
    target: { kind: 'endpoint', endpointId: endpoint.id },
    dueAt: event.recordedAt,
    concurrencyKey: ordered ? JSON.stringify(['endpoint', endpoint.id, event.orderingKey]) : null,
    ordered,
    supersede: false,
    body: deliveryBody(payload.pseudonymise ? pseudonymised() : event, deliveryId, payload),
    lease: undefined,
  }
}

/** Rather none than the addresses. */
function noPseudonyms(): never {
  throw new PullwrightError('invalid-argument', 'The endpoint asks for pseudonyms, and the caller gave none')
}

/** When a failed delivery to this endpoint is tried again. */
export function endpointRetry(endpoint: Pick<EndpointRow, 'settings'>): RetrySchedule {
  return retrySchedule(settingsOf(endpoint).retry)
}

/** Parts of a deployment to keep, redacted, because this endpoint sends them. */
export function endpointNeeds(endpoint: Pick<EndpointRow, 'settings'>): readonly KeptPart[] {
  const { mode, include } = settingsOf(endpoint).payload
  return mode === 'full' ? include : []
}
