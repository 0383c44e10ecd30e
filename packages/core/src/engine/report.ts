import type { ClaimedTask, Settlement } from '../ports/store.ts'
import type { Span, Telemetry } from '../ports/telemetry.ts'
import { inSpan, traceOf } from './tracing.ts'

/** Tells telemetry what became of a run, once it is settled. */
export function reportRun(claimed: ClaimedTask, settlement: Settlement, span: Span, telemetry: Telemetry): void {
  const { task } = claimed
  const { status } = settlement.transition
  const target = task.target.kind === 'endpoint' ? 'endpoint' : task.target.handler
  const attributes = { target, event: task.eventType, status }
  telemetry.count('pullwright.task.settled', 1, attributes)
  span.set({ 'pullwright.task.status': status })
  if ((status === 'dead' || status === 'retrying') && settlement.transition.reason !== undefined) {
    span.fail(settlement.transition.reason)
  }
  if (status === 'retrying') telemetry.count('pullwright.task.retries', 1, { target, event: task.eventType })
  if (settlement.attempt) {
    const { startedAt, endedAt, outcome } = settlement.attempt
    telemetry.time('pullwright.task.duration', endedAt - startedAt, attributes)
    if (task.attempts === 0) {
      const lag = Math.max(0, startedAt - task.dueAt)
      telemetry.time('pullwright.task.lag', lag, { target, event: task.eventType })
    }
    if (target === 'endpoint') {
      telemetry.count('pullwright.delivery.attempts', 1, { event: task.eventType, outcome })
      telemetry.time('pullwright.delivery.duration', endedAt - startedAt, { event: task.eventType, outcome })
    }
  }
  for (const followUp of settlement.followUps?.events ?? []) {
    if (task.eventType !== 'environment.deployed' || !/^pull_request\.(opened|updated)$/.test(followUp.type)) continue
    // A task is made as its event is recorded.
    const time = Math.max(0, settlement.at - task.createdAt)
    telemetry.time('pullwright.deployment.pull_request_time', time, { target, event: followUp.type })
  }
  const isOver = status === 'done' || status === 'dead'
  if (isOver && telemetry.span !== undefined) void reportTask(claimed, settlement, span, telemetry)
}

/** The whole of a task, over all its attempts and processes: from its record to its end. */
function reportTask({ task, event }: ClaimedTask, settlement: Settlement, last: Span, telemetry: Telemetry) {
  const target = task.target.kind === 'endpoint' ? task.target.endpointId : task.target.handler
  const { at, transition } = settlement
  return inSpan(
    telemetry,
    () => ({
      name: `task ${task.eventType}`,
      kind: 'consumer',
      attributes: {
        ...spanAttributes(task),
        'pullwright.task.target': target,
        'pullwright.task.status': transition.status,
        'pullwright.task.attempts': task.attempts + (settlement.attempt ? 1 : 0),
      },
      parent: traceOf(event),
      links: last.carrier === null ? [] : [last.carrier],
      startedAt: task.createdAt,
      endedAt: Math.max(at, task.createdAt),
    }),
    async (span) => {
      if (transition.status === 'dead') span.fail(transition.reason)
    },
  )
}

export function spanAttributes({ id, eventId, eventType, project, target }: ClaimedTask['task']) {
  return {
    'pullwright.task.id': id,
    'pullwright.task.kind': target.kind,
    'pullwright.event.id': eventId,
    'pullwright.event.type': eventType,
    'pullwright.project': project,
  }
}
