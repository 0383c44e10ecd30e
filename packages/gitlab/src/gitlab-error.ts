import { VcsError, type VcsErrorCode } from '@pullwright/core'

/** What GitLab answered. */
export interface Refusal {
  /** HTTP status; GraphQL refuses with 200. */
  status: number
  message: string
  headers: Readonly<Record<string, string>>
}

export interface ErrorContext {
  /** `group/project`, or empty where none is meant. */
  repository: string
  /** What was being done, such as `open the merge request`. */
  doing: string
  /** Roles and scopes it takes, such as `role: Developer`. */
  needs?: readonly string[]
  /** Milliseconds since the epoch. */
  now: number
}

/** A refusal as a `VcsError` that says what to do. */
export function gitlabError(refusal: Refusal, context: ErrorContext): VcsError {
  const code = classify(refusal)
  const wait = code === 'rate-limited' ? retryAfter(refusal.headers, context.now) : null
  const missing = code === 'permission' ? missingOf(refusal, context.needs ?? []) : []
  return new VcsError(code, sentence(code, refusal, context, missing, wait), {
    status: refusal.status,
    missing,
    ...(wait === null ? {} : { retryAfter: wait }),
  })
}

function classify({ status, message }: Refusal): VcsErrorCode {
  if (status === 429) return 'rate-limited'
  const worded = BY_WORDS.find((row) => row.words.test(message) && (row.status ?? status) === status)?.code
  return worded ?? byStatus(status)
}

/** GitLab's sentences that say more than their status, as its API has them in version 18. */
const BY_WORDS: readonly { words: RegExp; code: VcsErrorCode; status?: number }[] = [
  { words: /insufficient_scope|higher privileges than provided/i, code: 'permission' },
  { words: /not allowed to push into this branch|protected branch/i, code: 'policy' },
  { words: /pre-receive hook|push rule|does not follow the pattern/i, code: 'policy' },
  { words: /is too long|too large/i, code: 'too-large' },
  { words: /has changed since you started editing|A branch called '.*' already exists/i, code: 'conflict' },
  { words: /Could not update branch|Could not update refs\//i, code: 'conflict' },
]

function byStatus(status: number): VcsErrorCode {
  if (status === 401) return 'auth'
  if (status === 403) return 'permission'
  if (status === 404 || status === 410) return 'not-found'
  if (status === 409) return 'conflict'
  if (status === 405 || status === 406) return 'policy'
  if (status === 413) return 'too-large'
  if (status === 408 || status >= 500) return 'unavailable'
  return 'invalid'
}

/** A whole window of GitLab's limits: https://docs.gitlab.com/user/gitlab_com/#rate-limits-on-gitlabcom */
const DEFAULT_WAIT = 60_000

function retryAfter(headers: Refusal['headers'], now: number): number {
  const seconds = Number(headers['retry-after'])
  if (headers['retry-after'] !== undefined && Number.isFinite(seconds)) return Math.max(0, seconds) * 1000
  const reset = Number(headers['ratelimit-reset'])
  const date = Date.parse(headers.date ?? '')
  return reset > 0 ? Math.max(1000, reset * 1000 - (Number.isNaN(date) ? now : date)) : DEFAULT_WAIT
}

function missingOf({ message }: Refusal, needs: readonly string[]): string[] {
  return /insufficient_scope|higher privileges/i.test(message) ? ['scope: api'] : [...needs]
}

function sentence(
  code: VcsErrorCode,
  refusal: Refusal,
  { repository, doing, now }: ErrorContext,
  missing: readonly string[],
  wait: number | null,
): string {
  const cannot = `Cannot ${doing}${repository === '' ? '' : ` in ${repository}`}`
  const named = missing.length === 0 ? 'a role or scope' : missing.join(', ')
  const until = new Date(now + (wait ?? 0)).toISOString()
  const words: Record<VcsErrorCode, string> = {
    auth: 'GitLab refused the credential. Check that the token is complete and neither expired nor revoked.',
    permission: `${cannot}: the credential lacks ${named}. Give its account the role in the project, or the token the scope.`,
    'not-found': `${cannot}: not found, or hidden from this credential. Check the name, and that the account is a member of the project.`,
    conflict: `${cannot}: it was changed meanwhile. Try again.`,
    invalid: `${cannot}: GitLab refused the request.`,
    policy: `${cannot}: a rule of the project forbids it, or something it waits for is not there yet.`,
    'too-large': `${cannot}: it is over GitLab's limit.`,
    'rate-limited': `GitLab's rate limit is reached; try again at ${until}.`,
    unsupported: `${cannot}: GitLab has no such thing.`,
    unavailable: `${cannot}: GitLab failed or did not answer (HTTP ${refusal.status}). Try again.`,
  }
  const said = refusal.message.replace(/\s+/g, ' ').trim().slice(0, 500)
  return words[code] + (said === '' ? '' : ` GitLab says: ${said}`)
}
