import { PullwrightError } from '../errors.ts'
import type { TransportTimings } from '../ports/transport.ts'

/** Why there was no usable answer. Stable: written with each attempt. */
export type TransportReason =
  | 'refused'
  | 'reset'
  | 'timeout-connect'
  | 'timeout-first-byte'
  | 'timeout-total'
  | 'dns'
  | 'tls'
  | 'protocol'
  | 'aborted'
  | 'too-large'

export interface FailureOptions {
  cause?: unknown
  /** Of the answer, where it had begun; so are its headers. */
  status?: number | undefined
  headers?: Readonly<Record<string, string>> | undefined
  /** Of the phases that were over; undefined where nothing was sent. */
  timings?: TransportTimings | undefined
}

/** The `cause` of a `transport` error: its class, and how far the request had come. */
export class TransportFailure extends Error {
  readonly reason: TransportReason
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>> | undefined
  readonly timings: TransportTimings | undefined

  constructor(reason: TransportReason, options: FailureOptions = {}) {
    super(reason, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'TransportFailure'
    this.reason = reason
    this.status = options.status
    this.headers = options.headers
    this.timings = options.timings
    Object.defineProperty(this, TRANSPORT_FAILURE, { value: true })
  }
}

const TRANSPORT_FAILURE = Symbol.for('pullwright.transport-failure')

/** What each class means and what to do about it. */
const SENTENCES: Readonly<Record<TransportReason, string>> = {
  refused: 'refused the connection or cannot be reached; is it running, and is the port right?',
  reset: 'closed the connection before the answer was complete',
  'timeout-connect': 'did not take a connection in time',
  'timeout-first-byte': 'did not begin to answer in time',
  'timeout-total': 'did not finish its answer in time',
  dns: 'has a host name that does not resolve; check its spelling',
  tls: 'failed the TLS handshake; check its certificate, and that it speaks https',
  protocol: 'answered something that is not HTTP',
  aborted: 'was not waited for: the request was aborted',
  'too-large': 'sent more than the limit',
}

/**
 * A `transport` error. The message names the origin only: a path, a query or a user name may be a secret.
 * Its `cause` is a `TransportFailure`.
 */
export function transportError(reason: TransportReason, origin: string, options: FailureOptions = {}): PullwrightError {
  const message = `${reason}: ${origin} ${SENTENCES[reason]}`
  return new PullwrightError('transport', message, { cause: new TransportFailure(reason, options) })
}

/** The failure behind an error thrown by a transport, however deep a client library wrapped it; null for other errors. */
export function transportFailure(error: unknown): TransportFailure | null {
  let current = error
  for (let depth = 0; depth < 8 && typeof current === 'object' && current !== null; depth += 1) {
    if (isTransportFailure(current)) return current
    current = (current as { cause?: unknown }).cause
  }
  return null
}

/** The class of an error from the network layer. */
export function classify(error: unknown): TransportReason {
  // undici's parser errors may come without a code.
  if (error instanceof Error && error.name === 'HTTPParserError') return 'protocol'
  const code = codeOf(error)
  const known = REASONS[code]
  if (known !== undefined) return known
  return CODE_FAMILIES.find(([pattern]) => pattern.test(code))?.[1] ?? 'reset'
}

/** Error codes of Node (`errno`, c-ares) and of undici. */
const REASONS: Readonly<Record<string, TransportReason>> = {
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'refused',
  ENETUNREACH: 'refused',
  EADDRNOTAVAIL: 'refused',
  EACCES: 'refused',
  ETIMEDOUT: 'timeout-connect',
  UND_ERR_CONNECT_TIMEOUT: 'timeout-connect',
  ENOTFOUND: 'dns',
  ENODATA: 'dns',
  ESERVFAIL: 'dns',
  ENODNS: 'dns',
  EPROTO: 'tls',
  UND_ERR_HEADERS_OVERFLOW: 'protocol',
  UND_ERR_INVALID_RETURN_VALUE: 'protocol',
}

/** Families of codes: OpenSSL's verification errors have no common prefix. */
const CODE_FAMILIES: readonly (readonly [RegExp, TransportReason])[] = [
  [/^EAI_/, 'dns'],
  [/^HPE_/, 'protocol'],
  [/^ERR_(TLS|SSL)|CERT|ISSUER|SELF_SIGNED|UNABLE_TO_|^HOSTNAME_MISMATCH|^INVALID_(CA|PURPOSE)|_REVOKED$/, 'tls'],
]

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code, errors } = error as { code?: unknown; errors?: unknown }
  if (typeof code === 'string') return code
  return Array.isArray(errors) ? codeOf(errors[0]) : ''
}

function isTransportFailure(value: object): value is TransportFailure {
  return (value as Record<symbol, unknown>)[TRANSPORT_FAILURE] === true
}
