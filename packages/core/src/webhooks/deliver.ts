import type { JsonObject, JsonValue } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { Outcome } from '../ports/plugin.ts'
import type { EndpointRow, Store, TaskRecord } from '../ports/store.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { SecretBox } from '../secrets/secret-box.ts'
import type { StopSignal } from '../stop-signal.ts'
import { createOpener, type OpenedEndpoint } from './endpoint-secrets.ts'
import { settingsOf } from './endpoint-settings.ts'
import { changeEndpoint } from './endpoint-store.ts'
import { rememberRedactions } from './remember-redactions.ts'
import { type DeliveryTransport, sendDelivery } from './send-delivery.ts'

export interface DeliverParts {
  store: Pick<Store, 'endpoints'>
  secretBox?: SecretBox
  /** Guarded: endpoints are what tenants supply. */
  transport: DeliveryTransport
  clock: Clock
  redactor: Pick<Redactor, 'value' | 'text' | 'url'>
  random?: () => number
}

export interface DeliverRequest {
  task: TaskRecord
  /** Null where it was removed meanwhile. */
  endpoint: EndpointRow | null
  signal?: StopSignal
}

export interface Delivered {
  outcome: Outcome
  /** Redacted. */
  error: string | null
  /** A `DeliveryCapture`; null where nothing was sent. */
  details: JsonValue
  /** What it says about the endpoint's health; null where it says nothing: nothing was sent, or the receiver is gone. */
  arrived: boolean | null
  /** Operational events that follow, such as `endpoint.disabled`. */
  events: { type: string; data: JsonObject }[]
}

export type Deliver = (request: DeliverRequest) => Promise<Delivered>

/**
 * One attempt at a delivery. To an endpoint that was disabled nothing is sent: the delivery waits until it is enabled
 * again (a store hands out none meanwhile), which is no attempt; where another process disabled it, one may go out for as
 * long as rows are remembered. An endpoint that was removed ends it `dead`.
 */
export function createDeliver({
  store,
  secretBox,
  transport,
  clock,
  redactor,
  random = Math.random,
}: DeliverParts): Deliver {
  const open = createOpener(secretBox, clock)
  const sending = { transport, redactor: rememberRedactions(redactor), random }

  return async ({ task, endpoint, signal }) => {
    if (endpoint === null) return nothing({ kind: 'dead', reason: 'The endpoint was removed' })
    const at = clock.now()
    if (!endpoint.enabled) return nothing({ kind: 'wait', untilMs: at, reason: 'The endpoint is disabled' })
    const settings = settingsOf(endpoint)
    let opened: OpenedEndpoint
    try {
      const found = open(endpoint)
      opened = 'secrets' in found ? found : await found
    } catch (error) {
      return nothing({ kind: 'retry', reason: `The secret cannot be opened: ${messageOf(error)}` })
    }
    // Member by member: a spread for each delivery costs more than its signature.
    const { secrets, headers } = opened
    const { url } = endpoint
    const { id, body, eventType: type } = task
    const { outcome, status, error, details } = await sendDelivery(
      { url, settings, secrets, headers, id, type, body: body ?? '', at, signal },
      sending,
    )
    const events = status === 410 ? await disableGone(endpoint) : []
    const arrived = status === 410 || signal?.aborted === true ? null : outcome.kind === 'done'
    return { outcome, error, details, arrived, events }
  }

  /** A 410 says: never again. Somebody who changed the endpoint at the same moment wins. */
  async function disableGone({ id, project, url }: EndpointRow): Promise<Delivered['events']> {
    const reason = 'The receiver answered 410 Gone'
    const changed = await changeEndpoint(store, id, project, clock.now(), (row) =>
      row.enabled && row.url === url ? { ...row, enabled: false, disabledReason: reason } : null,
    )
    if (changed === null) return []
    return [{ type: 'endpoint.disabled', data: { endpoint_id: id, url: redactor.url(url), reason } }]
  }
}

function nothing(outcome: Outcome): Delivered {
  const error = outcome.kind === 'dead' || outcome.kind === 'retry' ? (outcome.reason ?? null) : null
  return { outcome, error, details: null, arrived: null, events: [] }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
