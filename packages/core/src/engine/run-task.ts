import type { ClaimedTask, EndpointRow, Settlement } from '../ports/store.ts'
import type { Span, SpanStart } from '../ports/telemetry.ts'
import { type RetrySchedule, retrySchedule } from '../retry/retry-schedule.ts'
import type { StopSignal } from '../stop-signal.ts'
import { endpointRetry } from '../webhooks/plan.ts'
import { runDelivery } from './delivery-run.ts'
import { runHandler } from './handler-run.ts'
import { messageOf, outcomeOfError } from './judge.ts'
import { reportRun, spanAttributes } from './report.ts'
import { type Acted, failed, LEASE_LOST, type Run, type RunTaskParts, reasonOf } from './run.ts'
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
  const startedAt = parts.clock.now()
  try {
    await inSpan(
      parts.telemetry,
      () => attemptSpan(claimed),
      async (span) => {
        const run = await perform(claimed, endpoint, stopping, parts)
        await settleRun(claimed, run, { startedAt, span }, parts)
      },
    )
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

async function perform(
  claimed: ClaimedTask,
  endpoint: EndpointRow | null,
  stopping: StopSignal,
  parts: RunTaskParts,
): Promise<Run> {
  const { task } = claimed
  const schedule = scheduleOf(claimed, endpoint, parts)
  const empty = { followUps: [], progress: null, error: null, details: null, schedule }
  if (claimed.superseded) return { ...empty, outcome: { kind: 'done' }, uncounted: 'superseded' }
  if (task.attempts > 0 && task.status === 'running' && schedule(task.attempts, 0) === null) {
    return { ...empty, outcome: { kind: 'dead', reason: 'Its worker was lost on every attempt' } }
  }
  const guarded =
    task.target.kind === 'endpoint'
      ? await untilStopped(runDelivery(claimed, endpoint, stopping, parts), stopping)
      : await withDeadline(claimed, stopping, parts, (signal) => act(claimed, signal, parts))
  if (guarded === 'stopped') {
    const uncounted = messageOf(stopping.reason) === LEASE_LOST ? 'lost' : 'stopped'
    return { ...empty, outcome: { kind: 'done' }, uncounted }
  }
  return { ...guarded, schedule }
}

async function act(claimed: ClaimedTask, signal: AbortSignal, parts: RunTaskParts): Promise<Acted> {
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

async function settleRun(
  claimed: ClaimedTask,
  run: Run,
  { startedAt, span }: { startedAt: number; span: Span },
  parts: RunTaskParts,
): Promise<void> {
  if (run.uncounted === 'lost') return dropped(claimed, parts)
  const trace = span.carrier
  const traced =
    run.followUps.length === 0 ? run : { ...run, followUps: run.followUps.map((one) => ({ ...one, trace })) }
  for (let tries = 1; tries <= MOST_SETTLE_TRIES; tries++) {
    const settlement = await settlementOf(claimed, traced, startedAt, parts)
    const result = await parts.settle(settlement)
    if (result.status === 'lost') return dropped(claimed, parts)
    if (result.status === 'conflict') continue
    finished(claimed, settlement, span, parts)
    await run.recorded?.().catch((error: unknown) => {
      parts.log.warn(
        { taskId: claimed.task.id, error: messageOf(error) },
        'The health of an endpoint could not be kept',
      )
    })
    return
  }
  throw new Error('The documents its follow-up events rest on kept changing')
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
