import type { ClaimedTask, NewAttempt, Settlement, TaskTarget } from '../ports/store.ts'
import type { Span } from '../ports/telemetry.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { RetrySchedule } from '../retry/retry-schedule.ts'
import { isOperational } from '../webhooks/operational.ts'
import type { Incoming } from './accept.ts'
import { transitionOf } from './judge.ts'
import type { Run, RunTaskParts } from './run.ts'
import { traceOf } from './tracing.ts'

export interface SettlementFacts {
  startedAt: number
  schedule: RetrySchedule
  /** Of the run: the trace of its follow-ups goes on from there. */
  span: Span
}

/** What is written when a run ends: the next state and the attempt; and the events that follow, still to be prepared. */
export function settlementOf(
  claimed: ClaimedTask,
  run: Run,
  { startedAt, schedule, span }: SettlementFacts,
  parts: RunTaskParts,
): { settlement: Settlement; followUps: readonly Incoming[] } {
  const { lease, task } = claimed
  const at = parts.clock.now()
  if (run.uncounted === 'superseded') {
    const reason = 'A newer event of the same key is recorded'
    const transition = { status: 'done' as const, result: { outcome: 'superseded' }, reason }
    return { settlement: { lease, at, transition }, followUps: NONE }
  }
  const stopped = run.uncounted === 'stopped'
  // A receiver's Retry-After only ever lengthens the wait; a handler's own word stands in place of the schedule's.
  const afterIs: 'floor' | 'exact' = task.target.kind === 'endpoint' ? 'floor' : 'exact'
  const facts = { attempt: task.attempts + 1, schedule, now: at, random: parts.random, afterIs }
  const transition: Settlement['transition'] = stopped
    ? { status: 'pending', dueAt: at }
    : redacted(transitionOf(run.outcome, facts), task.target.kind, parts.redactor)
  const settlement: Settlement = { lease, at, transition }
  if (run.progress !== null) settlement.progress = parts.redactor.text(run.progress)
  if (stopped) return { settlement, followUps: NONE }
  if (transition.status !== 'waiting') settlement.attempt = attemptOf(run, transition, { startedAt, at }, parts)
  return { settlement, followUps: followUpsOf(claimed, run, transition, { span, parts }) }
}

const NONE: readonly Incoming[] = []

function attemptOf(
  { error, details }: Run,
  { status }: Settlement['transition'],
  { startedAt, at }: { startedAt: number; at: number },
  { redactor }: RunTaskParts,
): NewAttempt {
  const outcome = status === 'retrying' ? 'retry' : status === 'dead' ? 'dead' : 'done'
  return { startedAt, endedAt: at, outcome, error: error === null ? null : redactor.text(error), details }
}

function followUpsOf(
  claimed: ClaimedTask,
  run: Run,
  transition: Settlement['transition'],
  { span, parts }: { span: Span; parts: RunTaskParts },
): readonly Incoming[] {
  const emitted = transition.status === 'retrying' ? run.followUps.filter(isRepeatable) : run.followUps
  if (emitted.length === 0 && transition.status !== 'dead') return NONE
  const traced = emitted.map((one) => ({ ...one, trace: span.carrier }))
  return transition.status === 'dead' ? [...traced, ...exhausted(claimed, transition.reason, parts)] : traced
}

/** A run that is to be repeated will emit again: only what its key keeps from being recorded twice is recorded now. */
function isRepeatable({ idempotencyKey }: Incoming): boolean {
  return idempotencyKey !== undefined
}

/** A delivery that is given up is itself an event; giving up on one of such an event is not. */
function exhausted({ task, event }: ClaimedTask, reason: string, parts: RunTaskParts): Incoming[] {
  if (task.target.kind !== 'endpoint' || isOperational(event.type)) return []
  const data = {
    delivery_id: task.id,
    endpoint_id: task.target.endpointId,
    event_id: event.id,
    event_type: event.type,
    attempts: task.attempts + 1,
    reason,
  }
  const cause = { event, taskId: task.id }
  const trace = traceOf(event)
  return [
    { ...parts.accept.check('delivery.exhausted', data), project: task.project, source: 'pullwright', cause, trace },
  ]
}

/** A delivery's own result is the status of its answer; a handler's is what somebody wrote. */
function redacted(
  transition: Settlement['transition'],
  kind: TaskTarget['kind'],
  redactor: Redactor,
): Settlement['transition'] {
  if (transition.status === 'done')
    return kind === 'endpoint' ? transition : { ...transition, result: redactor.value(transition.result) }
  if (!('reason' in transition) || transition.reason === undefined) return transition
  return { ...transition, reason: redactor.text(transition.reason) } as Settlement['transition']
}
