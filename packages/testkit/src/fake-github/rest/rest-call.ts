import type { FakeResponse } from '../../http/fake-server.ts'
import { type Session, visibleRepository } from '../model/access.ts'
import type { PullRequest, Repository } from '../model/entities.ts'
import { Refusal } from '../model/refusal.ts'
import type { App, World } from '../model/world.ts'

/** A routed request. */
export interface RestCall {
  world: World
  session: Session
  /** The app that signed the request, for the routes under `/app`. */
  app: App | null
  /** From the path, decoded. */
  params: Record<string, string>
  query: URLSearchParams
  /** The JSON object sent; empty without a body. */
  body: Record<string, unknown>
  accept: string
  /** The header as it was sent. */
  authorization: string
  /** The address without its query, for `Link`. */
  url: string
}

export type RestHandler = (call: RestCall) => FakeResponse | Promise<FakeResponse>

/** By method and path as the OpenAPI document writes it, such as `GET /repos/{owner}/{repo}`. */
export type RestRoutes = Record<string, RestHandler>

export function notFound(): Refusal {
  return new Refusal('NOT_FOUND', 'Not Found')
}

/** The repository of the path: hidden and missing are the same 404. */
export function repositoryOf({ world, session, params }: RestCall): Repository {
  const found = visibleRepository(world, session, `${params.owner}/${params.repo}`)
  if (found === null) throw notFound()
  return found
}

/** The pull request of the path; an issue's number works too, since every pull request is an issue. */
export function pullRequestOf(call: RestCall): PullRequest {
  const number = Number(call.params.pull_number ?? call.params.issue_number)
  const found = repositoryOf(call).pullRequests.find((pullRequest) => pullRequest.number === number)
  if (found === undefined) throw notFound()
  return found
}

export function text(call: RestCall, name: string): string | null {
  const value = call.body[name]
  return typeof value === 'string' ? value : null
}

export function required(call: RestCall, name: string): string {
  const value = text(call, name)
  if (value !== null) return value
  const message = `Invalid request.\n\n"${name}" wasn't supplied.`
  throw new Refusal('UNPROCESSABLE', message, { restMessage: message })
}

export function texts(call: RestCall, name: string): string[] {
  const value = call.body[name]
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

const MAX_PER_PAGE = 100
const PER_PAGE = 30

/** One page of a list, with the `Link` header that leads to the others. */
export async function paged<T>(
  call: RestCall,
  all: readonly T[],
  render: (item: T) => unknown,
  wrap: (page: unknown[]) => unknown = (page) => page,
): Promise<FakeResponse> {
  const size = Math.min(Math.max(Number(call.query.get('per_page')) || PER_PAGE, 1), MAX_PER_PAGE)
  const page = Math.max(Number(call.query.get('page')) || 1, 1)
  const last = Math.max(Math.ceil(all.length / size), 1)
  const items = await Promise.all(all.slice((page - 1) * size, page * size).map(render))
  const link = links(call, page, last)
  return { status: 200, body: wrap(items), ...(link === '' ? {} : { headers: { link } }) }
}

function links(call: RestCall, page: number, last: number): string {
  const to = (number: number, rel: string) => {
    const query = new URLSearchParams(call.query)
    query.set('page', String(number))
    return `<${call.url}?${query}>; rel="${rel}"`
  }
  const before = page > 1 ? [to(page - 1, 'prev')] : []
  const after = page < last ? [to(page + 1, 'next'), to(last, 'last')] : []
  return [...before, ...after, ...(page > 1 ? [to(1, 'first')] : [])].join(', ')
}
