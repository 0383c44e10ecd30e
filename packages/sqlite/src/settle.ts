import type { Settlement, SettleResult } from '@pullwright/core'
import { lineUp } from './keys.ts'
import { type Prepared, prepare } from './prepare.ts'
import { planRecording, writeRecording } from './record.ts'
import { ask, type Steps } from './steps.ts'
import { dropSteps } from './tasks.ts'
import {
  bulk,
  jsonText,
  listOf,
  NEVER_DUE,
  numberOf,
  numberOrNull,
  runBulk,
  textOf,
  textOrNull,
  type Values,
} from './values.ts'
import { findWake } from './wake.ts'

/** A settlement as it will be written; made as soon as it is given. */
export interface PreparedSettlement extends Pick<Settlement, 'lease'> {
  change: Change
  progress: string | null
  attempt: Values | null
  followUps: Prepared | null
}

/** What becomes of the task. Null leaves a lane or due time as it is. */
interface Change {
  status: Settlement['transition']['status']
  lane: 'retry' | null
  dueAt: number | null
  wakeOn: string | null
  result: string | null
  reason: string | null
  settledAt: number | null
}

export function prepareSettlement(settlement: Settlement): PreparedSettlement {
  const { lease, attempt, followUps, progress } = settlement
  return {
    lease: { taskId: lease.taskId, token: lease.token },
    change: changeOf(settlement.transition, settlement.at),
    progress: progress ?? null,
    attempt:
      attempt === undefined
        ? null
        : [attempt.startedAt, attempt.endedAt, attempt.outcome, attempt.error, jsonText(attempt.details)],
    followUps: followUps === undefined ? null : prepare(followUps),
  }
}

function changeOf(to: Settlement['transition'], at: number): Change {
  const { status } = to
  const reason = to.status === 'pending' ? null : (to.reason ?? null)
  const change: Change = { status, lane: null, dueAt: null, wakeOn: null, result: null, reason, settledAt: null }
  switch (to.status) {
    case 'done':
    case 'dead':
      change.result = jsonText(to.result ?? null)
      change.settledAt = at
      break
    case 'retrying':
      change.dueAt = to.dueAt
      change.lane = 'retry'
      break
    case 'pending':
      change.dueAt = to.dueAt
      break
    case 'waiting':
      change.dueAt = to.dueAt ?? NEVER_DUE
      change.wakeOn = to.wakeOn ?? null
  }
  return change
}

export interface Settled {
  results: SettleResult[]
  /** Something may have become claimable. */
  freed: boolean
}

/** Ends runs, each with its attempt and its follow-ups, or changes nothing of it. */
export function* settle(settlements: readonly PreparedSettlement[]): Steps<Settled> {
  const running = yield* findRunning(settlements)
  const results: SettleResult[] = []
  const changes: Values[] = []
  const attempts: Values[] = []
  const ended: number[] = []
  const keys: string[] = []
  let freed = false
  for (const { lease, change, progress, attempt, followUps } of settlements) {
    const task = running.get(lease.taskId)
    if (task?.token !== lease.token) {
      results.push({ status: 'lost' })
      continue
    }
    const plan = followUps === null ? null : yield* planRecording(followUps)
    if (plan !== null && 'status' in plan && plan.status === 'conflict') {
      results.push(plan)
      continue
    }
    // A receipt seen before leaves nothing to record, and the run has ended all the same.
    if (plan !== null && 'firstIds' in plan) keys.push(...(yield* writeRecording(plan)).keys)
    running.delete(lease.taskId)
    if (attempt !== null) attempts.push([task.sequence, task.attempts + 1, ...attempt])
    if (change.settledAt !== null) ended.push(task.sequence)
    if (task.key !== null) keys.push(task.key)
    if (change.settledAt === null || plan !== null) freed = true
    changes.push([task.sequence, lease.token, ...(yield* columnsOf(change, task)), progress, attempt !== null])
    results.push({ status: 'settled' })
  }
  yield* runBulk(CHANGE, changes)
  yield* runBulk(ADD_ATTEMPTS, attempts)
  yield* dropSteps(ended)
  yield* lineUp(keys)
  return { results, freed: freed || keys.length > 0 }
}

interface Running {
  sequence: number
  token: string | null
  key: string | null
  wakes: number | null
  /** The number of its last attempt. */
  attempts: number
}

/** By task id. A lease past its time holds until somebody else takes the task. */
function* findRunning(settlements: readonly PreparedSettlement[]): Steps<Map<string, Running>> {
  const rows = yield* ask(FIND, listOf(settlements.map(({ lease }) => lease.taskId)))
  return new Map(
    rows.map((row) => {
      const running: Running = {
        sequence: numberOf(row.sequence),
        token: textOrNull(row.lease_token),
        key: textOrNull(row.concurrency_key),
        wakes: numberOrNull(row.lease_wakes),
        attempts: numberOf(row.attempts),
      }
      return [textOf(row.id), running]
    }),
  )
}

function* columnsOf({ status, lane, dueAt, wakeOn, result, reason, settledAt }: Change, task: Running): Steps<Values> {
  const wokenAt = wakeOn === null ? null : yield* findWake(wakeOn, task.wakes ?? 0)
  const due = wokenAt === null ? dueAt : Math.min(dueAt ?? NEVER_DUE, wokenAt)
  return [
    status,
    lane,
    due,
    task.key === null && due !== null,
    wokenAt === null ? wakeOn : null,
    result,
    reason,
    settledAt,
  ]
}

const FIND = `
SELECT t.id, t.sequence, t.lease_token, t.concurrency_key, t.lease_wakes,
  COALESCE((SELECT max(number) FROM pullwright_attempts WHERE task_sequence = t.sequence), 0) AS attempts
FROM pullwright_tasks AS t
WHERE t.id IN (SELECT value FROM json_each(?)) AND t.status = 'running'`

const CHANGE = bulk(
  `WITH change (sequence, token, status, lane, due_at, stands, wake_on, result, reason, settled_at, progress, tried) AS (
    VALUES `,
  12,
  `)
  UPDATE pullwright_tasks AS t
  SET status = change.status, lane = COALESCE(change.lane, t.lane), due_at = COALESCE(change.due_at, t.due_at),
    stands = change.stands, wake_on = change.wake_on, result = change.result, reason = change.reason,
    settled_at = change.settled_at, progress = COALESCE(change.progress, t.progress),
    attempts = t.attempts + change.tried,
    lease_token = NULL, leased_at = NULL, lease_until = NULL, lease_wakes = NULL
  FROM change WHERE t.sequence = change.sequence AND t.lease_token = change.token`,
)

const ADD_ATTEMPTS = bulk(
  `INSERT INTO pullwright_attempts (task_sequence, number, started_at, ended_at, outcome, error, details) VALUES `,
  7,
)
