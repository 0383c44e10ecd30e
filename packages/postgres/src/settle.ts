import type { Settlement, SettleResult } from '@pullwright/core'
import { conflictOf, toParameters } from './append.ts'
import { type Database, NEVER_DUE } from './database.ts'
import { type HeldLease, readLease } from './lease.ts'
import { encodeNullable } from './text-codec.ts'

export interface Settled {
  results: SettleResult[]
  /** Something may have become claimable. */
  freed: boolean
}

/** All that have no follow-ups go in one statement; those with follow-ups one by one, for each may be refused. */
export function createSettle(database: Database): (settlements: readonly Settlement[]) => Promise<Settled> {
  const many = database.statement('select held, freed from {s}.settle($1::bigint[], $2::text[], $3::text[], $4::json)')
  const one =
    database.statement(`select verdict, about, detail from {s}.settle_with($1::bigint[], $2::text[], $3::text[], $4::json,
    $5::bigint[], $6::json, $7::json, $8::json, $9::json)`)

  return async (settlements) => {
    const results: SettleResult[] = settlements.map(() => ({ status: 'lost' }))
    const { batch, rest } = divide(settlements)
    let freed = false
    if (batch.length > 0) {
      const [row] = await database.run(many, toValues(batch))
      for (const n of (row?.held ?? []) as number[]) results[n] = { status: 'settled' }
      freed = row?.freed === true
    }
    const failures: unknown[] = []
    for (const { n, held } of rest) {
      try {
        const result = await settleOne(settlements[n] as Settlement, held, n)
        results[n] = result
        if (result.status === 'settled') freed = true
      } catch (error) {
        // Its neighbours stand each for itself.
        failures.push(error)
      }
    }
    if (failures.length > 0) throw failures[0]
    return { results, freed }
  }

  async function settleOne(settlement: Settlement, held: HeldLease, n: number): Promise<SettleResult> {
    const { followUps } = settlement
    const values = toValues([settlementParameter(settlement, held, n)])
    if (followUps === undefined) {
      const [row] = await database.run(many, values)
      return { status: ((row?.held ?? []) as number[]).length > 0 ? 'settled' : 'lost' }
    }
    const [row] = await database.run(one, [...values, ...toParameters(followUps, database.schema)])
    if (row?.verdict === 'conflict') return conflictOf(row)
    return { status: row?.verdict === 'settled' ? 'settled' : 'lost' }
  }
}

/** What goes together, and what is left: whatever has follow-ups, and a task that is named again. Forged ones in neither. */
function divide(settlements: readonly Settlement[]) {
  const batch: SettlementParameter[] = []
  const rest: { n: number; held: HeldLease }[] = []
  const seen = new Set<string>()
  for (const [n, settlement] of settlements.entries()) {
    const { lease, followUps } = settlement
    const held = readLease(lease)
    if (held === null) continue
    if (followUps !== undefined || seen.has(lease.taskId)) rest.push({ n, held })
    else batch.push(settlementParameter(settlement, held, n))
    seen.add(lease.taskId)
  }
  return { batch, rest }
}

function toValues(batch: SettlementParameter[]): unknown[] {
  const signals = batch.flatMap(({ wake_on }) => wake_on ?? [])
  return [batch.map(({ sequence }) => sequence), batch.map(({ token }) => token), signals, JSON.stringify(batch)]
}

type SettlementParameter = ReturnType<typeof settlementParameter>

/** What is undefined is left out, and null in the row. Member by member: to spread parts of it costs more than to write it. */
function settlementParameter({ at, transition: to, progress, attempt }: Settlement, held: HeldLease, n: number) {
  const isOver = to.status === 'done' || to.status === 'dead'
  return {
    n,
    sequence: held.sequence,
    token: held.token,
    at,
    status: to.status,
    result: isOver ? (JSON.stringify(to.result) ?? 'null') : undefined,
    reason: to.status === 'pending' ? undefined : encodeNullable(to.reason),
    due_at: isOver ? undefined : (to.dueAt ?? NEVER_DUE),
    wake_on: to.status === 'waiting' ? encodeNullable(to.wakeOn) : undefined,
    progress: encodeNullable(progress),
    started_at: attempt?.startedAt,
    ended_at: attempt?.endedAt,
    outcome: attempt?.outcome,
    error: attempt && encodeNullable(attempt.error),
    details: attempt && (JSON.stringify(attempt.details) ?? 'null'),
  }
}
