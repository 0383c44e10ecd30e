import { isPullwrightError, VcsError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Transport, TransportResponse } from '../ports/transport.ts'
import { parseRetryAfter } from '../retry/parse-retry-after.ts'
import { fetchOver } from './fetch-over.ts'
import { readLimits } from './forge-limits.ts'
import { type ForgeRequest, type ForgeRequestFacts, forgeRequestFacts } from './forge-request.ts'
import { createLimitBook } from './limit-book.ts'
import { timerOf } from './timer.ts'
import { transportError, transportFailure } from './transport-error.ts'
import { createTurns } from './turns.ts'
import { createWriteSpacing } from './write-spacing.ts'

export interface ForgeTransportOptions {
  transport: Transport
  clock?: Clock
  /** A limit that lasts longer is not waited for but thrown, so that the task comes back later. Default 2,000 ms. */
  maxWaitMs?: number
  /** Repeats of a read that failed on the way, and of a request refused by a short limit. Default 2. */
  maxRetries?: number
  /** Time between two writes of one credential once it wrote `writeBurst` times within a minute. Default 1,000 ms. */
  writeSpacingMs?: number
  /** Writes that go out at once before they are spaced: GitHub takes 80 a minute. Default 20. */
  writeBurst?: number
  /** Requests under way at once with one credential; GitHub refuses more than 100. Default 16. */
  concurrency?: number
  random?: () => number
}

export interface ForgeTransport extends Transport {
  send(request: ForgeRequest): Promise<TransportResponse>
}

/** Answers of a gateway that could not reach the forge. */
const PASSING_STATUSES = new Set([502, 503, 504])
/** Failures of the way, not of the request. */
const PASSING_REASONS = new Set(['reset', 'refused', 'timeout-connect', 'dns'])
const RETRY_BASE_MS = 200

/**
 * A transport that treats a forge's API as its owner asks. A credential that met a limit sends nothing until the limit
 * is over: calls reject with `VcsError('rate-limited')` and `retryAfter`. Writes to one repository run one after
 * another. Only reads are repeated after a failure; a write without an answer is never sent twice. All state lives here
 * and is kept by credential, so two adapters share nothing.
 */
export function createForgeTransport({
  transport,
  clock = Date,
  maxWaitMs = 2_000,
  maxRetries = 2,
  writeSpacingMs = 1_000,
  writeBurst = 20,
  concurrency = 16,
  random = Math.random,
}: ForgeTransportOptions): ForgeTransport {
  const setTimer = timerOf(clock)
  const book = createLimitBook()
  const turns = createTurns()
  const spacing = createWriteSpacing({ spacingMs: writeSpacingMs, burst: writeBurst })

  const send = async (request: ForgeRequest): Promise<TransportResponse> => {
    const facts = forgeRequestFacts(request)
    const attempt = () => turns.run(facts.credential, concurrency, request.signal, () => persist(request, facts))
    try {
      return facts.writeLane === null ? await attempt() : await turns.run(facts.writeLane, 1, request.signal, attempt)
    } catch (error) {
      throw request.signal?.aborted === true && !isPullwrightError(error) ? aborted(request, error) : error
    }
  }

  const persist = async (request: ForgeRequest, facts: ForgeRequestFacts): Promise<TransportResponse> => {
    for (let retries = 0; ; retries += 1) {
      if (facts.writeLane !== null) await pause(spacing.waitFor(facts.credential, clock.now()), request)
      await standBy(request, facts)
      const { idempotent: _flag, ...plain } = request
      const { answer, error } = await attemptOnce(transport, plain)
      const notice = answer === null ? null : readLimits(answer, clock.now())
      if (notice !== null) book.note(facts, notice, clock.now())
      else if (answer !== null) book.clear(facts)
      if (answer !== null && notice?.refused === true) {
        if (retries >= maxRetries) throw limited(facts, answer.status, clock.now())
        continue
      }
      const wait = facts.repeatable && retries < maxRetries ? retryWait(answer, error, retries) : null
      if (wait === null || wait > maxWaitMs) {
        if (answer === null) throw error
        return answer
      }
      await pause(wait, request)
    }
  }

  /** Waits out a short limit; a long one is thrown. */
  const standBy = async (request: ForgeRequest, facts: ForgeRequestFacts): Promise<void> => {
    for (;;) {
      const wait = book.blockedUntil(facts) - clock.now()
      if (wait <= 0) return
      if (wait > maxWaitMs) throw limited(facts, undefined, clock.now())
      await pause(wait, request)
    }
  }

  const retryWait = (answer: TransportResponse | null, error: unknown, retries: number): number | null => {
    const passing =
      answer === null ? PASSING_REASONS.has(transportFailure(error)?.reason ?? '') : PASSING_STATUSES.has(answer.status)
    if (!passing) return null
    const asked = parseRetryAfter(answer?.headers['retry-after'], clock.now()) ?? 0
    return Math.max(asked, RETRY_BASE_MS * 2 ** retries * (1 + random()))
  }

  const limited = (facts: ForgeRequestFacts, status: number | undefined, now: number): VcsError => {
    const until = book.blockedUntil(facts)
    return new VcsError(
      'rate-limited',
      `The rate limit of ${facts.host} is reached until ${new Date(until).toISOString()}; nothing is sent with this ` +
        'credential before that. Wait, or use a credential with a larger allowance',
      { retryAfter: Math.max(0, until - now), ...(status === undefined ? {} : { status }) },
    )
  }

  const pause = (milliseconds: number, { signal }: ForgeRequest): Promise<void> => {
    if (milliseconds <= 0) return Promise.resolve()
    return new Promise((resolve, reject) => {
      const cancel = setTimer(() => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }, milliseconds)
      const leave = () => {
        cancel()
        reject(signal?.reason)
      }
      if (signal?.aborted) leave()
      else signal?.addEventListener('abort', leave, { once: true })
    })
  }

  return { send, fetch: fetchOver(send), close: () => transport.close() }
}

async function attemptOnce(
  transport: Transport,
  request: ForgeRequest,
): Promise<{ answer: TransportResponse; error: null } | { answer: null; error: unknown }> {
  try {
    return { answer: await transport.send(request), error: null }
  } catch (error) {
    return { answer: null, error }
  }
}

function aborted(request: ForgeRequest, cause: unknown): Error {
  return transportError('aborted', new URL(request.url).origin, { cause })
}
