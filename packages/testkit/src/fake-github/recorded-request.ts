import type { FailSubject } from '../http/fail-rules.ts'
import type { FakeRequest } from '../http/fake-server.ts'
import { type GraphQLOutline, type GraphQLRequest, outline } from './graphql/run-graphql.ts'
import { findRoute } from './rest/find-route.ts'

/** One request as it arrived, and how it was answered. Kept raw, token and all, so that tests can look for leaks. */
export interface RecordedRequest extends FailSubject {
  readonly method: string
  /** As sent, without the query; with `/api/v3` where the client took the Enterprise Server's layout. */
  readonly path: string
  readonly query: Record<string, string>
  /** Lower case names, `authorization` included. */
  readonly headers: Record<string, string>
  /** The body as text. */
  readonly body: string
  readonly api: 'rest' | 'graphql'
  /** For GraphQL: the operation's name and its root fields. For REST: `GET /repos/{owner}/{repo}`, once it is routed. */
  readonly operations: readonly string[]
  /** For GraphQL. */
  readonly graphql: {
    type: GraphQLOutline['type']
    name: string | null
    rootFields: string[]
    variables: unknown
  } | null
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Null until it is answered, and for good where the connection was dropped. */
  status: number | null
}

export interface Incoming {
  record: RecordedRequest
  /** The path without an Enterprise Server's prefix. */
  route: string
  enterprise: boolean
  /** The REST route as the OpenAPI document writes it, or null. */
  template: string | null
  graphql: GraphQLRequest | null
}

/** Takes `/graphql` and `/…` as on github.com, `/api/graphql` and `/api/v3/…` as on an Enterprise Server. */
export function readIncoming(request: FakeRequest, at: number): Incoming {
  const enterprise = /^\/api\/(v3|graphql)(\/|$)/.test(request.path)
  const route = enterprise
    ? request.path.replace(/^\/api\/v3/, '').replace(/^\/api\/graphql/, '/graphql')
    : request.path
  const api = route === '/graphql' ? 'graphql' : 'rest'
  const graphql = api === 'graphql' ? readGraphQL(request.body) : null
  const shape = graphql === null ? null : outline(graphql)
  const method = request.method === 'HEAD' ? 'GET' : request.method
  const template = api === 'rest' ? (findRoute(method, route === '' ? '/' : route)?.route.template ?? null) : null
  return {
    enterprise,
    template,
    route: route === '' ? '/' : route,
    graphql,
    record: {
      method: request.method,
      path: request.path,
      query: Object.fromEntries(request.query),
      headers: request.headers,
      body: request.body.toString('utf8'),
      api,
      operations: shape === null ? restNames(method, template) : names(shape),
      graphql:
        shape === null || graphql === null
          ? null
          : { type: shape.type, name: shape.name, rootFields: shape.rootFields, variables: graphql.variables ?? {} },
      at,
      status: null,
    },
  }
}

function names(shape: GraphQLOutline): string[] {
  return shape.name === null ? shape.rootFields : [shape.name, ...shape.rootFields]
}

function restNames(method: string, template: string | null): string[] {
  return template === null ? [] : [`${method} ${template}`]
}

function readGraphQL(body: Buffer): GraphQLRequest | null {
  try {
    const json: unknown = JSON.parse(body.toString('utf8'))
    if (typeof json !== 'object' || json === null) return null
    return typeof (json as GraphQLRequest).query === 'string' ? (json as GraphQLRequest) : null
  } catch {
    return null
  }
}
