import type { ClaimRequest } from '@pullwright/core'
import { ask, type Row, type Steps } from './steps.ts'
import { targetOf } from './target.ts'
import { numberOf, numberOrNull, textOf } from './values.ts'

/** The first task of a line: of all that wait in one lane for one target. */
export interface Head {
  line: string
  at: number
  sequence: number
}

/** Who may be claimed, as far as the target goes. `enabled` is that of the endpoint; null where there is none. */
export type Passes = (row: { target: string; enabled: number | null }) => boolean

type Wanted = Pick<ClaimRequest, 'handlers' | 'endpoints' | 'exceptEndpoints' | 'exceptHandlers'>

/** Which targets a worker takes: its handlers, and the deliveries to endpoints that exist and are enabled. */
export function passing({ handlers, endpoints, exceptEndpoints, exceptHandlers }: Wanted): Passes {
  const taken = new Set(handlers)
  for (const handler of exceptHandlers ?? []) taken.delete(handler)
  const except = new Set(exceptEndpoints)
  return ({ target: text, enabled }) => {
    const target = targetOf(text)
    if (target.kind === 'handler') return taken.has(target.handler)
    return endpoints && enabled === 1 && !except.has(target.endpointId)
  }
}

/**
 * The heads of lines that are due by `until`, whose target passes. One look for each line that is not empty, whatever
 * stands in it, and whatever has ended.
 */
export function* findHeads(lane: ClaimRequest['lane'] | null, until: number, passes: Passes): Steps<Head[]> {
  const [low, high] = lane === null ? ALL_LINES : [`${lane} `, `${lane}!`]
  const rows = yield* ask(HEADS, low, high, high, until)
  return rows
    .filter((row) => passes(targetFacts(row)))
    .map((row) => ({ line: textOf(row.line), at: numberOf(row.due_at), sequence: numberOf(row.sequence) }))
}

/** Tasks whose lease has run out by `until`, first to last. As many as ran at once when a worker fell silent. */
export function* findExpired(until: number, passes: Passes): Steps<{ at: number; sequence: number }[]> {
  const rows = yield* ask(EXPIRED, until)
  return rows
    .filter((row) => passes(targetFacts(row)))
    .map((row) => ({ at: numberOf(row.lease_until), sequence: numberOf(row.sequence) }))
}

export function targetFacts(row: Row): { target: string; enabled: number | null } {
  return { target: textOf(row.target), enabled: numberOrNull(row.enabled) }
}

const ALL_LINES = ['', '~'] as const

/** Of the endpoint that `target` names. */
export const ENABLED = `(SELECT enabled FROM pullwright_rows WHERE kind = 'endpoint' AND id = substr(t.target, 3))`

const HEADS = `
WITH RECURSIVE lines (line) AS (
  SELECT min(line) FROM pullwright_tasks WHERE stands = 1 AND line > ? AND line < ?
  UNION ALL
  SELECT (SELECT min(t.line) FROM pullwright_tasks AS t WHERE t.stands = 1 AND t.line > lines.line AND t.line < ?)
  FROM lines WHERE lines.line IS NOT NULL
)
SELECT lines.line, t.sequence, t.due_at, t.target, ${ENABLED} AS enabled
FROM lines CROSS JOIN pullwright_tasks AS t ON t.sequence = (
  SELECT head.sequence FROM pullwright_tasks AS head
  WHERE head.stands = 1 AND head.line = lines.line ORDER BY head.due_at, head.sequence LIMIT 1
)
WHERE t.due_at <= ?`

const EXPIRED = `
SELECT t.sequence, t.lease_until, t.target, ${ENABLED} AS enabled FROM pullwright_tasks AS t
WHERE t.status = 'running' AND t.lease_until <= ? ORDER BY t.lease_until, t.sequence`
