import type { HostTransaction } from '@pullwright/core'
import { type Bindable, bindable, type SqlValue, type Statements } from './database.ts'
import { encodeText } from './text.ts'

export type Row = Record<string, unknown>

export interface Query {
  text: string
  values: readonly SqlValue[]
}

/**
 * Work that asks and goes on with the answer, and does not care who runs it: our connection or a host's transaction. A
 * question that fails throws where it was asked.
 */
export type Steps<T> = Generator<Query, T, Row[]>

export function* ask(text: string, ...values: SqlValue[]): Steps<Row[]> {
  return yield { text, values }
}

/** On our own connection, in one go. */
export function perform<T>(statements: Statements, steps: Steps<T>): T {
  let next = steps.next()
  while (!next.done) {
    const { text, values } = next.value
    let rows: Row[]
    try {
      rows = statements.rowsOf(text, values.map(encoded)) as Row[]
    } catch (error) {
      next = steps.throw(error)
      continue
    }
    next = steps.next(rows)
  }
  return next.value
}

/** In a host's transaction. */
export async function performIn<T>(transaction: HostTransaction, steps: Steps<T>): Promise<T> {
  let next = steps.next()
  while (!next.done) {
    const { text, values } = next.value
    let rows: Row[]
    try {
      rows = (await transaction.query(text, values.map(encoded))).rows as Row[]
    } catch (error) {
      next = steps.throw(error)
      continue
    }
    next = steps.next(rows)
  }
  return next.value
}

/** In types that every driver takes: a host's own transaction hands them on as they are. */
function encoded(value: SqlValue): Bindable {
  return typeof value === 'string' ? encodeText(value) : bindable(value)
}
