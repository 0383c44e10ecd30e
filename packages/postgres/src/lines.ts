import type { ClaimRequest, Lane } from '@pullwright/core'
import { NEVER_DUE, type SqlRow } from './database.ts'
import { laneOf, targetOf } from './line.ts'

/** From where on a line is to be looked at. Nothing claimable stands before it. */
interface Front {
  dueAt: number
  sequence: string
}

export interface LineFronts {
  lines: string[]
  dues: number[]
  sequences: string[]
}

/**
 * What this process knows of the queue: from where on each line, and the leases, are still to be looked at. It spares
 * the database walking over what was consumed before, which an old snapshot may keep in the indexes for hours.
 */
export interface Lines {
  /** Nothing is known: the next look finds every line. */
  forget(): void
  /** The snapshot of the last look. */
  since(): string | null
  leasesFrom(now: number): number
  /** No lease ended before this time at the last look; without a fresh look, infinity where there was none at all. */
  firstLease(fresh: boolean): number
  /** A lease may end at this time already. */
  lowerLeases(to: number): void
  /** The lines of a lane such a claim may find something in, those due first in front. */
  open(request: Passing & { lane?: Lane; now?: number }): LineFronts
  /** Takes in what a look told, in the order told. */
  learn(rows: readonly SqlRow[]): void
  /** Takes in fronts that another look found: only ever towards the past. */
  lower(rows: readonly SqlRow[]): void
}

type Passing = Pick<ClaimRequest, 'handlers' | 'endpoints' | 'exceptEndpoints'>

/** More lines than that are not sent with one claim: the rest comes with the next. */
const MOST_LINES = 500

export function createLines(): Lines {
  const fronts = new Map<string, Front>()
  let look: string | null = null
  let leases = Number.NEGATIVE_INFINITY
  let firstLease = Number.NEGATIVE_INFINITY
  let clock = Number.NEGATIVE_INFINITY

  return {
    forget() {
      fronts.clear()
      look = null
      lowerLeases(Number.NEGATIVE_INFINITY)
    },
    since: () => look,
    leasesFrom(now) {
      // A clock that went back may give out leases that end before those looked at.
      if (now < clock) lowerLeases(Number.NEGATIVE_INFINITY)
      clock = now
      return leases
    },
    firstLease: (fresh) => (fresh && firstLease === Number.POSITIVE_INFINITY ? leases : Math.max(leases, firstLease)),
    lowerLeases,
    open({ lane, now = Number.POSITIVE_INFINITY, ...passing }) {
      const handlers = new Set(passing.handlers)
      const except = new Set(passing.exceptEndpoints)
      const open = [...fronts].filter(([line, { dueAt }]) => {
        const target = targetOf(line)
        const passes =
          target.kind === 'handler' ? handlers.has(target.handler) : passing.endpoints && !except.has(target.endpointId)
        return passes && dueAt <= now && (lane === undefined || laneOf(line) === lane)
      })
      if (open.length > 1) open.sort(([, a], [, b]) => a.dueAt - b.dueAt)
      const some = lane === undefined ? open : open.slice(0, MOST_LINES)
      return {
        lines: some.map(([line]) => line),
        dues: some.map(([, { dueAt }]) => dueAt),
        sequences: some.map(([, { sequence }]) => sequence),
      }
    },
    learn(rows) {
      for (const row of rows) {
        if (row.kind === 'look') look = String(row.note)
        else if (row.kind === 'leases') leases = Number(row.due_at)
        else if (row.kind === 'leased') firstLease = row.due_at === null ? Number.POSITIVE_INFINITY : Number(row.due_at)
        else if (row.kind === 'new') lower(row)
        else if (row.kind === 'line') set(row)
      }
    },
    lower(rows) {
      for (const row of rows) lower(row)
    },
  }

  function lowerLeases(to: number): void {
    leases = Math.min(leases, to)
    firstLease = Math.min(firstLease, to)
  }

  function set(row: SqlRow): void {
    const front = toFront(row)
    if (front === null) fronts.delete(String(row.line))
    else fronts.set(String(row.line), front)
  }

  function lower(row: SqlRow): void {
    const [line, front] = [String(row.line), toFront(row)]
    const known = fronts.get(line)
    if (front !== null && (known === undefined || isBefore(front, known))) fronts.set(line, front)
  }
}

function toFront(row: SqlRow): Front | null {
  if (row.due_at === null || Number(row.due_at) >= NEVER_DUE) return null
  return { dueAt: Number(row.due_at), sequence: String(row.sequence) }
}

function isBefore(a: Front, b: Front): boolean {
  return a.dueAt < b.dueAt || (a.dueAt === b.dueAt && Number(a.sequence) < Number(b.sequence))
}
