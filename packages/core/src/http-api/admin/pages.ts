import { isPullwrightError } from '../../errors.ts'
import type { Reply } from './call.ts'
import { refusal } from './problems.ts'
import { toWire } from './wire.ts'

interface PageQuery {
  limit?: number | undefined
  cursor?: string | undefined
}

const DEFAULT_LIMIT = 50

/**
 * One page from the store. A cursor is the id of the last row of the page before, so it tells nothing of how much others
 * have, and another tenant's is worth nothing.
 */
export async function paged<Row extends { id: string }>(
  query: PageQuery,
  sequenceOf: (id: string) => Promise<number>,
  load: (page: { limit: number; after?: number }) => Promise<Row[]>,
): Promise<Reply> {
  const { limit = DEFAULT_LIMIT, cursor } = query
  const after = cursor === undefined ? {} : { after: await sequenceOf(cursor).catch(refuseCursor) }
  const rows = await load({ limit: limit + 1, ...after })
  return listed(rows.slice(0, limit), rows.length > limit ? (rows[limit - 1]?.id ?? null) : null)
}

/** One page of what is all at hand. */
export function slice<Row extends { id: string }>({ limit = DEFAULT_LIMIT, cursor }: PageQuery, rows: Row[]): Reply {
  const start = cursor === undefined ? 0 : rows.findIndex(({ id }) => id === cursor) + 1
  if (start === 0 && cursor !== undefined) throw invalidCursor()
  const end = start + limit
  return listed(rows.slice(start, end), rows.length > end ? (rows[end - 1]?.id ?? null) : null)
}

export function listed(rows: readonly unknown[], nextCursor: string | null): Reply {
  return { body: { data: rows.map(toWire), nextCursor } }
}

/** For filters of the store. */
export function periodOf({ since, until }: { since?: string | undefined; until?: string | undefined }) {
  return {
    ...(since === undefined ? {} : { since: Date.parse(since) }),
    ...(until === undefined ? {} : { until: Date.parse(until) }),
  }
}

/** What events are found by. */
export function attributesOf({ app, environment }: { app?: string | undefined; environment?: string | undefined }) {
  if (app === undefined && environment === undefined) return {}
  return {
    attributes: {
      ...(app === undefined ? {} : { app }),
      ...(environment === undefined ? {} : { environment }),
    },
  }
}

/** Without members that were not given. */
export function given<T extends object>(members: T) {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Name in keyof T]: Exclude<T[Name], undefined> }
}

function refuseCursor(error: unknown): never {
  throw isPullwrightError(error) && error.code === 'not-found' ? invalidCursor() : error
}

export function invalidCursor() {
  const message = 'is no `next_cursor` of this list, or what it named is gone; begin without one'
  return refusal('invalid-cursor', { detail: 'The cursor is not known.', errors: [{ path: 'cursor', message }] })
}
