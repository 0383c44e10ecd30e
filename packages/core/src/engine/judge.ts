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
export function outcomeOfError(error: unknown): Outcome {
  const reason = messageOf(error)
  if (isVcsError(error)) {
    if (!error.retryable) return { kind: 'dead', reason }
    return error.retryAfter === undefined
      ? { kind: 'retry', reason }
      : { kind: 'retry', reason, afterMs: error.retryAfter }
  }
  if (isPullwrightError(error) && FINAL.has(error.code)) return { kind: 'dead', reason }
  return { kind: 'retry', reason }
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
