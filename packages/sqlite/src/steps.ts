import type { HostTransaction } from '@pullwright/core'
import type { SqlValue, Statements } from './database.ts'
import { encodeText } from './text.ts'

export type Row = Record<string, unknown>

export interface Query {
  text: string
  values: readonly SqlValue[]
}

/** Work that asks and goes on with the answer, and does not care who runs it: our connection or a host's transaction. */
export type Steps<T> = Generator<Query, T, Row[]>

export function* ask(text: string, ...values: SqlValue[]): Steps<Row[]> {
  return yield { text, values }
}

/** On our own connection, in one go. */
export function perform<T>(statements: Statements, steps: Steps<T>): T {
  let next = steps.next()
  while (!next.done) {
    const { text, values } = next.value
    next = steps.next(statements.rows(text, values.map(encoded)) as Row[])
  }
  return next.value
}

/** In a host's transaction. */
export async function performIn<T>(transaction: HostTransaction, steps: Steps<T>): Promise<T> {
  let next = steps.next()
  while (!next.done) {
    const { text, values } = next.value
    const { rows } = await transaction.query(text, values.map(encoded))
    next = steps.next(rows as Row[])
  }
  return next.value
}

function encoded(value: SqlValue): SqlValue {
  return typeof value === 'string' ? encodeText(value) : value
}
