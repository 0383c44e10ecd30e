import { randomUUID } from 'node:crypto'
import { type ClaimedTask, type ClaimRequest, claimedTask } from '@pullwright/core'
import { choose } from './choose.ts'
import { findExpired, findHeads } from './due.ts'
import { ask, type Row, type Steps } from './steps.ts'
import { EVENT_COLUMNS, eventOf, TASK_COLUMNS, taskOf } from './task-row.ts'
import { listOf, numberOf, textOf } from './values.ts'

/** Whether there is anything to claim: a look that locks nobody out. */
export function* isAnythingDue({ limit, ...request }: ClaimRequest): Steps<boolean> {
  if (!(limit > 0)) return false
  if ((yield* findHeads(request.lane, request.now, request, 1)).length > 0) return true
  return (yield* findExpired(request.now, request, 1)).length > 0
}

/** Takes up to `limit` due tasks of the lane, and of either lane those whose lease ran out. */
export function* claim(request: ClaimRequest): Steps<ClaimedTask[]> {
  const { lost, keys, inTurn } = yield* choose(request)
  if (inTurn.length === 0) return []
  for (const sequence of lost) yield* addLostRun(sequence, request.now)
  const prefix = randomUUID()
  yield* ask(TAKE, prefix, request.now, request.now + request.leaseMs, listOf(inTurn))
  if (keys.length > 0) yield* ask(STEP_OUT, listOf(keys))
  return yield* readClaimed(inTurn, prefix)
}

/** A run whose worker fell silent counts as a try: else a task that kills its worker would never end. */
function* addLostRun(sequence: number, now: number): Steps<void> {
  const error = 'The worker stopped renewing its lease: it crashed, hung or lost the store.'
  yield* ask(ADD_LOST, now, error, sequence)
  yield* ask(`UPDATE pullwright_tasks SET attempts = attempts + 1, lane = 'retry' WHERE sequence = ?`, sequence)
}

const ADD_LOST = `
INSERT INTO pullwright_attempts (task_sequence, number, started_at, ended_at, outcome, error)
SELECT sequence,
  (SELECT COALESCE(max(number), 0) + 1 FROM pullwright_attempts WHERE task_sequence = t.sequence),
  leased_at, ?, 'lost', ?
FROM pullwright_tasks AS t WHERE sequence = ?`

const TAKE = `
UPDATE pullwright_tasks
SET status = 'running', stands = 0, wake_on = NULL, lease_token = ? || '-' || sequence, leased_at = ?, lease_until = ?,
  lease_wakes = (SELECT wakes FROM pullwright_store)
WHERE sequence IN (SELECT value FROM json_each(?))`

/** Nobody else of a key stands in line while one runs. */
const STEP_OUT = `
UPDATE pullwright_tasks SET stands = 0
WHERE stands = 1 AND concurrency_key IS NOT NULL AND concurrency_key IN (SELECT value FROM json_each(?))`

function* readClaimed(inTurn: readonly number[], prefix: string): Steps<ClaimedTask[]> {
  const list = listOf(inTurn)
  const rows = new Map<number, Row>()
  for (const row of yield* ask(READ, list)) rows.set(numberOf(row.sequence), row)
  const steps = new Map<number, ClaimedTask['steps']>()
  for (const { task_sequence, name, sealed } of yield* ask(READ_STEPS, list)) {
    const step = { name: textOf(name), sealed: textOf(sealed) }
    steps.set(numberOf(task_sequence), [...(steps.get(numberOf(task_sequence)) ?? []), step])
  }
  return inTurn.flatMap((sequence) => {
    const row = rows.get(sequence)
    if (row === undefined) return []
    const task = taskOf(row)
    const lease = { taskId: task.id, token: `${prefix}-${sequence}` }
    const claimed = { lease, task, steps: steps.get(sequence) ?? [], superseded: numberOf(row.superseded) === 1 }
    return claimedTask(claimed, () => eventOf(row))
  })
}

/** Superseded: a newer event has a task of the same key that was not cancelled. */
const READ = `
SELECT ${TASK_COLUMNS}, ${EVENT_COLUMNS},
  t.supersede = 1 AND t.concurrency_key IS NOT NULL AND COALESCE((
    SELECT newest.event_sequence <> t.event_sequence
      AND (newest.chain_order, newest.sequence) > (t.chain_order, t.sequence)
    FROM pullwright_tasks AS newest
    WHERE newest.concurrency_key IS NOT NULL AND newest.concurrency_key = t.concurrency_key AND newest.supersede = 1
      AND newest.status <> 'cancelled'
    ORDER BY newest.chain_order DESC, newest.sequence DESC LIMIT 1
  ), 0) AS superseded
FROM pullwright_tasks AS t CROSS JOIN pullwright_events AS e ON e.sequence = t.event_sequence
WHERE t.sequence IN (SELECT value FROM json_each(?))`

const READ_STEPS = `
SELECT task_sequence, name, sealed FROM pullwright_steps WHERE task_sequence IN (SELECT value FROM json_each(?))`
