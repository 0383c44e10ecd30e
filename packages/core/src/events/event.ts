import type { JsonObject, JsonValue } from '../json.ts'

/** Parts of a deployment that a handler may ask to have kept, redacted. */
export type KeptPart = 'config' | 'previous_config'

/** Where something was hidden, and which rule found it. */
export interface Redaction {
  /** Dotted path in the event's data. */
  path: string
  detector: string
}

/** An immutable fact. Nothing in it is secret: it was redacted before it was made. */
export interface EventRecord {
  /** `evt_…`, sorts by time of creation. */
  id: string
  type: string
  project: string
  /** Milliseconds since the epoch, as the host says. */
  occurredAt: number
  /** Milliseconds since the epoch, by our clock. */
  recordedAt: number
  /** `host` for an `emit`, else the name of the inbound source or plugin. */
  source: string
  data: JsonValue
  /** What filters look at: `app`, `environment`, and the like. */
  attributes: Record<string, string>
  redactions: Redaction[]
  /** Deployments only: keyed hash of app, environment, variant, revision and raw configuration. */
  identity: string | null
  /** Redacted parts kept because a handler needs them. */
  kept: Partial<Record<KeptPart, JsonValue>>
  idempotencyKey: string | null
  orderingKey: string | null
  /** The event that began this chain; its own id where it is the first. */
  rootId: string
  /** The task whose run emitted it. */
  causedBy: string | null
  /** Who acted: the `subject` of `as()`. */
  subject: string | null
  /** Keyed pseudonyms of the people in it, for `forget`. */
  people: string[]
  /** Position in the store's order of recording. */
  sequence: number
  /** The sequence of the chain's first event: what "newer" is judged by. */
  order: number
}

/** Before the store gives it its place. */
export type PreparedEvent = Omit<EventRecord, 'sequence' | 'order'>

/** What receivers get as a body. */
export interface WireEnvelope extends JsonObject {
  event: string
  /** ISO 8601, UTC. */
  timestamp: string
  delivery_id: string
  project_id: string
  data: JsonValue
}
