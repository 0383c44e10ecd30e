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
import { type Acted, LEASE_LOST, type Run, type RunTaskParts } from './run.ts'
import { settlementOf } from './settlement.ts'
import { inSpan, traceOf } from './tracing.ts'

const DEFAULT_TIMEOUT_MS = 60_000
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
  return { ...empty, ...guarded }
}

/** A delivery heeds its signal and has time-outs of its own; what it rests on, such as a key service, may not. */
function untilStopped(delivery: Promise<Acted>, stopping: StopSignal): Promise<Acted | 'stopped'> {
  return new Promise((resolve, reject) => {
    const stop = () => resolve('stopped')
    stopping.addEventListener('abort', stop, { once: true })
    if (stopping.aborted) stop()
    const end = () => stopping.removeEventListener('abort', stop)
    delivery.then(
      (acted) => {
        end()
        resolve(acted)
      },
      (error) => {
        end()
        reject(error)
      },
    )
  })
}

async function act(claimed: ClaimedTask, signal: AbortSignal, parts: RunTaskParts): Promise<Acted> {
  const { target } = claimed.task
  const name = target.kind === 'handler' ? target.handler : ''
  const owned = parts.handlers.get(name)
  if (!owned) return fail({ kind: 'dead', reason: `No plugin here has the handler ${name}` })
  try {
    const run = await runHandler(owned.plugin, owned.handler, claimed, signal, parts.handlerParts)
    return { ...run, error: reasonOf(run.outcome), details: null }
  } catch (error) {
    return fail(outcomeOfError(error, parts.clock.now()))
  }
}

function fail(outcome: Outcome): Acted {
  return { outcome, followUps: [], progress: null, error: reasonOf(outcome), details: null }
}

function reasonOf(outcome: Outcome): string | null {
  return outcome.kind === 'retry' || outcome.kind === 'dead' ? (outcome.reason ?? null) : null
}

/** Ends a run that takes too long even if it ignores its signal. */
async function withDeadline(
  claimed: ClaimedTask,
  stopping: StopSignal,
  parts: RunTaskParts,
  work: (signal: AbortSignal) => Promise<Acted>,
): Promise<Acted | 'stopped'> {
  const { target } = claimed.task
  const limit =
    target.kind === 'handler' ? (parts.handlers.get(target.handler)?.handler.timeoutMs ?? DEFAULT_TIMEOUT_MS) : 0
  const abort = new AbortController()
  let cancelTimer = () => {}
  const cut = new Promise<Acted | 'stopped'>((resolve) => {
    const stop = () => {
      abort.abort(stopping.reason)
      resolve('stopped')
    }
    if (stopping.aborted) return stop()
    stopping.addEventListener('abort', stop, { once: true })
    const timer =
      limit > 0 &&
      parts.clock.setTimer(() => {
        abort.abort(new Error(`The run took longer than ${limit} ms`))
        resolve(fail({ kind: 'retry', reason: `Took longer than ${limit} ms and was aborted` }))
      }, limit)
    cancelTimer = () => {
      if (timer) timer()
      stopping.removeEventListener('abort', stop)
    }
  })
  try {
    return await Promise.race([work(abort.signal), cut])
  } finally {
    cancelTimer()
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
  const traced = { ...run, followUps: run.followUps.map((followUp) => ({ ...followUp, trace: span.carrier })) }
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
