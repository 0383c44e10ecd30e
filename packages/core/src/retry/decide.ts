import type { RetrySchedule } from './retry-schedule.ts'

export interface RetryQuestion {
  /** Tries that have failed, this one counted: 1 after the first. */
  attempt: number
  schedule: RetrySchedule
  /** Milliseconds since the epoch. */
  now: number
  random?: number | (() => number)
  /** What the other side or the handler asked for, in milliseconds. */
  afterMs?: number
  /**
   * `floor`: not before `afterMs`, and not before the schedule either, which is how a `Retry-After` is honoured.
   * `exact`: `afterMs` in place of the schedule's wait. Default `floor`.
   */
  afterIs?: 'floor' | 'exact'
  /** `afterMs` is cut to this, so that nobody can park a task for years. Default 86,400,000 (a day). */
  maxAfterMs?: number
}

export type RetryDecision =
  /** `dueAt`: milliseconds since the epoch. */
  { kind: 'retry'; dueAt: number } | { kind: 'dead'; reason: string }

const DAY = 86_400_000

/** The one place that says when a failed task is tried again, or that it is dead. The schedule alone decides how often. */
export function decideRetry(question: RetryQuestion): RetryDecision {
  const { attempt, schedule, now, random, afterIs = 'floor', maxAfterMs = DAY } = question
  const wait = schedule(attempt, random)
  if (wait === null)
    return { kind: 'dead', reason: `gave up after ${attempt} ${attempt === 1 ? 'attempt' : 'attempts'}` }
  const asked = clamp(question.afterMs, maxAfterMs)
  if (asked === null) return { kind: 'retry', dueAt: now + wait }
  return { kind: 'retry', dueAt: now + (afterIs === 'exact' ? asked : Math.max(wait, asked)) }
}

function clamp(afterMs: number | undefined, most: number): number | null {
  if (afterMs === undefined || Number.isNaN(afterMs)) return null
  return Math.ceil(Math.min(Math.max(0, afterMs), most))
}
