import type { FailRule } from '../http/fail-rules.ts'
import type { RecordedGitLabRequest } from './recorded-request.ts'

/** A fault without its `match` and `times`: spread it into a rule. */
export type GitLabFault = Omit<FailRule<RecordedGitLabRequest>, 'match'>

/** Faults as GitLab really answers them, for `fail({ ...gitLabFaults.rateLimit(30), times: 1 })`. Times are seconds. */
export const gitLabFaults = {
  /** https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers */
  rateLimit: (retryAfter: number): GitLabFault => ({
    status: 429,
    headers: {
      'content-type': 'text/plain',
      'retry-after': String(retryAfter),
      'ratelimit-limit': '600',
      'ratelimit-observed': '601',
      'ratelimit-remaining': '0',
      'ratelimit-name': 'throttle_authenticated_api',
    },
    body: 'Retry later\n',
  }),
  /** The HTML page of GitLab's own proxy. */
  badGateway: (): GitLabFault => ({
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: '<!DOCTYPE html>\n<html><head><title>GitLab is not responding (502)</title></head></html>\n',
  }),
  unavailable: (): GitLabFault => ({ status: 503, body: { message: '503 Service Unavailable' } }),
  serverError: (): GitLabFault => ({ status: 500, body: { message: '500 Internal Server Error' } }),
  /** Over 300 MB of commits: https://docs.gitlab.com/api/commits/#create-a-commit-with-multiple-files-and-actions */
  tooLarge: (): GitLabFault => ({
    status: 413,
    headers: { 'content-type': 'text/html' },
    body: 'Request Entity Too Large',
  }),
  /** The merge request was not looked at yet. */
  notMergeableYet: (): GitLabFault => ({ status: 405, body: { message: '405 Method Not Allowed' } }),
  /** Somebody changed the file in between. */
  staleFile: (): GitLabFault => ({
    status: 400,
    body: { message: 'You are attempting to update a file that has changed since you started editing it.' },
  }),
} as const
