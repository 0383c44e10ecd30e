import type { Dispatcher } from 'undici'
import type { TransportRequest } from '../ports/transport.ts'
import type { StopSignal } from '../stop-signal.ts'
import type { ConnectTimings, Ticket } from './connector.ts'
import type { SetTimer } from './timer.ts'
import { classify, TransportFailure, type TransportReason } from './transport-error.ts'

/** An answer as it came over the wire, not decompressed. */
export interface RawAnswer {
  status: number
  headers: Record<string, string>
  body: Uint8Array
  truncated: boolean
  connection: ConnectTimings
  firstByte: number
}

export interface Limits {
  timeoutMs: number
  connectTimeoutMs: number
  firstByteTimeoutMs: number
  maxResponseBytes: number
}

/** A request whose signal may be one of our own. */
export type HeedingRequest = Omit<TransportRequest, 'signal'> & { signal?: StopSignal }

/** One request and its answer. Rejects with a `TransportFailure`, or with what the connector refused it with. */
export function exchange(
  dispatch: (ticket: Ticket, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => void,
  request: HeedingRequest,
  url: URL,
  limits: Limits,
  setTimer: SetTimer,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const collected = newCollected()
    const ticket: Ticket = {
      connectTimeoutMs: limits.connectTimeoutMs,
      timings: { dns: null, connect: null, tls: null },
    }
    let controller: Dispatcher.DispatchController | null = null
    let settled = false
    const timers = new Set<() => void>()
    const end = (finish: () => void) => {
      if (settled) return
      settled = true
      for (const cancel of timers) cancel()
      request.signal?.removeEventListener('abort', onAbort)
      finish()
    }
    const fail = (error: unknown) => end(() => reject(withStatus(error, collected.status)))
    const give = (reason: TransportReason, cause?: unknown) => {
      const failure = new TransportFailure(reason, { cause })
      fail(failure)
      controller?.abort(failure)
    }
    const onAbort = () => give('aborted', request.signal?.reason)
    const succeed = () => end(() => resolve(answerOf(collected, ticket)))
    const startTimer = (reason: TransportReason, milliseconds: number): (() => void) => {
      const cancel = setTimer(() => give(reason), milliseconds)
      timers.add(cancel)
      return cancel
    }

    startTimer('timeout-total', limits.timeoutMs)
    let connected = () => {}
    let firstByte = () => {}
    if (request.signal?.aborted) return onAbort()
    request.signal?.addEventListener('abort', onAbort, { once: true })
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started
        if (settled) return started.abort(new TransportFailure('aborted'))
        connected()
        collected.sentAt = performance.now()
        if (limits.firstByteTimeoutMs < limits.timeoutMs) {
          firstByte = startTimer('timeout-first-byte', limits.firstByteTimeoutMs)
        }
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return
        firstByte()
        collected.firstByteAt = performance.now()
        collected.status = status
        collected.headers = joinHeaders(headers)
      },
      onResponseData(running, chunk) {
        if (settled || !collect(collected, chunk, limits.maxResponseBytes)) return
        succeed()
        running.abort(new TransportFailure('too-large'))
      },
      onResponseEnd: succeed,
      onResponseError: (_controller, error) => fail(error),
    }
    try {
      dispatch(ticket, dispatchOptions(request, url), handler)
      // With a connection at hand the request has started by now.
      if (controller === null && !settled) connected = startTimer('timeout-connect', limits.connectTimeoutMs)
    } catch (error) {
      fail(error)
    }
  })
}

interface Collected {
  status: number | undefined
  headers: Record<string, string>
  chunks: Uint8Array[]
  size: number
  truncated: boolean
  sentAt: number
  firstByteAt: number
}

function newCollected(): Collected {
  return { status: undefined, headers: {}, chunks: [], size: 0, truncated: false, sentAt: 0, firstByteAt: 0 }
}

/** True once there is more than the limit. */
function collect(collected: Collected, chunk: Uint8Array, limit: number): boolean {
  const room = limit - collected.size
  collected.truncated = chunk.length > room
  const part = collected.truncated ? chunk.subarray(0, room) : chunk
  collected.chunks.push(part)
  collected.size += part.length
  return collected.truncated
}

function answerOf(collected: Collected, ticket: Ticket): RawAnswer {
  return {
    status: collected.status ?? 0,
    headers: collected.headers,
    body: Buffer.concat(collected.chunks, collected.size),
    truncated: collected.truncated,
    connection: ticket.timings,
    firstByte: collected.firstByteAt - collected.sentAt,
  }
}

function dispatchOptions(request: HeedingRequest, url: URL): Dispatcher.DispatchOptions {
  return {
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method.toUpperCase(),
    headers: request.headers ?? {},
    body: request.body ?? null,
  }
}

function joinHeaders(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const joined: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    const text = Array.isArray(value) ? value.join(', ') : (value ?? '')
    // An assignment would set the prototype instead of a member.
    if (name === '__proto__') Object.defineProperty(joined, name, { value: text, ...ORDINARY })
    else joined[name.toLowerCase()] = text
  }
  return joined
}

const ORDINARY = { enumerable: true, configurable: true, writable: true }

/** Keeps the status where the answer had begun: receivers that answered 200 and then broke off did answer. */
function withStatus(error: unknown, status: number | undefined): unknown {
  if (status === undefined) return error
  return error instanceof TransportFailure
    ? new TransportFailure(error.reason, { cause: error.cause, status })
    : new TransportFailure(classify(error), { cause: error, status })
}
