import type { Settlement, SettleResult, TaskRecord } from '../ports/store.ts'
import { held, nextNumber } from './claim.ts'
import { copyJson } from './copy-json.ts'
import { record, refuse } from './record.ts'
import { appended, copyNewAttempt, NEVER_DUE, type StoredTask } from './records.ts'
import { changeTask, type MemoryState } from './state.ts'

/** Ends one run, with its attempt and its follow-ups, or changes nothing. */
export function settle(state: MemoryState, settlement: Settlement): SettleResult {
  const { lease, followUps, at } = settlement
  const task = held(state, lease)
  if (task === null) return { status: 'lost' }
  const transition = copyJson(settlement.transition)
  const attempt = settlement.attempt && copyNewAttempt(settlement.attempt, lease.taskId, nextNumber(task))
  const refusal = followUps === undefined ? null : refuse(state, followUps)
  if (refusal?.status === 'conflict') return refusal
  // A receipt seen before leaves nothing to record, and the run has ended all the same.
  if (followUps !== undefined && refusal === null) record(state, followUps, 'claimable')

  changeTask(state, task, () => {
    if (attempt !== undefined) {
      task.attempts = appended(task.attempts, attempt)
      task.record.attempts += 1
    }
    if (settlement.progress !== undefined) task.record.progress = settlement.progress
    Object.assign(task.record, nextState(state, task, transition, at))
    if (task.record.settledAt !== null) task.steps = []
    task.lease = null
  })
  return { status: 'settled' }
}

type Changes = Partial<TaskRecord>

function nextState(state: MemoryState, task: StoredTask, to: Settlement['transition'], at: number): Changes {
  switch (to.status) {
    case 'done':
      return { status: 'done', result: to.result, reason: to.reason ?? null, settledAt: at }
    case 'dead':
      return { status: 'dead', result: to.result ?? null, reason: to.reason, settledAt: at }
    case 'retrying':
      return { status: 'retrying', dueAt: to.dueAt, reason: to.reason, lane: 'retry' }
    case 'pending':
      return { status: 'pending', dueAt: to.dueAt, reason: null }
    case 'waiting':
      return { status: 'waiting', reason: to.reason ?? null, ...waitUntil(state, task, to) }
  }
}

function waitUntil(state: MemoryState, task: StoredTask, to: { dueAt?: number; wakeOn?: string }): Changes {
  const dueAt = to.dueAt ?? NEVER_DUE
  if (to.wakeOn === undefined) return { dueAt, wakeOn: null }
  const wokenAt = state.signals.since(to.wakeOn, task.lease?.wakesBefore ?? 0)
  return wokenAt === null ? { dueAt, wakeOn: to.wakeOn } : { dueAt: Math.min(dueAt, wokenAt), wakeOn: null }
}
