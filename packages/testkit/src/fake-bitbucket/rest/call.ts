import type { FakeResponse } from '../../http/fake-server.ts'
import { type Session, visibleRepository } from '../model/access.ts'
import type { Account, PullRequest, Repository } from '../model/entities.ts'
import { badFields, notFound, Refusal } from '../model/refusal.ts'
import type { World } from '../model/world.ts'
import { parseQuery } from '../query-language.ts'

/** One request on its way through a route. */
export interface Call {
  world: World
  session: Session
  parameters: Record<string, string>
  query: URLSearchParams
  headers: Record<string, string>
  body: Buffer
  /** The path as it was asked for, for links. */
  path: string
}

export function repositoryOf({ world, session, parameters }: Call): Repository {
  return visibleRepository(world, session, parameters.workspace ?? '', parameters.repo_slug ?? '')
}

export function pullRequestOf(call: Call): PullRequest {
  const id = Number(call.parameters.pull_request_id)
  const found = repositoryOf(call).pullRequests.find((one) => one.id === id)
  if (found === undefined) throw notFound(`Pull request ${call.parameters.pull_request_id} not found`)
  return found
}

export function accountOf({ session }: Call): Account {
  if (session.account === null) throw new Refusal(401, 'Authentication is required.')
  return session.account
}

export function jsonOf(call: Call): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(call.body.toString('utf8') || '{}')
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // Told below, as every other body that is no object.
  }
  throw new Refusal(400, 'Malformed JSON in the request body.')
}

export function rawOf(json: Record<string, unknown>): string {
  const raw = (json.content as { raw?: unknown } | undefined)?.raw
  if (typeof raw !== 'string' || raw.trim() === '') throw badFields({ content: ['content.raw is required'] })
  return raw
}

/** https://developer.atlassian.com/cloud/bitbucket/rest/intro/#pagination */
const DEFAULT_PAGE = 10

/** A page of what `q` leaves, with the address of the next one. Without `sort` in the order given. */
export function page(call: Call, values: readonly object[], longest = 100): FakeResponse {
  const { query, world } = call
  const filter = query.get('q')
  const test = filter === null ? null : parseQuery(filter)
  const left = sorted(test === null ? [...values] : values.filter((one) => test(one)), query.get('sort'))
  const pagelen = Number(query.get('pagelen') ?? DEFAULT_PAGE)
  const number = Number(query.get('page') ?? 1)
  if (!(pagelen >= 1 && pagelen <= longest)) throw new Refusal(400, 'Invalid pagelen')
  const start = (number - 1) * pagelen
  const next = new URLSearchParams(query)
  next.set('page', String(number + 1))
  const more = start + pagelen < left.length
  const origin = new URL(world.apiUrl).origin
  return {
    status: 200,
    body: {
      values: left.slice(start, start + pagelen),
      pagelen,
      size: left.length,
      page: number,
      ...(more ? { next: `${origin}${call.path}?${next}` } : {}),
    },
  }
}

function sorted<T extends object>(values: T[], sort: string | null): T[] {
  if (sort === null) return values
  const field = sort.replace(/^-/, '')
  const key = (one: object) => (one as Record<string, unknown>)[field] as number | string
  const order = (a: T, b: T) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0)
  return values.sort((a, b) => (sort.startsWith('-') ? order(b, a) : order(a, b)))
}
