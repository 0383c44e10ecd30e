import { isPullwrightError, isVcsError, type Problem } from '../../errors.ts'
import { problemResponse } from '../../inbound/answers.ts'
import { wirePath } from './wire.ts'

/** Every code the admin API answers with, its status and title. */
const PROBLEMS = {
  'invalid-request': [400, 'Bad Request'],
  'invalid-cursor': [400, 'Bad Request'],
  incomplete: [400, 'Bad Request'],
  unauthorized: [401, 'Unauthorized'],
  'authorize-missing': [403, 'Forbidden'],
  forbidden: [403, 'Forbidden'],
  'cross-origin': [403, 'Forbidden'],
  'not-found': [404, 'Not Found'],
  'method-not-allowed': [405, 'Method Not Allowed'],
  conflict: [409, 'Conflict'],
  'under-way': [409, 'Conflict'],
  'version-mismatch': [412, 'Precondition Failed'],
  'too-large': [413, 'Content Too Large'],
  'unsupported-media-type': [415, 'Unsupported Media Type'],
  'invalid-argument': [422, 'Unprocessable Content'],
  'egress-blocked': [422, 'Unprocessable Content'],
  'idempotency-key-reused': [422, 'Unprocessable Content'],
  'version-required': [428, 'Precondition Required'],
  'rate-limited': [429, 'Too Many Requests'],
  failed: [500, 'Internal Server Error'],
  'body-consumed': [500, 'Internal Server Error'],
  'forge-failed': [502, 'Bad Gateway'],
  'key-required': [503, 'Service Unavailable'],
  unavailable: [503, 'Service Unavailable'],
} as const satisfies Record<string, readonly [status: number, title: string]>

export type ProblemCode = keyof typeof PROBLEMS

export interface ProblemFacts {
  detail?: string
  errors?: readonly Problem[]
  headers?: Record<string, string>
}

/** Thrown and caught within the admin API only: it ends a request with its problem. */
export interface Refusal {
  refusal: ProblemCode
  facts: ProblemFacts
}

export function refusal(code: ProblemCode, facts: ProblemFacts = {}): Refusal {
  return { refusal: code, facts }
}

export function problemOf(code: ProblemCode, { detail, errors, headers }: ProblemFacts = {}): Response {
  const [status, title] = PROBLEMS[code]
  const more = errors === undefined || errors.length === 0 ? {} : { errors: errors.map((one) => ({ ...one })) }
  return problemResponse(status, code, title, {
    more,
    ...(detail === undefined ? {} : { detail }),
    ...(headers === undefined ? {} : { headers }),
  })
}

/** What an error means to the caller; null where it is nobody's business but the log's. */
export function problemFor(error: unknown): Response | null {
  if (isRefusal(error)) return problemOf(error.refusal, error.facts)
  if (isVcsError(error)) return problemOf('forge-failed', { detail: error.message, headers: pauseOf(error.retryAfter) })
  if (!isPullwrightError(error)) return null
  const detail = error.message
  switch (error.code) {
    case 'invalid-argument':
      return problemOf('invalid-argument', { detail, errors: error.problems.map(onWire) })
    case 'forbidden':
    case 'not-found':
    case 'conflict':
    case 'egress-blocked':
    case 'too-large':
    case 'key-required':
      return problemOf(error.code, { detail })
    case 'transport':
      return problemOf('forge-failed', { detail })
    case 'stopped':
    case 'store':
      return problemOf('unavailable', { headers: { 'retry-after': '30' } })
    default:
      return null
  }
}

function pauseOf(milliseconds: number | undefined): Record<string, string> {
  return milliseconds === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(milliseconds / 1000))) }
}

function onWire({ path, message }: Problem): Problem {
  return { path: wirePath(path), message }
}

function isRefusal(error: unknown): error is Refusal {
  return typeof error === 'object' && error !== null && 'refusal' in error
}
