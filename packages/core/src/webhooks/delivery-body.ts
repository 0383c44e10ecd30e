import type { PreparedEvent, WireEnvelope } from '../events/event.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { createPathSelection } from '../selection/path-selection.ts'
import type { EndpointPayload } from './endpoint-settings.ts'

/**
 * The bytes a receiver gets, `{ event, timestamp, delivery_id, project_id, data }`. A body over `payload.maxBytes`
 * (UTF-8) carries a summary of what was to be sent, `truncated: true` and the event's link instead.
 */
export function deliveryBody(event: PreparedEvent, deliveryId: string, payload: EndpointPayload): string {
  const selected = selectData(event, payload)
  const whole = write(event, deliveryId, selected)
  if (fits(whole, payload)) return whole
  const link = linkOf(event.data)
  const chosen = payload.fields === null ? event.data : selected
  const summary = write(event, deliveryId, { ...summaryOf(chosen), truncated: true, ...link }, true)
  return fits(summary, payload) ? summary : write(event, deliveryId, { truncated: true, ...link }, true)
}

/** Members of a deployment too large for a summary. */
const LARGE_MEMBERS = new Set(['config_diff', 'config', 'previous_config', 'evaluation'])
/** What of the rest a summary repeats, in characters of JSON. */
const SUMMARY_MEMBER_LIMIT = 1024
const DIFF_KINDS = ['added', 'modified', 'removed', 'moved'] as const

function selectData(event: PreparedEvent, { mode, fields, include }: EndpointPayload): JsonValue {
  if (mode === 'summary') return summaryOf(event.data)
  const kept = include.flatMap((part): [string, JsonValue][] => {
    const value = event.kept[part]
    return value === undefined ? [] : [[part, value]]
  })
  const { data } = event
  if (!isObject(data)) return data
  const full = kept.length === 0 ? data : { ...data, ...Object.fromEntries(kept) }
  return fields === null ? full : (createPathSelection({ only: fields }).of(full) ?? {})
}

function summaryOf(data: JsonValue): JsonObject {
  if (!isObject(data)) return {}
  const small = Object.entries(data).filter(
    ([name, value]) => !LARGE_MEMBERS.has(name) && JSON.stringify(value).length <= SUMMARY_MEMBER_LIMIT,
  )
  return { ...Object.fromEntries(small), ...countChanges(data.config_diff) }
}

/** How much changed, where the changes themselves are left out. */
function countChanges(diff: JsonValue | undefined): JsonObject {
  if (!isObject(diff)) return {}
  const counts = DIFF_KINDS.flatMap((kind): [string, number][] => {
    const part = diff[kind]
    return isObject(part) ? [[kind, Object.keys(part).length]] : []
  })
  return counts.length === 0 ? {} : { changes: Object.fromEntries(counts) }
}

function write(event: PreparedEvent, deliveryId: string, data: JsonValue, truncated = false): string {
  const timestamp = new Date(event.occurredAt).toISOString()
  const { type, project } = event
  // Written twice: a spread would cost more than all the rest of it.
  const envelope: WireEnvelope = truncated
    ? { event: type, timestamp, delivery_id: deliveryId, project_id: project, truncated, data }
    : { event: type, timestamp, delivery_id: deliveryId, project_id: project, data }
  return JSON.stringify(envelope)
}

function linkOf(data: JsonValue): JsonObject {
  return isObject(data) && typeof data.url === 'string' ? { url: data.url } : {}
}

function fits(body: string, { maxBytes }: EndpointPayload): boolean {
  // A UTF-16 unit is at most three bytes of UTF-8, so most bodies need not be measured.
  return body.length * 3 <= maxBytes || Buffer.byteLength(body) <= maxBytes
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
