import type { Agent } from 'undici'
import { isPullwrightError, PullwrightError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Transport, TransportResponse, TransportTimings } from '../ports/transport.ts'
import { remember } from '../remember.ts'
import { createConnector, type Ticket } from './connector.ts'
import { type DecodedBody, decodeBody } from './decode-body.ts'
import { type EgressGuard, resolveName } from './egress-guard.ts'
import {
  type ExchangeParts,
  exchange,
  type HeedingRequest,
  type Limits,
  newProgress,
  type Progress,
  type RawAnswer,
  type Target,
} from './exchange.ts'
import { fetchOver } from './fetch-over.ts'
import { timerOf } from './timer.ts'
import { classify, type FailureOptions, TransportFailure, transportError } from './transport-error.ts'

export interface TransportOptions {
  /** For addresses that tenants supply. Without it any address is connected to. */
  guard?: EgressGuard
  /** Sockets for each origin; further requests queue. Default 64. */
  connections?: number
  /** Its `setTimer` measures the time-outs. */
  clock?: Clock
  /** Certificates to trust instead of Node's own, PEM: a GitHub Enterprise Server with a private authority. */
  ca?: string | readonly string[]
}

/** Milliseconds and bytes where a request says nothing. */
export const TRANSPORT_DEFAULTS = {
  timeoutMs: 30_000,
  connectTimeoutMs: 10_000,
  maxResponseBytes: 64 * 1024 * 1024,
} as const

/** URLs whose judgement is kept. */
const KNOWN_URLS = 1_000
const LONGEST_URL = 2_048

/**
 * HTTP over undici's keep-alive pools, without pipelining. Redirects are answers like any other: none is followed.
 * undici is loaded by the first request, and idle sockets do not keep the process alive.
 */
export function createTransport({ guard, connections = 64, clock, ca }: TransportOptions = {}): Transport {
  const setTimer = timerOf(clock)
  let opening: Promise<Opened> | null = null
  /** The same, once it is there: nobody waits for it again. */
  let opened: Opened | null = null
  let closed = false
  let current: Ticket | null = null

  // A URL is judged the same each time; names are resolved and judged again with each connection.
  const targetOf = remember((text: string) => parse(text, guard), KNOWN_URLS, LONGEST_URL)

  const open = async (): Promise<Opened> => {
    const { Agent } = await import('undici')
    const connect = createConnector({
      resolve: guard?.resolve ?? resolveName,
      currentTicket: () => current,
      setTimer,
      defaultTimeoutMs: TRANSPORT_DEFAULTS.connectTimeoutMs,
      ca,
    })
    // The time-outs are ours: undici's tick once a second.
    const agent = new Agent({ connect, connections, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })
    const dispatch: ExchangeParts['dispatch'] = (ticket, options, handler) => {
      current = ticket
      try {
        agent.dispatch(options, handler)
      } finally {
        current = null
      }
    }
    opened = { agent, setTimer, dispatch }
    return opened
  }

  const send = async (request: HeedingRequest): Promise<TransportResponse> => {
    const started = performance.now()
    const target = targetOf(request.url)
    const { origin } = target
    if (closed) throw new PullwrightError('stopped', 'This transport is closed.')
    if (request.signal?.aborted) throw transportError('aborted', origin, { cause: request.signal.reason })
    opening ??= open()
    const parts = opened ?? (await opening)
    const limits = limitsOf(request)
    const progress = newProgress()
    try {
      const raw = await exchange(request, target, limits, progress, parts)
      const { body, truncated } = raw.headers['content-encoding'] === undefined ? raw : await decode(raw, limits)
      return { status: raw.status, headers: raw.headers, body, truncated, timings: timingsOf(progress, started) }
    } catch (error) {
      const { status, headers } = progress
      throw explain(error, origin, { status, headers, timings: timingsOf(progress, started) })
    }
  }

  return {
    send,
    fetch: fetchOver(send),
    async close() {
      closed = true
      await (await opening)?.agent.destroy(new TransportFailure('aborted'))
    },
  }
}

interface Opened extends ExchangeParts {
  agent: Agent
}

function decode(raw: RawAnswer, limits: Limits): Promise<DecodedBody> {
  const options = { limit: limits.maxResponseBytes, cut: raw.truncated }
  return decodeBody(raw.body, raw.headers['content-encoding'], options)
}

function parse(text: string, guard: EgressGuard | undefined): Target {
  const { origin, pathname, search } = guard === undefined ? urlOf(text) : guard.check(text)
  return { origin, path: pathname + search }
}

function urlOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && (url.protocol === 'https:' || url.protocol === 'http:')) return url
  throw new PullwrightError('invalid-argument', 'A request needs an absolute http: or https: URL.')
}

function limitsOf(request: HeedingRequest): Limits {
  const timeoutMs = request.timeoutMs ?? TRANSPORT_DEFAULTS.timeoutMs
  return {
    timeoutMs,
    connectTimeoutMs: request.connectTimeoutMs ?? Math.min(TRANSPORT_DEFAULTS.connectTimeoutMs, timeoutMs),
    firstByteTimeoutMs: request.firstByteTimeoutMs ?? timeoutMs,
    maxResponseBytes: request.maxResponseBytes ?? TRANSPORT_DEFAULTS.maxResponseBytes,
  }
}

/** Member by member: a spread for each request costs more than its signature. */
function timingsOf({ connection, firstByte }: Progress, started: number): TransportTimings {
  const { dns, connect, tls } = connection
  return { dns, connect, tls, firstByte, total: performance.now() - started }
}

/** Errors of our own pass; the rest get a class. undici's complaints about arguments name a header, never its value. */
function explain(error: unknown, origin: string, reached: Omit<FailureOptions, 'cause'>): unknown {
  if (isPullwrightError(error)) return error
  if (error instanceof TransportFailure) {
    return transportError(error.reason, origin, { cause: error.cause, ...reached })
  }
  const code = (error as { code?: unknown } | null)?.code
  if (code === 'UND_ERR_INVALID_ARG' || code === 'UND_ERR_NOT_SUPPORTED') {
    return new PullwrightError(
      'invalid-argument',
      `The request to ${origin} cannot be sent: ${(error as Error).message}`,
    )
  }
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
    return transportError('aborted', origin, { cause: error, ...reached })
  return transportError(classify(error), origin, { cause: error, ...reached })
}
