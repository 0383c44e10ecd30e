import type { SqlValue } from './database.ts'
import { listOf } from './values.ts'

/** Terms of a WHERE, in order, with what they bind. */
export interface Conditions {
  and(sql: string, ...values: SqlValue[]): void
  /** Nothing where the value is undefined. */
  andIf<T extends SqlValue>(value: T | undefined, sql: string): void
  andIn(sql: string, values: readonly string[] | undefined): void
  readonly sql: string
  readonly values: SqlValue[]
}

export function createConditions(): Conditions {
  const terms: string[] = []
  const values: SqlValue[] = []

  function and(sql: string, ...bound: SqlValue[]): void {
    terms.push(sql)
    values.push(...bound)
  }

  return {
    and,
    andIf(value, sql) {
      if (value !== undefined) and(sql, value)
    },
    andIn(sql, wanted) {
      if (wanted !== undefined) and(`${sql} IN (SELECT value FROM json_each(?))`, listOf(wanted))
    },
    get sql() {
      return terms.length === 0 ? '1' : terms.join(' AND ')
    },
    values,
  }
}

/** An event has all of these. */
export function andAttributes(conditions: Conditions, wanted: Record<string, string> = {}, event: string): void {
  for (const [name, value] of Object.entries(wanted))
    conditions.and(
      `EXISTS (SELECT 1 FROM pullwright_attributes WHERE name = ? AND value = ? AND event_sequence = ${event})`,
      name,
      value,
    )
}
