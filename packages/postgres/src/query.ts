import type { BacklogRow, EventFilter, StoreQuery, TaskFilter } from '@pullwright/core'
import { conditions } from './conditions.ts'
import type { Database } from './database.ts'
import { labelsOf } from './labels.ts'
import { eventColumns, taskColumns, text, toAttempt, toEvent, toTask } from './records.ts'
import { encodeText } from './text-codec.ts'

const DEFAULT_LIMIT = 100

export function createQuery(database: Database): Omit<StoreQuery, 'audit' | 'nextDueAt'> {
  const { run, statement } = database
  const statements = {
    event: statement(`
      select ${eventColumns('e')} from {s}.events e where e.id = $1 and ($2::text is null or e.project = $2)`),
    task: statement(`
      select ${taskColumns('t')} from {s}.task_rows t where t.id = $1 and ($2::text is null or t.project = $2)`),
    attempts: statement(`
      select a.*, t.id as task_id from {s}.tasks t join {s}.attempts a on a.sequence = t.sequence
      where t.id = $1 order by a.number`),
    backlog: statement(`
      select case substr(q.line, 3, 1) when 'e' then 'endpoint' else substr(q.line, 4) end as target,
        case when q.token is null then q.status else 'running' end as status, count(*) as count, min(q.due_at) as due_at
      from {s}.queue q group by 1, 2`),
  }

  return {
    async event(id, project) {
      const [row] = await run(statements.event, [encodeText(id), project === undefined ? null : encodeText(project)])
      return row === undefined ? null : toEvent(row)
    },
    async events(filter) {
      const query = eventQuery(filter)
      return query === null ? [] : (await run(statement(query.text), query.values)).map(toEvent)
    },
    async task(id, project) {
      const [row] = await run(statements.task, [encodeText(id), project === undefined ? null : encodeText(project)])
      return row === undefined ? null : toTask(row)
    },
    async tasks(filter) {
      const query = taskQuery(filter)
      return query === null ? [] : (await run(statement(query.text), query.values)).map(toTask)
    },
    attempts: async (taskId) => (await run(statements.attempts, [encodeText(taskId)])).map(toAttempt),
    backlog: async () =>
      (await run(statements.backlog)).map((row) => ({
        target: text(row.target),
        status: row.status as BacklogRow['status'],
        count: Number(row.count),
        oldestDueAt: Number(row.due_at),
      })),
  }
}

interface Query {
  text: string
  values: unknown[]
}

/** Null where nothing can match. */
function eventQuery(filter: EventFilter): Query | null {
  const {
    project,
    types,
    idempotencyKey,
    rootId,
    attributes,
    since,
    until,
    person,
    after,
    limit = DEFAULT_LIMIT,
  } = filter
  if (types?.length === 0 || limit <= 0) return null
  const where = conditions()
  if (project !== undefined) where.add('e.project = ?', encodeText(project))
  if (types !== undefined) where.add('e.type = any (?)', types.map(encodeText))
  if (idempotencyKey !== undefined) where.add('e.idempotency_key = ?', encodeText(idempotencyKey))
  if (rootId !== undefined) where.add(`e.sequence in (${CHAIN})`, encodeText(rootId))
  if (attributes !== undefined && Object.keys(attributes).length > 0)
    where.add(`e.labels <> '{}' and e.labels @> ?::text[]`, labelsOf(attributes))
  if (since !== undefined) where.add('e.recorded_at >= ?', since)
  if (until !== undefined) where.add('e.recorded_at < ?', until)
  if (person !== undefined) where.add(`e.people <> '{}' and e.people @> array[?::text]`, encodeText(person))
  if (after !== undefined) where.add('e.sequence < ?', after)
  const text = `select ${eventColumns('e')} from {s}.events e where ${where.text()}
    order by e.sequence desc limit ${where.value(Math.floor(limit))}`
  return { text, values: where.values }
}

// A chain's first event is found by its id, its follow-ups by the index over events that are not their own root.
const CHAIN = `
  with root as (select ?::text as id)
  select c.sequence from {s}.events c join root r on c.id = r.id and c.root_id = r.id
  union all
  select c.sequence from {s}.events c join root r on c.root_id = r.id and c.root_id <> c.id`

function taskQuery(filter: TaskFilter): Query | null {
  const { ids, eventTypes, statuses, limit = DEFAULT_LIMIT } = filter
  if (ids?.length === 0 || eventTypes?.length === 0 || statuses?.length === 0 || limit <= 0) return null
  const where = conditions()
  if (filter.project !== undefined) where.add('t.project = ?', encodeText(filter.project))
  if (ids !== undefined) where.add('t.id = any (?)', ids.map(encodeText))
  if (filter.eventId !== undefined) where.add(TASKS_OF('e.id = ?'), encodeText(filter.eventId))
  if (filter.rootId !== undefined) where.add(TASKS_OF(`e.sequence in (${CHAIN})`), encodeText(filter.rootId))
  if (eventTypes !== undefined) where.add('t.event_type = any (?)', eventTypes.map(encodeText))
  if (statuses !== undefined) {
    where.among('t.status', statuses)
    // Said once more of the one table all of them stand in, so that the search begins there.
    if (statuses.every((status) => ENDED.has(status))) where.among('t.ended_as', statuses)
    else if (!statuses.some((status) => ENDED.has(status))) where.plain('t.unfinished')
  }
  if (filter.kind !== undefined) where.add('t.kind = ?', filter.kind)
  if (filter.endpointId !== undefined) where.add(`t.kind = 'endpoint' and t.target = ?`, encodeText(filter.endpointId))
  if (filter.handler !== undefined) where.add(`t.kind = 'handler' and t.target = ?`, encodeText(filter.handler))
  if (filter.since !== undefined) where.add('t.created_at >= ?', filter.since)
  if (filter.until !== undefined) where.add('t.created_at < ?', filter.until)
  if (filter.attributes !== undefined && Object.keys(filter.attributes).length > 0)
    where.add(`t.labels <> '{}' and t.labels @> ?::text[]`, labelsOf(filter.attributes))
  if (filter.after !== undefined) where.add('t.sequence < ?', filter.after)
  const text = `select ${taskColumns('t')} from {s}.task_rows t where ${where.text()}
    order by t.sequence desc limit ${where.value(Math.floor(limit))}`
  return { text, values: where.values }
}

const ENDED: ReadonlySet<string> = new Set(['done', 'dead', 'cancelled'])

// As an array, and event by event: a range has no estimate that a planner could be trusted with.
const TASKS_OF = (condition: string) => `t.sequence = any (array(
  select o.sequence from {s}.events e cross join lateral (
    select x.sequence from {s}.tasks x
    where x.sequence >= e.sequence * 65536 and x.sequence < (e.sequence + 1) * 65536 limit 65536) o
  where ${condition}))`
