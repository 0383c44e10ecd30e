import type { TaskFilter, TaskRecord } from '@pullwright/core'
import { andAttributes, createConditions } from './conditions.ts'
import { ask, type Steps } from './steps.ts'
import { KIND_BOUNDS, targetText } from './target.ts'
import { TASK_COLUMNS, taskOf } from './task-row.ts'

/** Newest first. Several statuses or types are looked for one by one, each in its index, and put together. */
export function* queryTasks(filter: TaskFilter): Steps<TaskRecord[]> {
  const limit = filter.limit ?? 100
  if (!(limit > 0)) return []
  const found: TaskRecord[] = []
  for (const status of branches(filter.statuses))
    for (const eventType of branches(filter.eventTypes))
      found.push(...(yield* page({ ...filter, status, eventType }, limit)))
  return found.sort((a, b) => b.sequence - a.sequence).slice(0, limit)
}

export function* queryTask(id: string, project: string | undefined): Steps<TaskRecord | null> {
  const [task] = yield* page({ ids: [id], project, status: undefined, eventType: undefined }, 1)
  return task ?? null
}

function branches<T>(values: readonly T[] | undefined): Iterable<T | undefined> {
  return values === undefined ? [undefined] : new Set(values)
}

type Branch = { [Name in keyof TaskFilter]: TaskFilter[Name] | undefined } & {
  status: string | undefined
  eventType: string | undefined
}

function* page(branch: Branch, limit: number): Steps<TaskRecord[]> {
  const { project, ids, eventId, rootId, status, eventType, kind, since, until, after, attributes } = branch
  const { from, byEvent, byAttribute } = sourceOf(branch)
  const event = byAttribute ? 'a.event_sequence' : 'e.sequence'
  const conditions = createConditions()
  conditions.andIn('t.id', ids)
  conditions.andIf(eventId, 'e.id = ?')
  conditions.andIf(rootId, 'e.root_id = ?')
  conditions.andIf(project, 't.project = ?')
  conditions.andIf(eventType, 'e.type = ?')
  for (const target of targetsOf(branch)) conditions.and('t.target = ?', target)
  if (kind !== undefined) conditions.and('+t.target >= ? AND +t.target < ?', ...KIND_BOUNDS[kind])
  if (status !== undefined) conditions.and(`t.status = ? AND ${PLACES[status] ?? 't.settled_at IS NULL'}`, status)
  conditions.andIf(since, '+e.recorded_at >= ?')
  conditions.andIf(until, '+e.recorded_at < ?')
  if (after !== undefined) {
    conditions.and('t.sequence < ?', after)
    if (byEvent) conditions.and(`${event} <= ${LAST_EVENT}`, after)
  }
  const [first, ...others] = Object.entries(attributes ?? {})
  if (byAttribute && first !== undefined) conditions.and('a.name = ? AND a.value = ?', ...first)
  andAttributes(conditions, byAttribute ? Object.fromEntries(others) : attributes, 'e.sequence')
  const rows = yield* ask(
    `SELECT ${TASK_COLUMNS} FROM ${from} WHERE ${conditions.sql}
    ORDER BY ${byEvent ? `${event} DESC, ` : ''}t.sequence DESC LIMIT ?`,
    ...conditions.values,
    limit,
  )
  return rows.map(taskOf)
}

/** The event of the last task before the page. */
const LAST_EVENT = `COALESCE((
  SELECT event_sequence FROM pullwright_tasks WHERE sequence < ? ORDER BY sequence DESC LIMIT 1), -1)`

/** Terms of the index that holds the tasks of a status; of the others that of unfinished work. */
const PLACES: Readonly<Record<string, string>> = {
  done: 't.settled_at IS NOT NULL',
  dead: `t.status IN ('dead', 'cancelled')`,
  cancelled: `t.status IN ('dead', 'cancelled')`,
}

function targetsOf({ endpointId, handler }: Branch): string[] {
  const targets = endpointId === undefined ? [] : [targetText({ kind: 'endpoint', endpointId })]
  return handler === undefined ? targets : [...targets, targetText({ kind: 'handler', handler })]
}

const BY_ATTRIBUTE = {
  from: `pullwright_attributes AS a CROSS JOIN pullwright_events AS e ON e.sequence = a.event_sequence
    CROSS JOIN pullwright_tasks AS t ON t.event_sequence = e.sequence`,
  byEvent: true,
  byAttribute: true,
}

/** Where to begin: with what most probably leaves least. Without statistics SQLite could only guess. */
function sourceOf(branch: Branch): { from: string; byEvent: boolean; byAttribute?: boolean } {
  const tasks = (how: string) => ({
    from: `pullwright_tasks AS t ${how} CROSS JOIN pullwright_events AS e ON e.sequence = t.event_sequence`,
    byEvent: false,
  })
  const events = (how: string) => ({
    from: `pullwright_events AS e ${how} CROSS JOIN pullwright_tasks AS t ON t.event_sequence = e.sequence`,
    byEvent: true,
  })
  const { status } = branch
  if (branch.ids !== undefined) return tasks('INDEXED BY pullwright_tasks_id')
  if (branch.eventId !== undefined) return events('INDEXED BY pullwright_events_id')
  if (branch.rootId !== undefined) return events('INDEXED BY pullwright_events_root')
  if (status === 'dead' || status === 'cancelled') return tasks('INDEXED BY pullwright_tasks_failed')
  if (status !== undefined && status !== 'done') return tasks('INDEXED BY pullwright_tasks_open')
  if (targetsOf(branch).length > 0) return tasks('INDEXED BY pullwright_tasks_target')
  if (branch.eventType !== undefined) return events('INDEXED BY pullwright_events_type')
  if (branch.project !== undefined) return tasks('INDEXED BY pullwright_tasks_project')
  if (Object.keys(branch.attributes ?? {}).length > 0) return BY_ATTRIBUTE
  return tasks('NOT INDEXED')
}
