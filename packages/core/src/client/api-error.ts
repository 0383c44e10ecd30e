import { PullwrightError } from '../errors.ts'

/** RFC 9457, as the admin API answers it. */
export interface ProblemDetails {
  type: string
  title: string
  status: number
  /** Stable. */
  code: string
  detail?: string
  errors?: { path: string; message: string }[]
}

/** A refusal of the admin API. `isPullwrightError` knows it; `code` is the problem's. */
export class PullwrightApiError extends PullwrightError<string> {
  readonly status: number
  readonly problem: ProblemDetails
  /** Seconds to wait before another try, where the answer says so. */
  readonly retryAfter: number | undefined

  constructor(problem: ProblemDetails, retryAfter?: number) {
    super(problem.code, problem.detail ?? problem.title, problem.errors ? { problems: problem.errors } : {})
    this.name = 'PullwrightApiError'
    this.status = problem.status
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

/** Also of an answer that is none of ours, such as a proxy's. */
export async function errorOf(response: Response): Promise<PullwrightApiError> {
  const found: unknown = await response.json().catch(() => null)
  return isProblem(found) ? new PullwrightApiError(found, pauseIn(response)) : unexpected(response)
}

/** Whatever it was, Pullwright did not say it. */
export function unexpected(response: Response): PullwrightApiError {
  const { status, statusText } = response
  const title = statusText || 'Unexpected answer'
  const detail = `The answer is ${status} and not Pullwright's own: is \`baseUrl\` where it is mounted?`
  return new PullwrightApiError({ type: 'about:blank', title, status, code: 'unexpected', detail }, pauseIn(response))
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function pauseIn({ headers }: Response): number | undefined {
  const text = headers.get('retry-after') ?? ''
  if (/^\d+$/.test(text)) return Number(text)
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - Date.now()) / 1000))
}

function isProblem(value: unknown): value is ProblemDetails {
  if (typeof value !== 'object' || value === null) return false
  const { code, title, status } = value as Partial<ProblemDetails>
  return typeof code === 'string' && typeof title === 'string' && typeof status === 'number'
}
