import type { EventRecord } from '../events/event.ts'
import type { EventSearch } from '../ports/plugin.ts'
import type { Store } from '../ports/store.ts'

const MOST_EVENTS = 100

/** A project's events, as plugins ask for them. */
export function searchEvents(
  store: Store,
  project: string,
  { types, attributes, limit = 20 }: EventSearch,
): Promise<EventRecord[]> {
  return store.query.events({
    ...{ project, types, limit: Math.min(Math.max(1, Math.floor(limit)), MOST_EVENTS) },
    ...(attributes ? { attributes } : {}),
  })
}
