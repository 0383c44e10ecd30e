import type { Lease, RedriveRequest, StepRow, TaskRecord } from '@pullwright/core'
import { createConditions } from './conditions.ts'
import { lineUp } from './keys.ts'
import { ask, type Row, type Steps } from './steps.ts'
import { targetText } from './target.ts'
import { TASK_COLUMNS, taskOf } from './task-row.ts'
import { listOf, numberOf, textOf } from './values.ts'

export function* extend(leases: readonly Lease[], until: number): Steps<boolean[]> {
  const answers: boolean[] = []
  for (const { taskId, token } of leases) {
    const held = yield* ask(EXTEND, until, taskId, token)
    answers.push(held.length > 0)
  }
  return answers
}

const EXTEND = `
UPDATE pullwright_tasks SET lease_until = ? WHERE id = ? AND status = 'running' AND lease_token = ? RETURNING sequence`

export function* saveStep({ taskId, token }: Lease, { name, sealed }: StepRow): Steps<boolean> {
  const saved = yield* ask(SAVE_STEP, name, sealed, taskId, token)
  return saved.length > 0
}

const SAVE_STEP = `
INSERT INTO pullwright_steps (task_sequence, name, sealed)
SELECT sequence, ?, ? FROM pullwright_tasks WHERE id = ? AND status = 'running' AND lease_token = ?
ON CONFLICT (task_sequence, name) DO UPDATE SET sealed = excluded.sealed
RETURNING task_sequence`

export function* dropSteps(tasks: readonly number[]): Steps<void> {
  if (tasks.length === 0) return
  yield* ask('DELETE FROM pullwright_steps WHERE task_sequence IN (SELECT value FROM json_each(?))', listOf(tasks))
}

/** What was forgotten is never sent again: there is nothing left to send. */
export function* redrive(request: RedriveRequest): Steps<TaskRecord[]> {
  if (!(request.limit > 0)) return []
  const chosen = yield* findEnded(request)
  if (chosen.length === 0) return []
  const list = listOf(chosen.map(({ sequence }) => numberOf(sequence)))
  yield* ask(REDRIVE, request.at, list)
  yield* lineUp(keysOf(chosen))
  return (yield* ask(`${READ} WHERE t.sequence IN (SELECT value FROM json_each(?)) ORDER BY t.sequence`, list)).map(
    taskOf,
  )
}

/** Each status is looked for in its index, oldest first, and all are put together. */
function* findEnded({ limit, ...request }: RedriveRequest): Steps<Row[]> {
  const found: Row[] = []
  for (const status of new Set(request.statuses)) found.push(...(yield* findOf(status, request, limit)))
  return found.sort((a, b) => numberOf(a.sequence) - numberOf(b.sequence)).slice(0, limit)
}

function findOf(status: string, request: Omit<RedriveRequest, 'limit'>, limit: number): Steps<Row[]> {
  const { project, taskIds, endpointId, since, until } = request
  const target = endpointId === undefined ? undefined : targetText({ kind: 'endpoint', endpointId })
  const conditions = createConditions()
  conditions.and('t.status = ? AND t.settled_at IS NOT NULL AND e.forgotten = 0', status)
  conditions.andIn('t.id', taskIds)
  conditions.andIf(target, 't.target = ?')
  conditions.andIf(project, 't.project = ?')
  conditions.andIf(since, '+e.recorded_at >= ?')
  conditions.andIf(until, '+e.recorded_at < ?')
  let index = 'NOT INDEXED'
  if (taskIds !== undefined) index = 'INDEXED BY pullwright_tasks_id'
  else if (status !== 'done') {
    index = 'INDEXED BY pullwright_tasks_failed'
    conditions.and(`t.status IN ('dead', 'cancelled')`)
  } else if (target !== undefined) index = 'INDEXED BY pullwright_tasks_target'
  return ask(
    `SELECT t.sequence, t.concurrency_key FROM pullwright_tasks AS t ${index}
    CROSS JOIN pullwright_events AS e ON e.sequence = t.event_sequence
    WHERE ${conditions.sql} ORDER BY t.sequence LIMIT ?`,
    ...conditions.values,
    limit,
  )
}

const REDRIVE = `
UPDATE pullwright_tasks
SET status = 'pending', lane = 'retry', due_at = ?, attempts = 0, result = NULL, reason = NULL, progress = NULL,
  settled_at = NULL, stands = concurrency_key IS NULL
WHERE sequence IN (SELECT value FROM json_each(?))`

const READ = `
SELECT ${TASK_COLUMNS} FROM pullwright_tasks AS t CROSS JOIN pullwright_events AS e ON e.sequence = t.event_sequence`

export function* cancel(taskId: string, at: number, project: string | null): Steps<TaskRecord | null> {
  const [found] = yield* ask(FIND_OPEN, taskId, project === null, project ?? '')
  if (found === undefined) return null
  const sequence = numberOf(found.sequence)
  yield* ask(END, at, listOf([sequence]))
  yield* dropSteps([sequence])
  yield* lineUp(keysOf([found]))
  const [row] = yield* ask(`${READ} WHERE t.sequence = ?`, sequence)
  return row === undefined ? null : taskOf(row)
}

const FIND_OPEN = `
SELECT sequence, concurrency_key FROM pullwright_tasks
WHERE id = ? AND settled_at IS NULL AND (? OR project = ?)`

/** Cancels, whatever the tasks are doing. Takes the time and a list of sequences. */
export const END = `
UPDATE pullwright_tasks
SET status = 'cancelled', settled_at = ?, stands = 0, wake_on = NULL, reason = NULL,
  lease_token = NULL, leased_at = NULL, lease_until = NULL, lease_wakes = NULL
WHERE sequence IN (SELECT value FROM json_each(?)) AND settled_at IS NULL`

export function keysOf(rows: readonly Row[]): string[] {
  return rows.flatMap(({ concurrency_key: key }) => (key === null ? [] : textOf(key)))
}
