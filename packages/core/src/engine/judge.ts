import { isPullwrightError, isVcsError } from '../errors.ts'
import type { Outcome } from '../ports/plugin.ts'
import type { Settlement } from '../ports/store.ts'
import { decideRetry } from '../retry/decide.ts'
import type { RetrySchedule } from '../retry/retry-schedule.ts'

/** Errors that another try cannot mend: a person has to change something first. */
const FINAL = new Set([
  'invalid-argument',
  'invalid-event',
  'unknown-event',
  'too-large',
  'key-required',
  'key-mismatch',
])

/** What an exception means. Messages are the caller's to redact. */
export function outcomeOfError(error: unknown, now: number): Outcome {
  const reason = messageOf(error)
  if (isVcsError(error)) {
    if (!error.retryable) return { kind: 'dead', reason }
    if (error.retryAfter === undefined) return { kind: 'retry', reason }
    // A limit is no failure of ours: to wait for its end is no attempt.
    if (error.code === 'rate-limited') return { kind: 'wait', untilMs: now + error.retryAfter, reason }
    return { kind: 'retry', reason, afterMs: error.retryAfter }
  }
  if (isPullwrightError(error) && FINAL.has(error.code)) return { kind: 'dead', reason }
  return { kind: 'retry', reason }
}

/** What a handler answered, held against the type that plain JavaScript does not check. Nothing counts as `done`. */
export function checkOutcome(handler: string, answer: unknown): Outcome {
  if (answer === undefined || answer === null) return { kind: 'done' }
  const problem = problemOf(answer as Record<string, unknown>)
  if (problem === null) return answer as Outcome
  return { kind: 'dead', reason: `Handler ${handler} ${problem}; answer with done(), retry(), wait() or dead()` }
}

function problemOf({ kind, afterMs, untilMs, wakeOn, reason }: Record<string, unknown>): string | null {
  if (kind === 'done') return null
  if (kind === 'dead') return typeof reason === 'string' ? null : 'gave no reason for dead'
  if (kind === 'retry') return isTime(afterMs) ? null : 'asked to be tried again after a time that is none'
  if (kind !== 'wait') return 'answered what is no outcome'
  if (untilMs === undefined && wakeOn === undefined) return 'waits for nothing: give untilMs or wakeOn'
  return isTime(untilMs) && (wakeOn === undefined || typeof wakeOn === 'string')
    ? null
    : 'waits for what is no time or name'
}

function isTime(value: unknown): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0 && value <= 8.64e15)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** From an outcome to the task's next state. */
export function transitionOf(
  outcome: Outcome,
  facts: { attempt: number; schedule: RetrySchedule; now: number; random: () => number; afterIs: 'floor' | 'exact' },
): Settlement['transition'] {
  switch (outcome.kind) {
    case 'done':
      return { status: 'done', result: outcome.result ?? null }
    case 'dead':
      return { status: 'dead', reason: outcome.reason }
    case 'wait':
      return {
        status: 'waiting',
        ...(outcome.untilMs === undefined ? {} : { dueAt: outcome.untilMs }),
        ...(outcome.wakeOn === undefined ? {} : { wakeOn: outcome.wakeOn }),
        ...(outcome.reason === undefined ? {} : { reason: outcome.reason }),
      }
    case 'retry': {
      const reason = outcome.reason ?? 'asked to be tried again'
      const decision = decideRetry({ ...facts, ...(outcome.afterMs === undefined ? {} : { afterMs: outcome.afterMs }) })
      if (decision.kind === 'retry') return { status: 'retrying', dueAt: decision.dueAt, reason }
      return { status: 'dead', reason: `${reason} (gave up after ${facts.attempt} attempts)` }
    }
  }
}
