import type { KeptPart } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { EndpointRow } from '../ports/store.ts'
import type { RetryPresetName } from '../retry/presets.ts'
import type { RetryScheduleOptions } from '../retry/retry-schedule.ts'
import type { WebhookScheme } from '../signing/index.ts'

/** How a delivery proves where it comes from. `authorization` sends the secret itself in `Authorization`. */
export type EndpointScheme = WebhookScheme | 'authorization'

/** Null and `{}` let everything through. */
export interface EndpointFilter {
  environment: string[] | null
  /** Names or ids. */
  app: string[] | null
  attributes: Record<string, string[]>
}

export interface EndpointPayload {
  /** `summary` leaves out the configuration and its diff. */
  mode: 'full' | 'summary'
  /** Places in the event's data to send, such as `config_diff.modified` or `config.messages[*].role`, and nothing else. */
  fields: string[] | null
  /** Redacted configurations to send along. */
  include: KeptPart[]
  /** A larger body becomes a summary. */
  maxBytes: number
  /** E-mail addresses stand as pseudonyms, the same for a person in all of the project. `privacy.reveal` reverses one. */
  pseudonymise: boolean
}

/** Everything an endpoint can be told beside its URL and events: `EndpointRow.settings`. */
export interface EndpointSettings {
  schemes: EndpointScheme[]
  /** As shown: values that may be secret are hidden here. */
  headers: Record<string, string>
  /** The headers as sent, sealed JSON; null where there are none. */
  sealedHeaders: string | null
  filter: EndpointFilter
  /** `key`: deliveries whose events carry the same ordering key go out one after another, in order of recording. */
  ordering: 'none' | 'key'
  rateLimit: { perSecond: number } | null
  /** Deliveries under way at once, in one process. */
  concurrency: number | null
  retry: RetryPresetName | RetryScheduleOptions
  /** Statuses tried again beside 408, 409, 425, 429 and 5xx. */
  retryOn: number[]
  payload: EndpointPayload
  timeoutMs: number
}

/** 256 KiB: what the large senders allow (SQS and Svix among them). */
const DEFAULT_MAX_BODY_BYTES = 256 * 1024

/** Standard Webhooks recommends 15 to 30 s for an answer. */
const DEFAULT_TIMEOUT_MS = 15_000

export const DEFAULT_SETTINGS: EndpointSettings = {
  schemes: ['standard'],
  headers: {},
  sealedHeaders: null,
  filter: { environment: null, app: null, attributes: {} },
  ordering: 'none',
  rateLimit: null,
  concurrency: null,
  retry: 'default',
  retryOn: [],
  payload: { mode: 'full', fields: null, include: [], maxBytes: DEFAULT_MAX_BODY_BYTES, pseudonymise: false },
  timeoutMs: DEFAULT_TIMEOUT_MS,
}

/** A row's settings. Rows written by an older version lack newer members: these take their defaults. */
export function settingsOf(endpoint: Pick<EndpointRow, 'settings'>): EndpointSettings {
  const { settings } = endpoint
  if (typeof settings !== 'object' || settings === null || Array.isArray(settings)) return DEFAULT_SETTINGS
  const known = COMPLETE.get(settings)
  if (known !== undefined) return known
  const stored = settings as Partial<EndpointSettings>
  const complete = {
    ...DEFAULT_SETTINGS,
    ...stored,
    filter: { ...DEFAULT_SETTINGS.filter, ...stored.filter },
    payload: { ...DEFAULT_SETTINGS.payload, ...stored.payload },
  }
  COMPLETE.set(settings, complete)
  return complete
}

/** Each delivery asks for its endpoint's settings several times, and rows are replaced, never changed. */
const COMPLETE = new WeakMap<object, EndpointSettings>()

/** Settings as a row keeps them. */
export function toStored(settings: EndpointSettings): JsonValue {
  return settings as unknown as JsonValue
}
