import type { ClaimedTask, Settlement, TaskTarget } from '../ports/store.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { isOperational } from '../webhooks/operational.ts'
import type { Incoming } from './accept.ts'
import { transitionOf } from './judge.ts'
import type { Run, RunTaskParts } from './run.ts'
import { traceOf } from './tracing.ts'

/** What is written when a run ends: the next state, the attempt, and the follow-up events, planned now. */
export async function settlementOf(
  claimed: ClaimedTask,
  run: Run,
  startedAt: number,
  parts: RunTaskParts,
): Promise<Settlement> {
  const { lease, task } = claimed
  const at = parts.clock.now()
  const progress = run.progress === null ? {} : { progress: parts.redactor.text(run.progress) }
  if (run.uncounted === 'stopped') return { lease, at, transition: { status: 'pending', dueAt: at }, ...progress }
  if (run.uncounted === 'superseded') {
    const reason = 'A newer event of the same key is recorded'
    return { lease, at, transition: { status: 'done', result: { outcome: 'superseded' }, reason } }
  }
  // A receiver's Retry-After only ever lengthens the wait; a handler's own word stands in place of the schedule's.
  const afterIs: 'floor' | 'exact' = task.target.kind === 'endpoint' ? 'floor' : 'exact'
  const facts = { attempt: task.attempts + 1, schedule: run.schedule, now: at, random: parts.random, afterIs }
  const transition = redacted(transitionOf(run.outcome, facts), task.target.kind, parts.redactor)
  const emitted = transition.status === 'retrying' ? run.followUps.filter(isRepeatable) : run.followUps
  const followUps = [...emitted, ...exhausted(claimed, transition, parts)]
  const outcome = transition.status === 'retrying' ? 'retry' : transition.status === 'dead' ? 'dead' : 'done'
  const error = run.error === null ? null : parts.redactor.text(run.error)
  const settlement: Settlement = { lease, at, transition, ...progress }
  if (transition.status !== 'waiting') {
    settlement.attempt = { startedAt, endedAt: at, outcome, error, details: run.details }
  }
  if (followUps.length > 0) settlement.followUps = await parts.accept.prepare(followUps)
  return settlement
}

/** A run that is to be repeated will emit again: only what its key keeps from being recorded twice is recorded now. */
function isRepeatable({ idempotencyKey }: Incoming): boolean {
  return idempotencyKey !== undefined
}

/** A delivery that is given up is itself an event; giving up on one of such an event is not. */
function exhausted(claimed: ClaimedTask, transition: Settlement['transition'], parts: RunTaskParts): Incoming[] {
  const { task, event } = claimed
  if (task.target.kind !== 'endpoint' || transition.status !== 'dead' || isOperational(event.type)) return []
  const data = {
    delivery_id: task.id,
    endpoint_id: task.target.endpointId,
    event_id: event.id,
    event_type: event.type,
    attempts: task.attempts + 1,
    reason: transition.reason,
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
