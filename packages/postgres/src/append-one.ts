import type { NewEvent, Recording } from '@pullwright/core'
import { eventParameter, taskParameter } from './append-parameters.ts'
import type { Database } from './database.ts'

/** What stands in the event's row beside its place in the order. */
const COLUMNS = [
  ...['id', 'type', 'project', 'occurred_at', 'recorded_at', 'source', 'data', 'attributes', 'labels', 'redactions'],
  ...['identity', 'kept', 'root_id', 'caused_by', 'subject', 'people'],
] as const satisfies readonly (keyof ReturnType<typeof eventParameter>)[]

/**
 * Records one event that waits for nobody and nobody knows yet: no key, no document, no receipt. Half the server's work
 * of the function that can do all of it, which is most of what a single `emit` waits for.
 */
export function createAppendOne(database: Database): (event: NewEvent) => Promise<void> {
  const statement = database.statement(`
    with event as (
      insert into {s}.events (sequence, ord, ${COLUMNS.join(', ')})
      values (nextval('{s}.event_numbers'), coalesce($2, currval('{s}.event_numbers')),
        ${COLUMNS.map((_, n) => `$${n + 3}`).join(', ')})
      returning sequence, project, ord
    ), planned as materialized (
      select e.sequence * 65536 + t.place as sequence, e.project, e.ord, t.*
      from event e cross join json_to_recordset($1::json) as t(place integer, id text, kind text, target text, line text,
        due_at double precision, supersede boolean, body text)
    ), kept as (
      insert into {s}.tasks (sequence, id, project, kind, target, ordered, supersede, ord, body)
      select p.sequence, p.id, p.project, p.kind, p.target, false, p.supersede, p.ord, p.body from planned p
    )
    insert into {s}.queue (sequence, line, due_at, ordered, ord)
    select p.sequence, p.line, p.due_at, false, p.ord from planned p`)

  return async (event) => {
    const tasks = event.tasks.map((task, place) => taskParameter(event, task, place))
    const row = eventParameter(event, 0)
    await database.run(statement, [JSON.stringify(tasks), row.ord, ...COLUMNS.map((name) => row[name])])
  }
}

/** The event, where the recording is such a one. */
export function plainEvent({ events, documents = [], receipt }: Recording): NewEvent | null {
  const [event] = events
  if (event === undefined || events.length > 1 || documents.length > 0 || receipt !== undefined) return null
  const { idempotencyKey, orderingKey, tasks } = event
  const free = idempotencyKey === null && orderingKey === null && tasks.every((task) => task.concurrencyKey === null)
  return free ? event : null
}
