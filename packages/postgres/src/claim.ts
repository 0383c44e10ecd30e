import { type ClaimedTask, type ClaimRequest, claimedTask, type Store, type StoreQuery } from '@pullwright/core'
import type { Database, SqlRow } from './database.ts'
import { createInTurn } from './in-turn.ts'
import { toLease } from './lease.ts'
import { laneLetter } from './line.ts'
import { createLines } from './lines.ts'
import { eventColumns, taskColumns, text, toEvent, toTask } from './records.ts'
import { encodeText } from './text-codec.ts'

export interface Claims {
  claim: Store['claim']
  nextDueAt: StoreQuery['nextDueAt']
  /** Leases may end at this time from now on. */
  lowerLeases(to: number): void
  stop(): void
}

/** How often all lines are looked at from their fronts: a claim that was rolled back leaves work behind unseen. */
const LOOK_ALL_MS = 30_000
/** Past so much, other workers' leases are looked for seldom: each is found anyway when it has ended. */
const SLOW_MS = 50
/** And a look takes at most this part of the time. */
const LOOK_SHARE = 50

/** Claims of one store take turns: each begins where the one before ended. Stores and processes do not wait for another. */
export function createClaims(database: Database): Claims {
  const lines = createLines()
  const inTurn = createInTurn()
  const statements = {
    claim: database.statement(`
      select c.kind, c.line, c.due_at, c.sequence, c.note, c.token, c.steps, c.superseded,
        ${taskColumns('(c.task)')}, ${eventColumns('(c.event)')}
      from {s}.claim($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) c`),
    next: database.statement('select * from {s}.next_due($1, $2, $3, $4, $5, $6, $7)'),
    all: database.statement('select * from {s}.arrivals(null)'),
  }
  let looking: Promise<void> | null = null
  let leasesAt = 0
  let lookAllAt = performance.now() + LOOK_ALL_MS

  return {
    claim: (request) => inTurn(() => claim(request)),
    nextDueAt: (request) => inTurn(() => nextDueAt(request)),
    lowerLeases: lines.lowerLeases,
    stop: () => {
      lookAllAt = Number.POSITIVE_INFINITY
    },
  }

  async function claim(request: ClaimRequest): Promise<ClaimedTask[]> {
    const { now, leaseMs, lane, handlers, endpoints } = request
    const limit = Math.max(0, Math.floor(request.limit))
    if (limit === 0) return []
    const excluded = new Set(request.exceptHandlers)
    const able = handlers.filter((handler) => !excluded.has(handler))
    const except = request.exceptEndpoints ?? []
    const open = lines.open({ handlers: able, endpoints, exceptEndpoints: except, lane, now })
    lines.lowerLeases(now + leaseMs)
    const rows = await look(statements.claim, [
      ...[now, leaseMs, limit, laneLetter(lane), lines.since(), open.lines, open.dues, open.sequences],
      ...[able.map(encodeText), endpoints, except.map(encodeText), lines.leasesFrom(now)],
    ])
    lookAtAll()
    return rows.filter(({ kind }) => kind === 'task').map(toClaimed)
  }

  async function nextDueAt(request: Parameters<Claims['nextDueAt']>[0]): Promise<number | null> {
    const open = lines.open(request)
    const begun = performance.now()
    const rows = await look(statements.next, [
      ...[lines.since(), open.lines, open.dues, open.sequences],
      ...[request.handlers.map(encodeText), request.endpoints, lines.firstLease(begun >= leasesAt)],
    ])
    const took = performance.now() - begun
    if (took > SLOW_MS && begun >= leasesAt) leasesAt = begun + took * LOOK_SHARE
    const due = rows.find(({ kind }) => kind === 'next')?.due_at
    return due === null || due === undefined ? null : Number(due)
  }

  async function look(statement: (typeof statements)['claim'], values: unknown[]): Promise<SqlRow[]> {
    try {
      const rows = await database.run(statement, values)
      lines.learn(rows)
      return rows
    } catch (error) {
      // What it took or looked at is not known.
      lines.forget()
      throw error
    }
  }

  /** Beside the claims, for under an old snapshot it may take a while. */
  function lookAtAll(): void {
    const begun = performance.now()
    if (looking !== null || begun < lookAllAt) return
    looking = database
      .run(statements.all)
      .then(
        (rows) => {
          lines.lower(rows)
          lines.lowerLeases(Number.NEGATIVE_INFINITY)
        },
        () => {},
      )
      .finally(() => {
        looking = null
        const end = performance.now()
        if (Number.isFinite(lookAllAt)) lookAllAt = end + Math.max(LOOK_ALL_MS, (end - begun) * LOOK_SHARE)
      })
  }
}

function toClaimed(row: SqlRow): ClaimedTask {
  const task = toTask(row)
  const steps = ((row.steps ?? []) as [string, string][]).map(([name, sealed]) => ({
    name: text(name),
    sealed: text(sealed),
  }))
  const lease = toLease(task.id, String(row.token))
  return claimedTask({ lease, task, steps, superseded: row.superseded === true }, () => toEvent(row))
}
