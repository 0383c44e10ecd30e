import { isPullwrightError } from '../errors.ts'
import { type TransportFailure, transportFailure } from '../http/transport-error.ts'
import type { Outcome } from '../ports/plugin.ts'
import type { TransportRequest, TransportResponse, TransportTimings } from '../ports/transport.ts'
import type { StopSignal } from '../stop-signal.ts'
import {
  CAPTURE_LIMIT,
  type CaptureRedactor,
  captureRequestHeaders,
  captureResponse,
  captureResponseHeaders,
  type DeliveryCapture,
  hideSecrets,
} from './capture.ts'
import { deliveryHeaders } from './delivery-headers.ts'
import type { EndpointSettings } from './endpoint-settings.ts'
import { judgeAnswer } from './judge-answer.ts'

export interface SendParts {
  transport: DeliveryTransport
  redactor: CaptureRedactor
  random: () => number
}

/** Our own transport: it heeds the signals of deliveries. */
export interface DeliveryTransport {
  send(request: Omit<TransportRequest, 'signal'> & { signal?: StopSignal | undefined }): Promise<TransportResponse>
}

/** One attempt, with everything opened that was sealed. */
export interface OpenDelivery {
  url: string
  settings: Pick<EndpointSettings, 'schemes' | 'retryOn' | 'timeoutMs'>
  /** Newest first; all of them sign. */
  secrets: readonly string[]
  headers: Readonly<Record<string, string>>
  id: string
  type: string
  body: string
  /** The attempt's time, milliseconds since the epoch. */
  at: number
  signal?: StopSignal | undefined
}

export interface Sent {
  outcome: Outcome
  /** Of the answer; null where there was none. */
  status: number | null
  error: string | null
  details: DeliveryCapture
}

/** Signs, sends, and says what the answer means. Never throws: what goes wrong is the outcome. */
export async function sendDelivery(delivery: OpenDelivery, parts: SendParts): Promise<Sent> {
  const started = performance.now()
  // UTF-8, made once for what signs, sends and counts.
  const body = Buffer.from(delivery.body)
  const capturing = { redactor: parts.redactor, secrets: secretsOf(delivery) }
  let headers: Record<string, string> = {}
  const capturedRequest = (): DeliveryCapture['request'] => ({
    method: 'POST',
    url: parts.redactor.url(delivery.url),
    headers: captureRequestHeaders(headers, delivery.headers),
    bytes: body.length,
  })
  try {
    const { id, type, at } = delivery
    headers = deliveryHeaders(delivery.settings.schemes, delivery.secrets, delivery.headers, { id, type, at, body })
    const answer = await parts.transport.send(requestOf(delivery, headers, body))
    const judged = judge(delivery, answer, parts)
    const response = captureResponse(answer, capturing)
    return sent(judged, {
      request: capturedRequest(),
      response,
      timings: phases(answer.timings),
      error: errorOf(judged),
    })
  } catch (error) {
    const failure = transportFailure(error)
    const message = hideSecrets(error instanceof Error ? error.message : String(error), capturing)
    const timings = phases(failure?.timings ?? { ...NO_TIMINGS, total: performance.now() - started })
    if (failure?.status !== undefined) {
      // The receiver had answered: its status and headers count, though the rest never came.
      const { status, headers = {}, reason } = failure
      const judged = judge(delivery, { status, headers }, parts)
      const shown = captureResponseHeaders(headers, capturing)
      const response = { status, headers: shown, body: `[the answer broke off: ${reason}]`, truncated: true }
      return sent(judged, { request: capturedRequest(), response, timings, error: errorOf(judged) })
    }
    const known = { class: classOf(error, failure), message }
    const details = { request: capturedRequest(), response: null, timings, error: known }
    return { outcome: outcomeOf(error, message), status: null, error: message, details }
  }
}

/** Member by member: a spread for each delivery costs more than its signature. */
function sent({ outcome, status, error }: Judged, details: DeliveryCapture): Sent {
  return { outcome, status, error, details }
}

type Judged = Omit<Sent, 'details' | 'status'> & { status: number }

/** To be hidden wherever the receiver repeats them. */
function secretsOf({ secrets, headers }: OpenDelivery): readonly string[] {
  const own = Object.values(headers)
  return own.length === 0 ? secrets : [...secrets, ...own]
}

const NO_TIMINGS = { dns: null, connect: null, tls: null, firstByte: null }

function requestOf({ url, settings, signal }: OpenDelivery, headers: Record<string, string>, body: Uint8Array) {
  return { method: 'POST', url, headers, body, timeoutMs: settings.timeoutMs, maxResponseBytes: CAPTURE_LIMIT, signal }
}

function judge(
  { settings, at }: OpenDelivery,
  { status, headers }: Pick<TransportResponse, 'status' | 'headers'>,
  { random }: SendParts,
): Judged {
  const outcome = judgeAnswer({ status, headers, now: at, retryOn: settings.retryOn, random })
  return { outcome, status, error: 'reason' in outcome ? (outcome.reason ?? null) : null }
}

function errorOf({ status, error }: { status: number; error: string | null }): DeliveryCapture['error'] {
  return error === null ? null : { class: `http-${status}`, message: error }
}

/** An address that is refused, or a request that cannot be written, stays so however often it is tried. */
function outcomeOf(error: unknown, reason: string): Outcome {
  const final = isPullwrightError(error) && (error.code === 'egress-blocked' || error.code === 'invalid-argument')
  return final ? { kind: 'dead', reason } : { kind: 'retry', reason }
}

function classOf(error: unknown, failure: TransportFailure | null): string {
  return failure?.reason ?? (isPullwrightError(error) ? error.code : 'unknown')
}

function phases(timings: TransportTimings): DeliveryCapture['timings'] {
  const round = (milliseconds: number | null) => (milliseconds === null ? null : Math.round(milliseconds * 100) / 100)
  const { dns, connect, tls, firstByte, total } = timings
  return { dns: round(dns), connect: round(connect), tls: round(tls), firstByte: round(firstByte), total: round(total) }
}
