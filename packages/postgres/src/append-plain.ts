import { randomUUID } from 'node:crypto'
import {
  type AppendedEvent,
  type ClaimedTask,
  claimedTask,
  type NewEvent,
  type NewTask,
  newTaskRecord,
  type Recording,
} from '@pullwright/core'
import { eventParameter, TASKS_PER_EVENT, taskParameter } from './append-parameters.ts'
import type { Database, SqlRow } from './database.ts'
import { toLease } from './lease.ts'
import { toEvent } from './records.ts'

/** What stands in an event's row beside its place in the order, with the types of the columns. */
const COLUMNS = {
  ...{ id: 'text', type: 'text', project: 'text', occurred_at: 'double precision', recorded_at: 'double precision' },
  ...{ source: 'text', data: 'text', attributes: 'text', labels: 'text[]', redactions: 'text', identity: 'text' },
  ...{ kept: 'text', root_id: 'text', caused_by: 'text', subject: 'text', people: 'text[]' },
} as const satisfies Partial<Record<keyof ReturnType<typeof eventParameter>, string>>
const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]

/**
 * Records events that wait for nobody and nobody knows yet: no key, no document, no receipt. Half the server's work of the
 * function that can do all of it. `leasesTo` is told when the first lease given with them ends.
 */
export function createAppendPlain(
  database: Database,
  leasesTo: (until: number) => void,
): (events: readonly NewEvent[]) => Promise<AppendedEvent[]> {
  // One event as parameters of its own, which spares the server the reading of JSON: a single `emit` waits for it.
  const one = database.statement(
    record(`select 0 as n, nextval('{s}.event_numbers') as sequence, $3::bigint as ord,
      ${NAMES.map((name, at) => `$${at + 4}::${COLUMNS[name]} as ${name}`).join(', ')}`),
  )
  const many = database.statement(
    record(`select nextval('{s}.event_numbers') as sequence, e.*
      from json_to_recordset($3::json) as e(n integer, ord bigint, ${NAMES.map((name) => `${name} ${COLUMNS[name]}`).join(', ')})`),
  )

  return async (events) => {
    const tasks = events.flatMap((event, n) => event.tasks.map((task, place) => taskParameter(event, task, place, n)))
    const rows = events.map(eventParameter)
    const batch = randomUUID()
    const leased = tasks.flatMap(({ leased_until }) => leased_until ?? [])
    if (leased.length > 0) leasesTo(Math.min(...leased))
    const [first] = rows
    const alone = rows.length === 1 && first !== undefined
    const given = alone ? [first.ord, ...NAMES.map((name) => first[name])] : [JSON.stringify(rows)]
    const answers = await database.run(alone ? one : many, [JSON.stringify(tasks), batch, ...given])
    const places = new Map(answers.map((row) => [Number(row.n), row]))
    return events.map((event, n) => appended(event, rows[n] as Given, places.get(n), batch))
  }
}

/** Plain inserts, and no function: nothing is looked up. Tasks with a lease are queued as a claim would leave them. */
function record(given: string): string {
  return `
    with given as materialized (${given}), stored as (
      insert into {s}.events (sequence, ord, ${NAMES.join(', ')})
      select g.sequence, coalesce(g.ord, g.sequence), ${NAMES.map((name) => `g.${name}`).join(', ')} from given g
    ), planned as materialized (
      select g.sequence * ${TASKS_PER_EVENT} + t.place as sequence, g.project, coalesce(g.ord, g.sequence) as ord, t.id, t.kind,
        t.target, t.line, t.due_at, t.supersede, t.body, t.leased_at, t.leased_until
      from json_to_recordset($1::json) as t(n integer, place integer, id text, kind text, target text, line text,
        due_at double precision, supersede boolean, body text, leased_at double precision, leased_until double precision)
      join given g on g.n = t.n
    ), kept as (
      insert into {s}.tasks (sequence, id, project, kind, target, ordered, supersede, ord, body)
      select p.sequence, p.id, p.project, p.kind, p.target, false, p.supersede, p.ord, p.body from planned p
    ), queued as (
      insert into {s}.queue (sequence, line, due_at, ordered, ord, token, leased_at, leased_until, wakes_before)
      select p.sequence, p.line, p.due_at, false, p.ord,
        case when p.leased_until is not null then p.sequence || '.' || $2::text end, p.leased_at, p.leased_until,
        case when p.leased_until is not null then
          coalesce((select w.number from {s}.wakes w order by w.number desc limit 1), 0) end
      from planned p
    )
    select g.n, g.sequence, coalesce(g.ord, g.sequence) as ord from given g`
}

type Given = ReturnType<typeof eventParameter>

function appended(event: NewEvent, given: Given, row: SqlRow | undefined, batch: string): AppendedEvent {
  const { id } = event
  if (row === undefined || !event.tasks.some(({ lease }) => lease !== undefined)) return { id, status: 'recorded' }
  const claimed = event.tasks.flatMap((task, place) =>
    task.lease ? [claimedOf({ task, place, event, given, row, batch })] : [],
  )
  return { id, status: 'recorded', claimed }
}

interface Taken {
  task: NewTask
  place: number
  event: NewEvent
  given: Given
  row: SqlRow
  batch: string
}

/** As it would be read back, sharing nothing with what was given. */
function claimedOf({ task, place, event, given, row, batch }: Taken): ClaimedTask {
  const sequence = BigInt(String(row.sequence)) * BigInt(TASKS_PER_EVENT) + BigInt(place)
  const { id, type, project, rootId, recordedAt } = event
  const recorded = { id, type, project, rootId, recordedAt, order: Number(row.ord) }
  const lease = toLease(task.id, `${sequence}.${batch}`)
  const record = newTaskRecord(task, recorded, Number(sequence), task.lease)
  const { sequence: e_sequence, ord: e_ord } = row
  return claimedTask({ lease, task: record, steps: [], superseded: false }, () =>
    toEvent({ ...toRow(given), e_sequence, e_ord }),
  )
}

/** What was written of an event, under the names by which it is read. */
function toRow(given: Given): SqlRow {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [`e_${name}`, value]))
}

/** Whether the events of a recording are such. */
export function isPlain({ events, documents = [], receipt }: Recording): boolean {
  return (
    events.length > 0 &&
    documents.length === 0 &&
    receipt === undefined &&
    events.every(
      ({ idempotencyKey, orderingKey, tasks }) =>
        idempotencyKey === null && orderingKey === null && tasks.every(({ concurrencyKey }) => concurrencyKey === null),
    )
  )
}
