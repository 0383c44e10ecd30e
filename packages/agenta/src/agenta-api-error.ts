import { PullwrightError } from '@pullwright/core'

export type AgentaApiErrorCode =
  | 'auth' // the key is wrong or belongs elsewhere
  | 'configuration' // no key, or a base URL that is not the API's
  | 'not-found' // Agenta has no such revision
  | 'invalid' // Agenta refused the request's content
  | 'unavailable' // Agenta failed or did not answer; may work later

const MARKER = Symbol.for('pullwright.agenta-api-error')

/** Agenta's refusal or failure. Messages say what to do and hold no key. */
export class AgentaApiError extends PullwrightError<AgentaApiErrorCode> {
  readonly retryable: boolean
  /** Milliseconds Agenta asked to be left alone for. */
  readonly retryAfterMs: number | undefined

  constructor(code: AgentaApiErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(code, message, options.cause === undefined ? {} : { cause: options.cause })
    this.name = 'AgentaApiError'
    this.retryable = code === 'unavailable'
    this.retryAfterMs = options.retryAfterMs
    Object.defineProperty(this, MARKER, { value: true })
  }
}

export function isAgentaApiError(error: unknown): error is AgentaApiError {
  return typeof error === 'object' && error !== null && MARKER in error
}
