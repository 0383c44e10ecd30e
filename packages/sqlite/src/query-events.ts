import type { EventFilter, EventRecord } from '@pullwright/core'
import { andAttributes, createConditions } from './conditions.ts'
import { ask, type Steps } from './steps.ts'
import { EVENT_COLUMNS, eventOf } from './task-row.ts'

/** Newest first. Several types are looked for one by one, each in its index, and put together. */
export function* queryEvents(filter: EventFilter): Steps<EventRecord[]> {
  const limit = filter.limit ?? 100
  if (!(limit > 0)) return []
  const { types } = filter
  if (types === undefined) return yield* page(filter, undefined, limit)
  const found: EventRecord[] = []
  for (const type of new Set(types)) found.push(...(yield* page(filter, type, limit)))
  return found.sort((a, b) => b.sequence - a.sequence).slice(0, limit)
}

export function* queryEvent(id: string, project: string | undefined): Steps<EventRecord | null> {
  const conditions = createConditions()
  conditions.and('e.id = ?', id)
  conditions.andIf(project, 'e.project = ?')
  const [row] = yield* ask(
    `SELECT ${EVENT_COLUMNS} FROM pullwright_events AS e WHERE ${conditions.sql}`,
    ...conditions.values,
  )
  return row === undefined ? null : eventOf(row)
}

function* page(filter: EventFilter, type: string | undefined, limit: number): Steps<EventRecord[]> {
  const { project, idempotencyKey, rootId, attributes = {}, since, until, person, after } = filter
  const { from, sequence } = sourceOf(filter, type)
  const conditions = createConditions()
  conditions.andIf(type, 'e.type = ?')
  conditions.andIf(rootId, 'e.root_id = ?')
  conditions.andIf(project, 'e.project = ?')
  conditions.andIf(idempotencyKey, 'e.idempotency_key IS NOT NULL AND e.idempotency_key = ?')
  conditions.andIf(since, '+e.recorded_at >= ?')
  conditions.andIf(until, '+e.recorded_at < ?')
  conditions.andIf(after, `${sequence} < ?`)
  const [first, ...others] = Object.entries(attributes)
  const byAttribute = sequence === 'a.event_sequence'
  if (byAttribute && first !== undefined) conditions.and('a.name = ? AND a.value = ?', ...first)
  andAttributes(conditions, byAttribute ? Object.fromEntries(others) : attributes, 'e.sequence')
  if (sequence === 'p.event_sequence') conditions.andIf(person, 'p.person = ?')
  const rows = yield* ask(
    `SELECT ${EVENT_COLUMNS} FROM ${from} WHERE ${conditions.sql} ORDER BY ${sequence} DESC LIMIT ?`,
    ...conditions.values,
    limit,
  )
  return rows.map(eventOf)
}

/** Where to begin: with what most probably leaves least. Without statistics SQLite could only guess. */
function sourceOf(filter: EventFilter, type: string | undefined): { from: string; sequence: string } {
  const joined = 'CROSS JOIN pullwright_events AS e ON e.sequence ='
  if (filter.person !== undefined)
    return { from: `pullwright_people AS p ${joined} p.event_sequence`, sequence: 'p.event_sequence' }
  const by = (index: string) => ({ from: `pullwright_events AS e INDEXED BY ${index}`, sequence: 'e.sequence' })
  if (filter.idempotencyKey !== undefined) return by('pullwright_events_key')
  if (filter.rootId !== undefined) return by('pullwright_events_root')
  if (type !== undefined) return by('pullwright_events_type')
  if (filter.project !== undefined) return by('pullwright_events_project')
  if (Object.keys(filter.attributes ?? {}).length > 0)
    return { from: `pullwright_attributes AS a ${joined} a.event_sequence`, sequence: 'a.event_sequence' }
  return { from: 'pullwright_events AS e NOT INDEXED', sequence: 'e.sequence' }
}
