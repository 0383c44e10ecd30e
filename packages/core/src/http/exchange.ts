import type { Dispatcher } from 'undici'
import type { TransportRequest } from '../ports/transport.ts'
import type { StopSignal } from '../stop-signal.ts'
import type { ConnectTimings, Ticket } from './connector.ts'
import type { SetTimer } from './timer.ts'
import { TransportFailure, type TransportReason } from './transport-error.ts'

/** An answer as it came over the wire, not decompressed. */
export interface RawAnswer {
  status: number
  headers: Record<string, string>
  body: Uint8Array
  truncated: boolean
}

/** How far a request has come: what is left of one that fails. */
export interface Progress {
  status: number | undefined
  headers: Record<string, string>
  connection: ConnectTimings
  firstByte: number | null
}

export function newProgress(): Progress {
  return { status: undefined, headers: {}, connection: { dns: null, connect: null, tls: null }, firstByte: null }
}

export interface Limits {
  timeoutMs: number
  connectTimeoutMs: number
  firstByteTimeoutMs: number
  maxResponseBytes: number
}

/** A request whose signal may be one of our own. */
export type HeedingRequest = Omit<TransportRequest, 'signal'> & { signal?: StopSignal | undefined }

/** Where a request goes. */
export interface Target {
  origin: string
  path: string
}

export interface ExchangeParts {
  dispatch: (ticket: Ticket, options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler) => void
  setTimer: SetTimer
}

/** One request and its answer. Rejects with a `TransportFailure`, or with what undici or the connector says. */
export function exchange(
  request: HeedingRequest,
  target: Target,
  limits: Limits,
  progress: Progress,
  { dispatch, setTimer }: ExchangeParts,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { signal } = request
    const collected: Collected = { chunks: [], size: 0, truncated: false }
    const ticket: Ticket = { connectTimeoutMs: limits.connectTimeoutMs, timings: progress.connection }
    let sentAt = 0
    let controller: Dispatcher.DispatchController | null = null
    let settled = false
    const timers: (() => void)[] = []
    const end = (answer: RawAnswer | null, error?: unknown) => {
      if (settled) return
      settled = true
      for (const cancel of timers) cancel()
      signal?.removeEventListener('abort', onAbort)
      if (answer === null) reject(error)
      else resolve(answer)
    }
    const give = (reason: TransportReason, cause?: unknown) => {
      const failure = new TransportFailure(reason, { cause })
      end(null, failure)
      controller?.abort(failure)
    }
    const onAbort = () => give('aborted', signal?.reason)
    const succeed = () => end(answerOf(collected, progress))
    const startTimer = (reason: TransportReason, milliseconds: number): (() => void) => {
      const cancel = setTimer(() => give(reason), milliseconds)
      timers.push(cancel)
      return cancel
    }

    startTimer('timeout-total', limits.timeoutMs)
    let connected: (() => void) | undefined
    let firstByte: (() => void) | undefined
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        controller = started
        if (settled) return started.abort(new TransportFailure('aborted'))
        connected?.()
        sentAt = performance.now()
        if (limits.firstByteTimeoutMs < limits.timeoutMs) {
          firstByte = startTimer('timeout-first-byte', limits.firstByteTimeoutMs)
        }
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return
        firstByte?.()
        progress.firstByte = performance.now() - sentAt
        progress.status = status
        progress.headers = joinHeaders(headers)
      },
      onResponseData(running, chunk) {
        if (settled || !collect(collected, chunk, limits.maxResponseBytes)) return
        succeed()
        running.abort(new TransportFailure('too-large'))
      },
      onResponseEnd: succeed,
      onResponseError: (_controller, error) => end(null, error),
    }
    try {
      dispatch(ticket, dispatchOptions(request, target), handler)
      // With a connection at hand the request has started by now.
      if (controller === null && !settled) connected = startTimer('timeout-connect', limits.connectTimeoutMs)
    } catch (error) {
      end(null, error)
    }
  })
}

interface Collected {
  chunks: Uint8Array[]
  size: number
  truncated: boolean
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

function answerOf({ chunks, size, truncated }: Collected, { status = 0, headers }: Progress): RawAnswer {
  return { status, headers, body: Buffer.concat(chunks, size), truncated }
}

type AnswerHeaders = Record<string, string | string[] | undefined>

function dispatchOptions(request: HeedingRequest, { origin, path }: Target): Dispatcher.DispatchOptions {
  const headers = headerList(request.headers ?? {})
  return { origin, path, method: request.method.toUpperCase(), headers, body: request.body ?? null }
}

const ENCODING = 'accept-encoding'

/** Names and values by turns, as undici wants them in the end. Says what we can decode, where the request says nothing. */
function headerList(headers: Record<string, string>): string[] {
  const list: string[] = []
  let encoded = false
  for (const name of Object.keys(headers)) {
    const value = headers[name]
    encoded ||= name.length === ENCODING.length && name.toLowerCase() === ENCODING
    if (value !== undefined) list.push(name, value)
  }
  if (!encoded) list.push(ENCODING, 'gzip, deflate, br')
  return list
}

function joinHeaders(headers: AnswerHeaders): Record<string, string> {
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
