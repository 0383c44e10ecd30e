import type { EventRecord } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { EndpointRow, NewTask, Store } from '../ports/store.ts'
import { DEFAULT_SETTINGS, type EndpointSettings, toStored } from './endpoint-settings.ts'

/** Records for tests, with what matters to each named. */

export const START = Date.UTC(2026, 0, 1)

export function anEvent(facts: Partial<EventRecord> = {}): EventRecord {
  const data: JsonValue = { app_name: 'support-bot', environment: 'production', revision: 3 }
  return {
    id: 'evt_1',
    type: 'environment.deployed',
    project: 'default',
    occurredAt: START,
    recordedAt: START,
    source: 'host',
    data,
    attributes: { app_name: 'support-bot', environment: 'production' },
    redactions: [],
    identity: null,
    kept: {},
    idempotencyKey: null,
    orderingKey: null,
    rootId: facts.id ?? 'evt_1',
    causedBy: null,
    subject: null,
    people: [],
    sequence: 1,
    order: 1,
    ...facts,
  }
}

export function anEndpoint(settings: Partial<EndpointSettings> = {}, facts: Partial<EndpointRow> = {}): EndpointRow {
  return {
    id: 'end_1',
    project: 'default',
    version: 1,
    createdAt: START,
    updatedAt: START,
    name: null,
    description: null,
    url: 'https://receiver.test/hook',
    events: ['*'],
    enabled: true,
    disabledReason: null,
    secrets: [],
    settings: toStored({ ...DEFAULT_SETTINGS, ...settings }),
    ...facts,
  }
}

/** Writes events with their deliveries into a store. */
export async function record(store: Store, event: EventRecord, tasks: NewTask[]): Promise<void> {
  const { sequence: _sequence, order: _order, ...rest } = event
  const result = await store.append({ events: [{ ...rest, tasks }] })
  if (result.status !== 'recorded') throw new Error(`not recorded: ${result.status}`)
}

/** A clock that stands still until it is told. */
export function stillClock(now = START): { now(): number; at: number } {
  const clock = { at: now, now: () => clock.at }
  return clock
}
