import type { FailSubject } from '../http/fail-rules.ts'
import type { FakeRequest } from '../http/fake-server.ts'
import { operationNames } from './graphql/run-graphql.ts'
import { findRoute } from './rest/find-route.ts'

/** One request as it arrived, and how it was answered. Kept raw, token and all, so that tests can look for leaks. */
export interface RecordedGitLabRequest extends FailSubject {
  readonly method: string
  /** As sent, without the query. */
  readonly path: string
  readonly query: Record<string, string>
  /** Lower case names, `private-token` included. */
  readonly headers: Record<string, string>
  /** The body as text. */
  readonly body: string
  /** `POST /projects/:id/merge_requests`; for GraphQL the operations' names. */
  readonly operations: readonly string[]
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Null until it is answered, and for good where the connection was dropped. */
  status: number | null
}

export interface Incoming {
  record: RecordedGitLabRequest
  api: 'rest' | 'graphql' | 'other'
  /** Below `/api/v4`. */
  route: string
  query: URLSearchParams
}

/** `prefix`: the path GitLab is installed under. */
export function readIncoming(request: FakeRequest, prefix: string, at: number): Incoming {
  const path = request.path.startsWith(prefix) ? request.path.slice(prefix.length) : ''
  const api = path === '/api/graphql' ? 'graphql' : path.startsWith('/api/v4/') ? 'rest' : 'other'
  const route = api === 'rest' ? path.slice('/api/v4'.length) : path
  const body = request.body.toString('utf8')
  const template = api === 'rest' ? findRoute(request.method, route)?.route.template : undefined
  const rest = template === undefined ? [] : [`${request.method} ${template}`]
  return {
    api,
    route,
    query: request.query,
    record: {
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      headers: request.headers,
      body,
      operations: api === 'graphql' ? operationNames(body) : rest,
      at,
      status: null,
    },
  }
}
