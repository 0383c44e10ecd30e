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
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN)
  const retryAfter = Number.isFinite(seconds) ? seconds : undefined
  const found: unknown = await response.json().catch(() => null)
  if (isProblem(found)) return new PullwrightApiError(found, retryAfter)
  const detail = `The answer is ${response.status} and not Pullwright's own: is \`baseUrl\` where it is mounted?`
  const title = response.statusText || 'Unexpected answer'
  return new PullwrightApiError(
    { type: 'about:blank', title, status: response.status, code: 'unexpected', detail },
    retryAfter,
  )
}

function isProblem(value: unknown): value is ProblemDetails {
  return typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string'
}
