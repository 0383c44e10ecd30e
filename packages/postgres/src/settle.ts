import type { Settlement, SettleResult } from '@pullwright/core'
import { conflictOf, toParameters } from './append.ts'
import { type Database, NEVER_DUE } from './database.ts'
import { readLease } from './lease.ts'
import { encodeNullable, encodeText } from './text-codec.ts'

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
    for (const n of rest) {
      try {
        const result = await settleOne(settlements[n] as Settlement, n)
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

  async function settleOne(settlement: Settlement, n: number): Promise<SettleResult> {
    const values = toValues([settlementParameter(settlement, n)])
    if (settlement.followUps === undefined) {
      const [row] = await database.run(many, values)
      return { status: ((row?.held ?? []) as number[]).length > 0 ? 'settled' : 'lost' }
    }
    const [row] = await database.run(one, [...values, ...toParameters(settlement.followUps, database.schema)])
    if (row?.verdict === 'conflict') return conflictOf(row)
    return { status: row?.verdict === 'settled' ? 'settled' : 'lost' }
  }
}

/** What goes together, and what is left: whatever has follow-ups, and a task that is named again. Forged ones in neither. */
function divide(settlements: readonly Settlement[]) {
  const batch: ReturnType<typeof settlementParameter>[] = []
  const rest: number[] = []
  const seen = new Set<string>()
  for (const [n, settlement] of settlements.entries()) {
    const { lease, followUps } = settlement
    if (readLease(lease) === null) continue
    if (followUps !== undefined || seen.has(lease.taskId)) rest.push(n)
    else batch.push(settlementParameter(settlement, n))
    seen.add(lease.taskId)
  }
  return { batch, rest }
}

function toValues(batch: ReturnType<typeof settlementParameter>[]): unknown[] {
  const signals = batch.flatMap((one) => ('wake_on' in one && one.wake_on !== null ? [one.wake_on] : []))
  return [batch.map(({ sequence }) => sequence), batch.map(({ token }) => token), signals, JSON.stringify(batch)]
}

function settlementParameter({ lease, at, transition, progress, attempt }: Settlement, n: number) {
  return {
    n,
    ...readLease(lease),
    at,
    ...transitionParameter(transition),
    progress: encodeNullable(progress),
    ...(attempt !== undefined && {
      started_at: attempt.startedAt,
      ended_at: attempt.endedAt,
      outcome: attempt.outcome,
      error: encodeNullable(attempt.error),
      details: JSON.stringify(attempt.details) ?? 'null',
    }),
  }
}

function transitionParameter(to: Settlement['transition']) {
  switch (to.status) {
    case 'done':
    case 'dead':
      return { status: to.status, result: JSON.stringify(to.result) ?? 'null', reason: encodeNullable(to.reason) }
    case 'retrying':
      return { status: to.status, due_at: to.dueAt, reason: encodeText(to.reason) }
    case 'pending':
      return { status: to.status, due_at: to.dueAt }
    case 'waiting': {
      const [reason, wakeOn] = [encodeNullable(to.reason), encodeNullable(to.wakeOn)]
      return { status: to.status, due_at: to.dueAt ?? NEVER_DUE, wake_on: wakeOn, reason }
    }
  }
}
