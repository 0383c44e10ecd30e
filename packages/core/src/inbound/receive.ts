import { createHash } from 'node:crypto'
import { isPullwrightError } from '../errors.ts'
import type { JsonValue } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { Logger } from '../ports/logger.ts'
import type { InboundEvent, InboundRequest, InboundSource } from '../ports/source.ts'
import type { Receipt } from '../ports/store.ts'
import { jsonResponse, problemResponse } from './answers.ts'
import { consumedAdvice, wasRead } from './consumed.ts'
import { type BodySource, readBody } from './read-body.ts'
import { messageOf, refuseBody, refuseJson, refuseMeaning, refuseSignature, unknownSource } from './refusals.ts'

/** The largest webhook a forge sends: GitHub caps payloads at 25 MB. */
const DEFAULT_MAX_BODY_BYTES = 25 * 1024 * 1024

/**
 * How long an equal body counts as the same delivery. Delivery ids are outside most signatures, so a captured request
 * could come again under a new one; a day is longer than any sender goes on retrying by itself.
 */
export const DEFAULT_BODY_WINDOW_MS = 24 * 60 * 60 * 1000

const RETRY_AFTER_SECONDS = 30

export interface RecordInboundInput {
  source: string
  events: InboundEvent[]
  /** `eventId` is null: whoever records fills in the first event's id. */
  receipt: Receipt
}

/** Plans and records events, their tasks and the receipt in one transaction. */
export type RecordInbound = (input: RecordInboundInput) => Promise<RecordInboundResult>

export type RecordInboundResult =
  | { status: 'recorded'; events: { id: string; status: 'recorded' | 'duplicate' }[] }
  | { status: 'duplicate'; eventId: string | null }

export interface ReceiveOptions {
  sources: ReadonlyMap<string, InboundSource>
  record: RecordInbound
  clock: Clock
  log: Logger
}

/**
 * Answers one delivery to the source of that name. Never rejects:
 * 202 `{ id, status: 'recorded' }` once everything is stored and before any work is done,
 * 200 `{ id, status: 'duplicate' | 'ignored' }`, else problem details with 400, 401, 404, 408, 413, 422, 500 or 503.
 */
export type Receive = (source: string, request: BodySource, native?: unknown) => Promise<Response>

/** Body, signature, JSON, meaning, record: in this order, each step on what the one before let through. */
export function createReceive(options: ReceiveOptions): Receive {
  return async (name, request, native) => {
    const source = options.sources.get(name)
    if (source === undefined) return unknownSource(name, options.sources.keys(), options.log)
    try {
      return await receive(options, source, request, native)
    } catch (error) {
      options.log.error(
        { source: name, error: messageOf(error) },
        'An inbound source failed; the delivery was not recorded',
      )
      return problemResponse(500, 'source-failed', 'Internal Server Error')
    }
  }
}

async function receive(
  options: ReceiveOptions,
  source: InboundSource,
  raw: BodySource,
  native: unknown,
): Promise<Response> {
  const { clock, log } = options
  const limit = source.maxBodyBytes ?? DEFAULT_MAX_BODY_BYTES
  const timeout = source.bodyTimeoutMs === undefined ? {} : { timeoutMs: source.bodyTimeoutMs }
  const read = await readBody(raw, limit, { ...timeout, wasRead: wasRead(native) })
  if (!read.ok) return refuseBody(read.reason, source, { limit, advice: consumedAdvice(native), log })
  const request: InboundRequest = { headers: plainHeaders(raw.headers), body: read.bytes, receivedAt: clock.now() }

  const verdict = await source.verify(request)
  if (!verdict.ok) return refuseSignature(verdict.reason, source, request, log)

  const parsed = parseJson(read.bytes)
  if (!parsed.ok) return refuseJson(source, request, log)

  const meaning = normalise(source, { ...request, json: parsed.value }, log)
  if (meaning instanceof Response) return meaning
  if (meaning.length === 0) return jsonResponse(200, { id: null, status: 'ignored' })
  return record(options, source, { ...request, json: parsed.value }, meaning)
}

async function record(
  { record, log }: ReceiveOptions,
  source: InboundSource,
  request: InboundRequest,
  events: InboundEvent[],
): Promise<Response> {
  try {
    const result = await record({ source: source.name, events, receipt: receiptOf(source, request) })
    if (result.status === 'duplicate') return jsonResponse(200, { id: result.eventId, status: 'duplicate' })
    const first = result.events[0]?.id ?? null
    const anyNew = result.events.some((event) => event.status === 'recorded')
    return anyNew
      ? jsonResponse(202, { id: first, status: 'recorded' })
      : jsonResponse(200, { id: first, status: 'duplicate' })
  } catch (error) {
    if (isRefusal(error)) return refuseMeaning(error, source, log)
    log.error(
      { source: source.name, error: messageOf(error) },
      'A delivery could not be recorded; its sender is asked to try again',
    )
    return problemResponse(503, 'not-recorded', 'Service Unavailable', {
      detail: 'The delivery could not be stored. Send it again.',
      headers: { 'retry-after': String(RETRY_AFTER_SECONDS) },
    })
  }
}

function receiptOf(source: InboundSource, request: InboundRequest): Receipt {
  return {
    source: source.name,
    deliveryId: source.deliveryId(request) || null,
    bodyHash: createHash('sha256').update(request.body).digest('hex'),
    bodyWindowMs: source.bodyWindowMs ?? DEFAULT_BODY_WINDOW_MS,
    receivedAt: request.receivedAt,
    eventId: null,
  }
}

function normalise(
  source: InboundSource,
  request: InboundRequest & { json: JsonValue },
  log: Logger,
): InboundEvent[] | Response {
  try {
    return source.normalise(request)
  } catch (error) {
    return refuseMeaning(error, source, log)
  }
}

function isRefusal(error: unknown): boolean {
  return (
    isPullwrightError(error) && ['invalid-event', 'unknown-event', 'too-large', 'invalid-argument'].includes(error.code)
  )
}

function parseJson(bytes: Uint8Array): { ok: true; value: JsonValue } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) }
  } catch {
    return { ok: false }
  }
}

function plainHeaders(headers: Headers | Record<string, string>): Record<string, string> {
  return Object.fromEntries(new Headers(headers).entries())
}
