import type { EventRecord } from '../events/event.ts'
import type { EndpointRow } from '../ports/store.ts'
import { settingsOf } from './endpoint-settings.ts'

/**
 * Whether one of the patterns names the type. `*` stands for one part between dots, at the end for one or more:
 * `pull_request.*`, `*.failed`, and `*` for every type.
 */
export function matchesType(patterns: readonly string[], type: string): boolean {
  return patterns.some((pattern) => pattern === '*' || pattern === type || matchesParts(pattern, type))
}

/** Whether the endpoint wants this event: its project, type and filter. Whether it is enabled is not asked. */
export function matchesEndpoint(
  endpoint: Pick<EndpointRow, 'project' | 'events' | 'settings'>,
  event: Pick<EventRecord, 'project' | 'type' | 'attributes'>,
): boolean {
  if (endpoint.project !== event.project || !matchesType(endpoint.events, event.type)) return false
  const { environment, app, attributes } = settingsOf(endpoint).filter
  return (
    isOneOf(environment, [event.attributes.environment]) &&
    isOneOf(
      app,
      APP_ATTRIBUTES.map((name) => event.attributes[name]),
    ) &&
    Object.entries(attributes).every(([name, wanted]) => isOneOf(wanted, [event.attributes[name]]))
  )
}

/** An app is known by its name or its id. */
const APP_ATTRIBUTES = ['app', 'app_name', 'app_id'] as const

function matchesParts(pattern: string, type: string): boolean {
  if (!pattern.includes('*')) return false
  const wanted = pattern.split('.')
  const parts = type.split('.')
  const open = wanted.at(-1) === '*'
  if (open ? parts.length < wanted.length : parts.length !== wanted.length) return false
  return wanted.every((part, index) => part === '*' || part === parts[index])
}

/** No list lets everything through; a list lets through what is on it. */
function isOneOf(wanted: readonly string[] | null, values: readonly (string | undefined)[]): boolean {
  return wanted === null || values.some((value) => value !== undefined && wanted.includes(value))
}
