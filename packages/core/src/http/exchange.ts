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
  parts: ExchangeParts,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const { signal } = request
    const underWay = new Exchange(limits, progress, parts.setTimer, (answer, error) => {
      signal?.removeEventListener('abort', onAbort)
      if (answer === null) reject(error)
      else resolve(answer)
    })
    const onAbort = () => underWay.give('aborted', signal?.reason)
    if (signal?.aborted) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      const ticket = { connectTimeoutMs: limits.connectTimeoutMs, timings: progress.connection }
      parts.dispatch(ticket, dispatchOptions(request, target), underWay)
      underWay.dispatched()
    } catch (error) {
      underWay.fail(error)
    }
  })
}

/** What undici calls. A class, as every delivery makes one: closures for all that it does would cost more than doing it. */
class Exchange implements Dispatcher.DispatchHandler {
  private readonly limits: Limits
  private readonly progress: Progress
  private readonly setTimer: SetTimer
  /** Called once. */
  private readonly ended: (answer: RawAnswer | null, error: unknown) => void
  private readonly chunks: Uint8Array[] = []
  private size = 0
  private truncated = false
  private sentAt = 0
  private settled = false
  private controller: Dispatcher.DispatchController | null = null
  private readonly cancelTotal: () => void
  private cancelConnect = () => {}
  private cancelFirstByte = () => {}

  constructor(limits: Limits, progress: Progress, setTimer: SetTimer, ended: Exchange['ended']) {
    this.limits = limits
    this.progress = progress
    this.setTimer = setTimer
    this.ended = ended
    this.cancelTotal = this.startTimer('timeout-total', limits.timeoutMs)
  }

  /** With a connection at hand the request has started by now. */
  dispatched(): void {
    if (this.controller !== null || this.settled) return
    this.cancelConnect = this.startTimer('timeout-connect', this.limits.connectTimeoutMs)
  }

  give(reason: TransportReason, cause?: unknown): void {
    const failure = new TransportFailure(reason, { cause })
    this.fail(failure)
    this.controller?.abort(failure)
  }

  fail(error: unknown): void {
    this.end(null, error)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller
    if (this.settled) {
      controller.abort(new TransportFailure('aborted'))
      return
    }
    this.cancelConnect()
    this.sentAt = performance.now()
    const { firstByteTimeoutMs, timeoutMs } = this.limits
    if (firstByteTimeoutMs < timeoutMs) this.cancelFirstByte = this.startTimer('timeout-first-byte', firstByteTimeoutMs)
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: AnswerHeaders): void {
    if (status < 200) return
    this.cancelFirstByte()
    this.progress.firstByte = performance.now() - this.sentAt
    this.progress.status = status
    this.progress.headers = joinHeaders(headers)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.settled) return
    const room = this.limits.maxResponseBytes - this.size
    this.truncated = chunk.length > room
    const part = this.truncated ? chunk.subarray(0, room) : chunk
    this.chunks.push(part)
    this.size += part.length
    if (!this.truncated) return
    this.onResponseEnd()
    controller.abort(new TransportFailure('too-large'))
  }

  onResponseEnd(): void {
    const { status = 0, headers } = this.progress
    const [only] = this.chunks
    const body = only !== undefined && this.chunks.length === 1 ? only : Buffer.concat(this.chunks, this.size)
    this.end({ status, headers, body, truncated: this.truncated }, null)
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: unknown): void {
    this.fail(error)
  }

  private startTimer(reason: TransportReason, milliseconds: number): () => void {
    return this.setTimer(() => this.give(reason), milliseconds)
  }

  private end(answer: RawAnswer | null, error: unknown): void {
    if (this.settled) return
    this.settled = true
    this.cancelTotal()
    this.cancelConnect()
    this.cancelFirstByte()
    this.ended(answer, error)
  }
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
    list.push(name, headers[name] ?? '')
    encoded ||= name.length === ENCODING.length && name.toLowerCase() === ENCODING
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
