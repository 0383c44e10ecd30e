import type { ClaimRequest } from '@pullwright/core'
import type { SqlValue } from './database.ts'
import { ask, type Row, type Steps } from './steps.ts'
import { listOf, numberOf, textOf } from './values.ts'

/** The first task of a line: of all that wait in one lane for one target. */
export interface Head {
  line: string
  at: number
  sequence: number
}

type Wanted = Pick<ClaimRequest, 'handlers' | 'endpoints' | 'exceptEndpoints' | 'exceptHandlers'>

/** Which targets a worker takes: its handlers, and the deliveries to endpoints that exist and are enabled. */
export const PASSES = `
CASE WHEN t.target >= 'h:' THEN substr(t.target, 3) IN (SELECT value FROM json_each(?))
ELSE ? AND substr(t.target, 3) NOT IN (SELECT value FROM json_each(?)) AND EXISTS (
  SELECT 1 FROM pullwright_rows WHERE kind = 'endpoint' AND id = substr(t.target, 3) AND enabled = 1
) END`

/** What PASSES binds. */
export function passing({ handlers, endpoints, exceptEndpoints = [], exceptHandlers = [] }: Wanted): SqlValue[] {
  const taken = handlers.filter((handler) => !exceptHandlers.includes(handler))
  return [listOf(taken), endpoints, listOf(exceptEndpoints)]
}

/**
 * The heads of lines that are due by `until` and whose target passes, earliest first. One look for each line that is
 * not empty, whatever stands in it, and whatever has ended. `most` of them are enough for as many tasks.
 */
export function* findHeads(
  lane: ClaimRequest['lane'] | null,
  until: number,
  wanted: Wanted,
  most: number,
): Steps<Head[]> {
  const [low, high] = lane === null ? ALL_LINES : [`${lane} `, `${lane}!`]
  const rows = yield* ask(HEADS, low, high, high, until, ...passing(wanted), most)
  return rows.map((row) => ({ line: textOf(row.line), ...placeOf(row) }))
}

/** Tasks whose lease has run out by `until`, first to last. */
export function* findExpired(until: number, wanted: Wanted, most: number): Steps<{ at: number; sequence: number }[]> {
  const rows = yield* ask(EXPIRED, until, ...passing(wanted), most)
  return rows.map(placeOf)
}

function placeOf(row: Row): { at: number; sequence: number } {
  return { at: numberOf(row.at), sequence: numberOf(row.sequence) }
}

const ALL_LINES = ['', '~'] as const

const HEADS = `
WITH RECURSIVE lines (line) AS (
  SELECT min(line) FROM pullwright_tasks WHERE stands = 1 AND line > ? AND line < ?
  UNION ALL
  SELECT (SELECT min(t.line) FROM pullwright_tasks AS t WHERE t.stands = 1 AND t.line > lines.line AND t.line < ?)
  FROM lines WHERE lines.line IS NOT NULL
)
SELECT lines.line, t.sequence, t.due_at AS at
FROM lines CROSS JOIN pullwright_tasks AS t ON t.sequence = (
  SELECT head.sequence FROM pullwright_tasks AS head
  WHERE head.stands = 1 AND head.line = lines.line ORDER BY head.due_at, head.sequence LIMIT 1
)
WHERE t.due_at <= ? AND ${PASSES}
ORDER BY t.due_at, t.sequence LIMIT ?`

const EXPIRED = `
SELECT t.sequence, t.lease_until AS at FROM pullwright_tasks AS t
WHERE t.status = 'running' AND t.lease_until <= ? AND ${PASSES}
ORDER BY t.lease_until, t.sequence LIMIT ?`
