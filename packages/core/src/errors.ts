/** Stable reasons. Messages may change between versions, codes do not. */
export type PullwrightErrorCode =
  | 'invalid-argument' // a call's own arguments are wrong
  | 'invalid-event' // an event's data does not fit its schema; `problems` names each by path
  | 'unknown-event' // no definition of that event type
  | 'too-large' // over a size or nesting limit
  | 'forbidden' // the subject lacks a capability; the message names it
  | 'not-found' // no such row in this project
  | 'conflict' // somebody else changed the row first
  | 'key-required' // a secret is to be stored and no key was given
  | 'key-mismatch' // sealed text that none of the keys opens
  | 'transaction-unsupported' // this store cannot join a host's transaction
  | 'egress-blocked' // the egress guard refused an address
  | 'transport' // no usable answer: refused, reset, timed out
  | 'stopped' // the instance was stopped
  | 'store' // the store failed

export interface Problem {
  /** Dotted path of the offending value, such as `data.config.messages[0].role`; empty for the whole. */
  path: string
  message: string
}

const PULLWRIGHT_ERROR = Symbol.for('pullwright.error')
const VCS_ERROR = Symbol.for('pullwright.vcs-error')

/** Every error Pullwright throws. Test with `isPullwrightError`: two copies of the package may be loaded. */
export class PullwrightError<Code extends string = PullwrightErrorCode> extends Error {
  readonly code: Code
  readonly problems: readonly Problem[]

  constructor(code: Code, message: string, options: { cause?: unknown; problems?: Problem[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'PullwrightError'
    this.code = code
    this.problems = options.problems ?? []
    Object.defineProperty(this, PULLWRIGHT_ERROR, { value: true })
  }
}

export function isPullwrightError(error: unknown): error is PullwrightError<PullwrightErrorCode | VcsErrorCode> {
  return carries(error, PULLWRIGHT_ERROR)
}

/** What a forge's refusal means, whatever the forge. */
export type VcsErrorCode =
  | 'auth' // the credential is wrong, expired or revoked
  | 'permission' // the credential lacks a permission; see `missing`
  | 'not-found' // repository, branch or pull request is missing, or hidden from this credential
  | 'conflict' // somebody changed the branch or the pull request meanwhile
  | 'invalid' // the forge refused the request's content
  | 'policy' // a rule of the repository forbids it: protected branch, required review
  | 'too-large' // over the forge's size limit
  | 'rate-limited' // wait `retryAfter` milliseconds
  | 'unsupported' // this forge has no such thing
  | 'unavailable' // the forge failed or did not answer

export interface VcsErrorOptions {
  cause?: unknown
  /** Milliseconds to wait before another try. */
  retryAfter?: number
  /** Permissions or scopes the credential lacks, in the forge's own words. */
  missing?: string[]
  /** HTTP status of the answer, where there was one. */
  status?: number
}

const RETRYABLE: ReadonlySet<VcsErrorCode> = new Set(['conflict', 'rate-limited', 'unavailable'])

/** A forge's refusal or failure. `retryable` says whether the same call may succeed later without a human. */
export class VcsError extends PullwrightError<VcsErrorCode> {
  readonly retryable: boolean
  readonly retryAfter: number | undefined
  readonly missing: readonly string[]
  readonly status: number | undefined

  constructor(code: VcsErrorCode, message: string, options: VcsErrorOptions = {}) {
    super(code, message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'VcsError'
    this.retryable = RETRYABLE.has(code)
    this.retryAfter = options.retryAfter
    this.missing = options.missing ?? []
    this.status = options.status
    Object.defineProperty(this, VCS_ERROR, { value: true })
  }
}

export function isVcsError(error: unknown): error is VcsError {
  return carries(error, VCS_ERROR)
}

function carries(error: unknown, marker: symbol): boolean {
  return typeof error === 'object' && error !== null && (error as Record<symbol, unknown>)[marker] === true
}
