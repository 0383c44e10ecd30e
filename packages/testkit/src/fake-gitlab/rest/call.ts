import type { FakeResponse } from '../../http/fake-server.ts'
import { demandScope, type Session, visibleProject } from '../model/access.ts'
import type { MergeRequest, Project } from '../model/entities.ts'
import { badParameter, notFound } from '../model/refusal.ts'
import type { World } from '../model/world.ts'

/** A routed request. */
export interface Call {
  world: World
  session: Session
  /** From the path, decoded. */
  params: Record<string, string>
  query: URLSearchParams
  /** The JSON object sent; empty without a body. */
  body: Record<string, unknown>
  /** The address without its query, for `Link`. */
  url: string
}

export type Handler = (call: Call) => FakeResponse | Promise<FakeResponse>
/** By method and path, such as `GET /projects/:id`. */
export type Routes = Record<string, Handler>

export function projectOf(call: Call): Project {
  return visibleProject(call.world, call.session, call.params.id ?? '')
}

export function mergeRequestOf(call: Call): MergeRequest {
  const found = projectOf(call).mergeRequests.find(({ iid }) => iid === Number(call.params.iid))
  if (found === undefined) throw notFound()
  return found
}

export function reads(call: Call, also: readonly string[] = []): void {
  demandScope(call.session, false, also)
}

export function text(call: Call, name: string): string | null {
  const value = call.body[name]
  if (value === undefined || value === null) return null
  if (typeof value === 'object') throw badParameter(`${name} is invalid`)
  return String(value)
}

export function required(call: Call, name: string): string {
  const value = text(call, name)
  if (value === null) throw badParameter(`${name} is missing`)
  if (value === '') throw badParameter(`${name} is empty`)
  return value
}

export function flag(call: Call, name: string): boolean | null {
  const value = call.body[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'boolean' && value !== 'true' && value !== 'false') throw badParameter(`${name} is invalid`)
  return String(value) === 'true'
}

/** Names with commas between them, or a list. */
export function names(call: Call, name: string): string[] | null {
  const value = call.body[name]
  if (value === undefined || value === null) return null
  const list = Array.isArray(value) ? value.map(String) : String(value).split(',')
  return list.map((one) => one.trim()).filter((one) => one !== '')
}

export function ids(call: Call, name: string): number[] | null {
  const value = call.body[name]
  if (value === undefined || value === null) return null
  if (!Array.isArray(value) || value.some((one) => !Number.isInteger(Number(one))))
    throw badParameter(`${name} is invalid`)
  return value.map(Number).filter((one) => one !== 0)
}

export const ok = (body: unknown): FakeResponse => ({ status: 200, body })
export const created = (body: unknown): FakeResponse => ({ status: 201, body })

const PER_PAGE = 20
const MAX_PER_PAGE = 100

/**
 * One page: by `page`, with `x-next-page` and the like, or by `pagination=keyset`, where only `link` leads on. `idOf`
 * is what keysets go by. https://docs.gitlab.com/api/rest/#pagination
 */
export async function paged<T>(
  call: Call,
  all: readonly T[],
  render: (item: T) => unknown,
  idOf?: (item: T) => number,
): Promise<FakeResponse> {
  const size = Math.min(Math.max(Number(call.query.get('per_page')) || PER_PAGE, 1), MAX_PER_PAGE)
  if (call.query.get('pagination') === 'keyset' && idOf !== undefined) return keyset(call, all, render, idOf, size)
  const page = Math.max(Number(call.query.get('page')) || 1, 1)
  const pages = Math.max(Math.ceil(all.length / size), 1)
  const items = await Promise.all(all.slice((page - 1) * size, page * size).map(render))
  const next = page < pages ? String(page + 1) : ''
  const headers = {
    link: next === '' ? '' : linkTo(call, { page: next, per_page: String(size) }),
    'x-next-page': next,
    'x-page': String(page),
    'x-per-page': String(size),
    'x-prev-page': page > 1 ? String(page - 1) : '',
    'x-total': String(all.length),
    'x-total-pages': String(pages),
  }
  return { status: 200, body: items, headers }
}

async function keyset<T>(
  call: Call,
  all: readonly T[],
  render: (item: T) => unknown,
  idOf: (item: T) => number,
  size: number,
): Promise<FakeResponse> {
  const before = Number(call.query.get('id_before')) || Number.POSITIVE_INFINITY
  const left = [...all].sort((a, b) => idOf(b) - idOf(a)).filter((one) => idOf(one) < before)
  const page = left.slice(0, size)
  const last = page.at(-1)
  const link = left.length > size && last !== undefined ? linkTo(call, { id_before: String(idOf(last)) }) : ''
  return { status: 200, body: await Promise.all(page.map(render)), headers: link === '' ? {} : { link } }
}

function linkTo(call: Call, changes: Record<string, string>): string {
  const query = new URLSearchParams(call.query)
  for (const [name, value] of Object.entries(changes)) query.set(name, value)
  return `<${call.url}?${query}>; rel="next"`
}
