import type { JsonValue } from '../json.ts'

/** One received webhook. Header names are lower case. */
export interface InboundRequest {
  headers: Readonly<Record<string, string>>
  /** The raw bytes as they came: what signatures are made over. */
  body: Uint8Array
  /** The raw bytes parsed; absent until they are verified. */
  json?: JsonValue
  /** Milliseconds since the epoch. */
  receivedAt: number
}

export type SourceVerdict = { ok: true } | { ok: false; reason: string }

/** What a received webhook means. */
export interface InboundEvent {
  type: string
  data: JsonValue
  project?: string
  orderingKey?: string
  /** Recorded once per project, whatever deliveries it comes in. */
  idempotencyKey?: string
  /** Milliseconds since the epoch. */
  occurredAt?: number
}

/** Verify, then parse, then normalise: in that order, each on what the one before let through. */
export interface InboundSource {
  /** The last part of `/hooks/:source`. */
  readonly name: string
  /** Larger bodies are answered 413. Default 25 MiB, the largest a forge sends (GitHub). */
  readonly maxBodyBytes?: number
  /** A body that takes longer to come is answered 408, in milliseconds. Default 30,000. */
  readonly bodyTimeoutMs?: number
  /** An equal body within this time is the same delivery, whatever id it carries. Default one day. */
  readonly bodyWindowMs?: number
  /** What it verifies with, asked for once: hidden wherever it turns up. */
  secrets?(): readonly string[]
  verify(request: InboundRequest): SourceVerdict | Promise<SourceVerdict>
  /**
   * The sender's own id of this delivery, the same when it is sent again; `null` where there is none. Asked for a refused
   * delivery too, for the log: then without `json`.
   */
  deliveryId(request: InboundRequest): string | null
  /** The events to record; an empty list acknowledges and does nothing. Must not do any work: no request, no clock. */
  normalise(request: InboundRequest & { json: JsonValue }): InboundEvent[]
}
