import type { FailRule } from '../http/fail-rules.ts'
import type { FakeResponse } from '../http/fake-server.ts'
import type { Session } from './model/access.ts'
import type { RecordedRequest } from './recorded-request.ts'

/** A fault without its `match` and `times`: spread it into a rule. */
export type GitHubFault = Omit<FailRule<RecordedRequest>, 'match'>

const SUPPORT =
  'If you reach out to GitHub Support for help, please include the request ID FA4E:0 and timestamp 2025-01-01 00:00:00 UTC.'
const SECONDARY =
  'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. ' +
  `For more on scraping GitHub and how it may affect your rights, please review our Terms of Service (https://docs.github.com/en/site-policy/github-terms/github-terms-of-service) ${SUPPORT}`

/**
 * Faults as GitHub really answers them, for `fail({ ...gitHubFaults.secondaryLimit(30), times: 1 })`. Times are
 * seconds; `resetAt` is milliseconds since the epoch.
 */
export const gitHubFaults = {
  /** 403 with nothing left of the hour. */
  primaryLimit: (resetAt: number): GitHubFault => ({
    status: 403,
    headers: exhausted(resetAt, 'core'),
    body: {
      message: `API rate limit exceeded for user ID 1001. ${SUPPORT}`,
      documentation_url: 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api',
      status: '403',
    },
  }),
  /** 403 (or 429) for too much at once. Without `retryAfter` the header is missing, as it may be. */
  secondaryLimit: (retryAfter?: number, status: 403 | 429 = 403): GitHubFault =>
    secondaryLimitAnswer(retryAfter, status),
  /** 200 that says no: how GraphQL tells of its primary limit. */
  graphqlLimit: (resetAt: number): GitHubFault => ({
    status: 200,
    headers: exhausted(resetAt, 'graphql'),
    body: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded for user ID 1001.' }] },
  }),
  /** 200 with a body of no data and a sentence: GraphQL that took over ten seconds. */
  graphqlTimeout: (): GitHubFault => ({
    status: 502,
    body: {
      data: null,
      errors: [
        {
          message:
            'Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug. Please include `FA4E:0` when reporting this issue.',
        },
      ],
    },
  }),
  /** The HTML page of a gateway. */
  badGateway: (): GitHubFault => ({
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n',
  }),
  unavailable: (): GitHubFault => ({
    status: 503,
    headers: { 'content-type': 'text/html' },
    body: '<html><body>No server is currently available to service your request.</body></html>',
  }),
  /** The new head has not reached every replica yet. */
  replicationLag: (base: string, head: string): GitHubFault => ({
    field: 'createPullRequest',
    graphqlErrors: [{ type: 'UNPROCESSABLE', message: `No commits between ${base} and ${head}` }],
  }),
  /** Somebody committed in between. */
  staleHead: (oid: string): GitHubFault => ({
    field: 'createCommitOnBranch',
    graphqlErrors: [
      { type: 'STALE_DATA', message: `Expected branch to point to "${oid}" but it did not.  Pull and try again.` },
    ],
  }),
}

export function secondaryLimitAnswer(retryAfter?: number, status: 403 | 429 = 403) {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }
  const documentation_url =
    'https://docs.github.com/free-pro-team@latest/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits'
  return { status, headers, body: { message: SECONDARY, documentation_url, status: String(status) } }
}

/** The answer of a token whose hour is used up. */
export function primaryLimitBody(session: Session, api: 'rest' | 'graphql'): FakeResponse {
  const who = session.account === null ? '127.0.0.1' : `user ID ${session.account.databaseId}`
  if (api === 'graphql') {
    return { status: 200, body: { errors: [{ type: 'RATE_LIMITED', message: `API rate limit exceeded for ${who}.` }] } }
  }
  const documentation_url = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api'
  return {
    status: 403,
    body: { message: `API rate limit exceeded for ${who}. ${SUPPORT}`, documentation_url, status: '403' },
  }
}

function exhausted(resetAt: number, resource: string): Record<string, string> {
  return {
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-used': '5000',
    'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)),
    'x-ratelimit-resource': resource,
  }
}
