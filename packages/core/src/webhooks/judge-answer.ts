import type { Outcome } from '../ports/plugin.ts'
import { parseRetryAfter } from '../retry/parse-retry-after.ts'

/** Client errors that may pass: time-out, conflict, too early (RFC 8470), too many requests (RFC 6585). */
const RETRIED_STATUSES = new Set([408, 409, 425, 429])

/** A receiver may ask for so long at most. */
const LONGEST_RETRY_AFTER_MS = 24 * 60 * 60_000

export interface AnswerFacts {
  status: number
  headers: Readonly<Record<string, string>>
  /** Milliseconds since the epoch. */
  now: number
  /** Statuses of this endpoint that are tried again too. */
  retryOn: readonly number[]
  random: () => number
}

/**
 * What an answer's status means: 2xx is done, 410 is dead for good, what may pass is tried again, not before the time
 * in `Retry-After` (up to a tenth is added, so that a crowd does not return at once); everything else is final.
 */
export function judgeAnswer({ status, headers, now, retryOn, random }: AnswerFacts): Outcome {
  if (status >= 200 && status < 300) return { kind: 'done', result: { status } }
  if (status === 410) return { kind: 'dead', reason: 'HTTP 410: the receiver is gone, the endpoint was disabled' }
  if (status < 500 && !RETRIED_STATUSES.has(status) && !retryOn.includes(status)) {
    const redirect = status >= 300 && status < 400
    return { kind: 'dead', reason: `HTTP ${status}: ${redirect ? 'redirects are not followed' : 'final'}` }
  }
  const asked = parseRetryAfter(headers['retry-after'], now, LONGEST_RETRY_AFTER_MS)
  const reason = `HTTP ${status}`
  return asked === null
    ? { kind: 'retry', reason }
    : { kind: 'retry', reason, afterMs: Math.round(asked + (asked * random()) / 10) }
}
