import type { RecordInbound } from '../inbound/receive.ts'
import type { InboundEvent } from '../ports/source.ts'
import type { Store } from '../ports/store.ts'
import type { Accept } from './accept.ts'
import { concernedProjects } from './concerned-projects.ts'

/** What a source made of a delivery: for each project it concerns an event, all of them and the receipt in one transaction. */
export function createRecordInbound({ store, accept }: { store: Store; accept: Accept }): RecordInbound {
  return async ({ source, events, receipt }) => {
    const addressed = await Promise.all(events.map((event) => address(store, event)))
    const incoming = addressed
      .flat()
      .map(({ type, data, ...event }) => ({ ...event, ...accept.check(type, data), source }))
    const result = await accept.accept(incoming, { receipt })
    return result.status === 'recorded' ? result : { status: 'duplicate', eventId: result.eventId }
  }
}

async function address(store: Store, event: InboundEvent): Promise<(InboundEvent & { project: string })[]> {
  const projects = event.project === undefined ? await concernedProjects(store, event.data) : [event.project]
  return projects.map((project) => ({ ...event, project }))
}
