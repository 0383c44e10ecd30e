import { newId } from '../engine/ids.ts'
import type { EventRecord } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { EndpointRow } from '../ports/store.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { DeliveryCapture } from './capture.ts'
import { deliveryBody } from './delivery-body.ts'
import { settingsOf } from './endpoint-settings.ts'
import { rememberRedactions } from './remember-redactions.ts'
import { type SendParts, sendDelivery } from './send-delivery.ts'

/** What a test delivery came to. Everything in it is redacted. */
export interface EndpointTest extends Pick<DeliveryCapture, 'request' | 'response' | 'timings'> {
  /** The receiver answered 2xx. */
  ok: boolean
  /** `webhook-id` of the delivery. */
  id: string
  status: number | null
  durationMs: number
  /** Null where it arrived; else why not, such as `HTTP 404: final`. */
  error: string | null
  /** Stable: `refused`, `timeout-total`, `egress-blocked`, `http-404`, … */
  errorClass: string | null
}

const TEST_EVENT = 'webhook.test'

/** Sends one `webhook.test` to an endpoint, saved or not, and keeps nothing. */
export async function testEndpoint(
  endpoint: { row: EndpointRow; secrets: readonly string[]; headers: Readonly<Record<string, string>> },
  parts: Omit<SendParts, 'redactor'> & { clock: Clock; redactor: Pick<Redactor, 'value' | 'text' | 'url'> },
): Promise<EndpointTest> {
  const { row, secrets, headers } = endpoint
  const settings = settingsOf(row)
  const at = parts.clock.now()
  const id = newId('dlv', at)
  const data = { message: 'This is a test delivery from Pullwright', endpoint_id: row.id }
  const sending = { ...parts, redactor: rememberRedactions(parts.redactor) }
  const body = deliveryBody(testEvent(row.project, at, data), id, settings.payload)
  const sent = await sendDelivery({ url: row.url, settings, secrets, headers, id, type: TEST_EVENT, body, at }, sending)
  const { request, response, timings, error } = sent.details
  return {
    ok: sent.outcome.kind === 'done',
    id,
    status: sent.status,
    durationMs: timings.total ?? 0,
    error: error?.message ?? null,
    errorClass: error?.class ?? null,
    request,
    response,
    timings,
  }
}

function testEvent(project: string, at: number, data: JsonValue): EventRecord {
  const id = newId('evt', at)
  return {
    id,
    type: TEST_EVENT,
    project,
    occurredAt: at,
    recordedAt: at,
    source: 'pullwright',
    data,
    attributes: {},
    redactions: [],
    identity: null,
    kept: {},
    idempotencyKey: null,
    orderingKey: null,
    rootId: id,
    causedBy: null,
    subject: null,
    people: [],
    sequence: 0,
    order: 0,
  }
}
