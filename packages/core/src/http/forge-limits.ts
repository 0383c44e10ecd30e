import type { TransportResponse } from '../ports/transport.ts'
import { parseRetryAfter } from '../retry/parse-retry-after.ts'

/** What an answer says about further requests. */
export interface LimitNotice {
  /** This request was refused; false: it was served, and the next one would be refused. */
  refused: boolean
  /** Every request of the credential must wait, or only those that draw on the same allowance. */
  scope: 'credential' | 'allowance'
  /** Milliseconds to wait; null: the forge does not say. */
  waitMs: number | null
}

/** No forge asks for more than its window of an hour; a day is a safe bound against nonsense. */
const LONGEST_WAIT_MS = 24 * 60 * 60_000

/**
 * Reads GitHub's primary and secondary limits and the `RateLimit-*` and `Retry-After` of GitLab and Bitbucket. GitHub's
 * GraphQL reports its limit in a 200. Null: nothing to heed.
 */
export function readLimits(answer: TransportResponse, now: number): LimitNotice | null {
  const { status, headers } = answer
  const spent = Number(headers['x-ratelimit-remaining'] ?? headers['ratelimit-remaining'] ?? 1) === 0
  const resetMs = spent ? resetWait(headers, now) : null
  const retryAfterMs = parseRetryAfter(headers['retry-after'], now, LONGEST_WAIT_MS)
  const waitMs = retryAfterMs ?? resetMs
  if (status === 429 || (status === 403 && (retryAfterMs !== null || isSecondary(answer)))) {
    return { refused: true, scope: 'credential', waitMs }
  }
  if (spent && status === 403) return { refused: true, scope: 'allowance', waitMs }
  if (status === 200 && refusedByGraphql(answer)) return { refused: true, scope: 'allowance', waitMs }
  return spent && resetMs !== null ? { refused: false, scope: 'allowance', waitMs: resetMs } : null
}

/** The reset is the server's time, so it is measured by the server's own clock where the answer tells it. */
function resetWait(headers: Readonly<Record<string, string>>, now: number): number | null {
  const text = headers['x-ratelimit-reset'] ?? headers['ratelimit-reset']
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || value < 0) return null
  // GitHub and GitLab give seconds since the epoch; the RateLimit header draft gives seconds from now.
  if (value < EPOCH_LIKE) return Math.min(value * 1000, LONGEST_WAIT_MS)
  const serverNow = Date.parse(headers.date ?? '')
  const wait = value * 1000 - (Number.isNaN(serverNow) ? now : serverNow)
  return Math.min(Math.max(0, wait), LONGEST_WAIT_MS)
}

/** The year 2001 in seconds: a wait is never so long. */
const EPOCH_LIKE = 1e9

/** GitHub, "Rate limits for the REST API": a 403 whose message names the secondary limit; older servers say abuse. */
const SECONDARY = /secondary rate limit|abuse detection/i
const GRAPHQL_LIMIT = /"type"\s*:\s*"RATE_LIMIT(ED)?"/
const READ_AT_MOST = 64 * 1024

function isSecondary({ body }: TransportResponse): boolean {
  return SECONDARY.test(Buffer.from(body.subarray(0, READ_AT_MOST)).toString('latin1'))
}

/** Only where nothing was done: an answer with data beside the error is the caller's to read. */
function refusedByGraphql({ headers, body }: TransportResponse): boolean {
  if (body.length > READ_AT_MOST || !(headers['content-type'] ?? '').includes('json')) return false
  const text = Buffer.from(body).toString('utf8')
  if (!GRAPHQL_LIMIT.test(text)) return false
  try {
    const { data, errors } = JSON.parse(text) as { data?: unknown; errors?: { type?: unknown }[] }
    const limited = Array.isArray(errors) && errors.some(({ type }) => /^RATE_LIMIT/.test(String(type)))
    return limited && (data === undefined || data === null)
  } catch {
    return false
  }
}
