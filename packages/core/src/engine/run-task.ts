import type { Outcome } from '../ports/plugin.ts'
import type { ClaimedTask, EndpointRow, Settlement } from '../ports/store.ts'
import type { Span, SpanStart } from '../ports/telemetry.ts'
import { type RetrySchedule, retrySchedule } from '../retry/retry-schedule.ts'
import type { StopSignal } from '../stop-signal.ts'
import { endpointRetry } from '../webhooks/plan.ts'
import { runDelivery } from './delivery-run.ts'
import { runHandler } from './handler-run.ts'
import { messageOf, outcomeOfError } from './judge.ts'
import { reportRun, spanAttributes } from './report.ts'
import { failed, type Run, type RunTaskParts, reasonOf, uncounted } from './run.ts'
import { untilStopped, withDeadline } from './run-limits.ts'
import { settlementOf } from './settlement.ts'
import { inSpan, traceOf } from './tracing.ts'

/** The follow-ups' documents may change between planning and settling; each try loses to one winner at most. */
const MOST_SETTLE_TRIES = 20

/** One claimed task from its run to its settlement. Never throws: what cannot be settled is taken over by lease. */
export async function runTask(
  claimed: ClaimedTask,
  endpoint: EndpointRow | null,
  stopping: StopSignal,
  parts: RunTaskParts,
): Promise<void> {
  const { telemetry } = parts
  try {
    const start = () => attemptSpan(claimed)
    await inSpan(telemetry, start, (span) => attempt(claimed, endpoint, { stopping, span }, parts))
  } catch (error) {
    parts.log.error(
      { taskId: claimed.task.id, error: parts.redactor.text(messageOf(error)) },
      'A task could not be settled; it is run again when its lease ends',
    )
  }
}

function attemptSpan({ task, event }: ClaimedTask): SpanStart {
  const attributes = { ...spanAttributes(task), 'pullwright.task.attempt': task.attempts + 1 }
  return { name: `attempt ${task.eventType}`, kind: 'consumer', attributes, parent: traceOf(event) }
}

async function attempt(
  claimed: ClaimedTask,
  endpoint: EndpointRow | null,
  { stopping, span }: { stopping: StopSignal; span: Span },
  parts: RunTaskParts,
): Promise<void> {
  const startedAt = parts.clock.now()
  const schedule = scheduleOf(claimed, endpoint, parts)
  const run = await perform(claimed, endpoint, { stopping, schedule }, parts)
  if (run.uncounted === 'lost') return dropped(claimed, parts)
  for (let tries = 1; tries <= MOST_SETTLE_TRIES; tries++) {
    const { settlement, followUps } = settlementOf(claimed, run, { startedAt, schedule, span }, parts)
    if (followUps.length > 0) settlement.followUps = await parts.accept.prepare(followUps)
    const { status } = await parts.settle(settlement)
    if (status === 'lost') return dropped(claimed, parts)
    if (status === 'conflict') continue
    finished(claimed, settlement, span, parts)
    if (run.recorded) await keepHealth(run.recorded, claimed, parts)
    return
  }
  throw new Error('The documents its follow-up events rest on kept changing')
}

function perform(
  claimed: ClaimedTask,
  endpoint: EndpointRow | null,
  { stopping, schedule }: { stopping: StopSignal; schedule: RetrySchedule },
  parts: RunTaskParts,
): Promise<Run> {
  const { task } = claimed
  if (claimed.superseded) return Promise.resolve(uncounted('superseded'))
  if (task.attempts > 0 && task.status === 'running' && schedule(task.attempts, 0) === null) {
    const outcome: Outcome = { kind: 'dead', reason: 'Its worker was lost on every attempt' }
    return Promise.resolve({ ...failed(outcome), error: null })
  }
  return task.target.kind === 'endpoint'
    ? untilStopped(runDelivery(claimed, endpoint, stopping, parts), stopping)
    : withDeadline(claimed, stopping, parts, (signal) => act(claimed, signal, parts))
}

async function act(claimed: ClaimedTask, signal: AbortSignal, parts: RunTaskParts): Promise<Run> {
  const { target } = claimed.task
  const name = target.kind === 'handler' ? target.handler : ''
  const owned = parts.handlers.get(name)
  if (!owned) return failed({ kind: 'dead', reason: `No plugin here has the handler ${name}` })
  try {
    const run = await runHandler(owned.plugin, owned.handler, claimed, signal, parts.handlerParts)
    return { ...run, error: reasonOf(run.outcome), details: null }
  } catch (error) {
    return failed(outcomeOfError(error, parts.clock.now()))
  }
}

/** Made when it is asked for: most runs go well the first time. */
function scheduleOf({ task }: ClaimedTask, endpoint: EndpointRow | null, { handlers }: RunTaskParts): RetrySchedule {
  const make = () => {
    if (task.target.kind === 'endpoint') return endpoint ? endpointRetry(endpoint) : retrySchedule('default')
    return handlers.get(task.target.handler)?.handler.retry ?? retrySchedule('default')
  }
  return (attempt, random) => make()(attempt, random)
}

async function keepHealth(recorded: () => Promise<void>, { task }: ClaimedTask, { log }: RunTaskParts): Promise<void> {
  try {
    await recorded()
  } catch (error) {
    log.warn({ taskId: task.id, error: messageOf(error) }, 'The health of an endpoint could not be kept')
  }
}

function dropped({ task }: ClaimedTask, { log }: RunTaskParts): void {
  log.warn(
    { taskId: task.id },
    'This task was cancelled, or another worker took it over; the result of this run is dropped',
  )
}

function finished(claimed: ClaimedTask, settlement: Settlement, span: Span, parts: RunTaskParts): void {
  const { task } = claimed
  const { status } = settlement.transition
  if (status === 'done' || status === 'dead') parts.handlerParts.stepMemory.delete(task.id)
  if (settlement.followUps) parts.recorded(settlement.followUps.events)
  reportRun(claimed, settlement, span, parts.telemetry)
  if (status === 'dead') {
    const { reason } = settlement.transition as { reason: string }
    const target = task.target.kind === 'endpoint' ? 'endpoint' : task.target.handler
    parts.log.warn({ taskId: task.id, target, eventId: task.eventId, reason }, 'A task was given up; it can be retried')
  }
}
