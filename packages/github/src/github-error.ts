import { VcsError, type VcsErrorCode } from '@pullwright/core'

/** What GitHub answered, whichever API said it. */
export interface Refusal {
  /** HTTP status; GraphQL refuses with 200. */
  status: number
  message: string
  headers: Readonly<Record<string, string>>
  /** GraphQL: `errors[].type`. */
  type?: string
}

export interface ErrorContext {
  /** `owner/name`, or empty where none is meant. */
  repository: string
  /** What was being done, such as `open the pull request`. */
  doing: string
  /** Permissions it takes, such as `pull_requests=write`, where GitHub's answer does not name them. */
  needs?: readonly string[]
  /** Milliseconds since the epoch, where the answer carries no date. */
  now: number
}

/** A refusal as a `VcsError` that says what to do. */
export function githubError(refusal: Refusal, context: ErrorContext): VcsError {
  const code = classify(refusal)
  const options = { status: refusal.status, ...moreAbout(code, refusal, context) }
  return new VcsError(code, sentence(code, refusal, context, options), options)
}

function moreAbout(code: VcsErrorCode, refusal: Refusal, context: ErrorContext) {
  if (code === 'rate-limited') return { retryAfter: retryAfter(refusal.headers, context.now) }
  if (code !== 'permission') return {}
  return { missing: missingPermissions(refusal, context.needs ?? []) }
}

function classify(refusal: Refusal): VcsErrorCode {
  if (isRateLimit(refusal)) return 'rate-limited'
  const typed = BY_TYPE[refusal.type ?? '']
  const worded = BY_WORDS.find(({ words }) => words.test(refusal.message))?.code
  if (refusal.status === 401) return 'auth'
  return worded ?? typed ?? byStatus(refusal.status)
}

/** GraphQL's `errors[].type`. */
const BY_TYPE: Readonly<Record<string, VcsErrorCode>> = {
  NOT_FOUND: 'not-found',
  FORBIDDEN: 'permission',
  INSUFFICIENT_SCOPES: 'permission',
  STALE_DATA: 'conflict',
  UNPROCESSABLE: 'invalid',
  BRANCH_PROTECTION_RULE_VIOLATION: 'policy',
  MAX_NODE_LIMIT_EXCEEDED: 'too-large',
  SERVICE_UNAVAILABLE: 'unavailable',
  INTERNAL: 'unavailable',
}

/** GitHub's sentences that say more than their status: as its API has them in 2025. */
const BY_WORDS: readonly { words: RegExp; code: VcsErrorCode }[] = [
  { words: /is too long|too large|exceeds the maximum|larger than/i, code: 'too-large' },
  {
    words: /Resource not accessible by|does not have the correct permissions|without `workflows?`/i,
    code: 'permission',
  },
  {
    words: /SAML|organization has enabled or enforced|IP allow list|not been granted the required scopes/i,
    code: 'permission',
  },
  { words: /Repository rule violations|protected branch|Changes must be made through|was archived/i, code: 'policy' },
  { words: /Expected branch to point to|Head branch was modified|Base branch was modified/i, code: 'conflict' },
  { words: /^Something went wrong while executing your query/i, code: 'unavailable' },
]

function byStatus(status: number): VcsErrorCode {
  if (status === 403) return 'permission'
  if (status === 404 || status === 410 || status === 451) return 'not-found'
  if (status === 409) return 'conflict'
  if (status === 405) return 'policy'
  if (status === 413) return 'too-large'
  if (status === 408 || status >= 500) return 'unavailable'
  // GraphQL errors without a type are about the query itself: GitHub's own time-outs are worded above.
  return 'invalid'
}

function isRateLimit({ status, type, headers, message }: Refusal): boolean {
  if (status === 429 || type === 'RATE_LIMITED' || type === 'RATE_LIMIT') return true
  if (/rate limit|abuse detection|submitted too quickly/i.test(message)) return true
  return status === 403 && (headers['x-ratelimit-remaining'] === '0' || headers['retry-after'] !== undefined)
}

/** Without any word from GitHub its advice is at least a minute: docs.github.com, "Best practices for using the REST API". */
const DEFAULT_WAIT = 60_000

function retryAfter(headers: Refusal['headers'], now: number): number {
  const seconds = Number(headers['retry-after'])
  if (headers['retry-after'] !== undefined && Number.isFinite(seconds)) return Math.max(0, seconds) * 1000
  const reset = Number(headers['x-ratelimit-reset'])
  if (headers['x-ratelimit-remaining'] !== '0' || !(reset > 0)) return DEFAULT_WAIT
  // GitHub's clock against GitHub's clock, where it tells.
  const date = Date.parse(headers.date ?? '')
  return Math.max(1000, reset * 1000 - (Number.isNaN(date) ? now : date))
}

/** GitHub names alternatives apart by `;` and what belongs together by `,`. */
function missingPermissions(refusal: Refusal, needs: readonly string[]): string[] {
  const scopes = /required scopes[^[]*\[([^\]]*)\]/.exec(refusal.message)?.[1]
  if (scopes !== undefined) return [...scopes.matchAll(/'([^']+)'/g)].flatMap(([, scope]) => (scope ? [scope] : []))
  if (/without `workflow/.test(refusal.message)) return ['workflows=write']
  const accepted = refusal.headers['x-accepted-github-permissions']?.split(';')[0] ?? ''
  const named = accepted.split(',').map((one) => one.trim())
  return named.some((one) => one !== '') ? named.filter((one) => one !== '') : [...needs]
}

function sentence(
  code: VcsErrorCode,
  refusal: Refusal,
  { repository, doing, now }: ErrorContext,
  { missing = [], retryAfter = 0 }: { missing?: string[]; retryAfter?: number },
): string {
  const where = repository === '' ? '' : ` in ${repository}`
  const said = ` GitHub says: ${refusal.message.replace(/\s+/g, ' ').trim().slice(0, 500)}`
  const until = new Date(now + retryAfter).toISOString()
  const named = missing.length === 0 ? 'a permission' : missing.join(', ')
  const sso =
    refusal.headers['x-github-sso'] === undefined ? '' : ' Authorise the token for the organisation’s single sign-on.'
  const words: Record<VcsErrorCode, string> = {
    auth: `GitHub refused the credential. Check that the token is complete and neither expired nor revoked.`,
    permission: `Cannot ${doing}${where}: the credential lacks ${named}. Grant it to the token or the app.${sso}`,
    'not-found': `Cannot ${doing}${where}: not found, or hidden from this credential. Check the name, and that the token was given access to the repository.`,
    conflict: `Cannot ${doing}${where}: it was changed meanwhile. Try again.`,
    invalid: `Cannot ${doing}${where}: GitHub refused the request.`,
    policy: `Cannot ${doing}${where}: a rule of the repository forbids it.`,
    'too-large': `Cannot ${doing}${where}: it is over GitHub's limit.`,
    'rate-limited': `GitHub's rate limit is reached${where}; try again at ${until}.`,
    unsupported: `Cannot ${doing}${where}: GitHub has no such thing.`,
    unavailable: `Cannot ${doing}${where}: GitHub failed or did not answer (HTTP ${refusal.status}). Try again.`,
  }
  return words[code] + (refusal.message === '' ? '' : said)
}
