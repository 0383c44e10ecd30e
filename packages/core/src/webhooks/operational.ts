import type { EventRecord } from '../events/event.ts'
import type { EndpointRow } from '../ports/store.ts'

/** Events about deliveries themselves. They are delivered like any other, but nothing about a failure begets another. */
const OPERATIONAL: ReadonlySet<string> = new Set([
  'delivery.exhausted',
  'endpoint.failing',
  'endpoint.disabled',
  'endpoint.recovered',
])

export function isOperational(type: string): boolean {
  return OPERATIONAL.has(type)
}

/** The news that an endpoint takes no deliveries is not for that endpoint. That it recovered may be. */
export function isBadNewsAbout(
  endpoint: Pick<EndpointRow, 'id'>,
  { type, attributes }: Pick<EventRecord, 'type' | 'attributes'>,
): boolean {
  return isOperational(type) && type !== 'endpoint.recovered' && attributes.endpoint_id === endpoint.id
}
