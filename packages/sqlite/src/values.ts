import type { JsonValue } from '@pullwright/core'
import type { SqlValue } from './database.ts'
import type { Steps } from './steps.ts'
import { decodeText, encodeText } from './text.ts'

/**
 * When a task is due that only a signal wakes: the last moment a `Date` can hold (ECMA-262, 21.4.1.1), so that whoever
 * formats it gets a date.
 */
export const NEVER_DUE = 8_640_000_000_000_000

// Drivers differ in what they give back, by their settings too: bigint for integers, ArrayBuffer for bytes.

export function numberOf(value: unknown): number {
  return Number(value)
}

export function numberOrNull(value: unknown): number | null {
  return value === null ? null : Number(value)
}

export function textOf(value: unknown): string {
  return decodeText(String(value))
}

export function textOrNull(value: unknown): string | null {
  return value === null ? null : textOf(value)
}

export function bytesOf(value: unknown): Uint8Array {
  return value instanceof ArrayBuffer ? new Uint8Array(value.slice(0)) : Uint8Array.from(value as Uint8Array)
}

/** `null` for what JSON has no text for. */
export function jsonText(value: unknown): string | null {
  return value === null ? null : (JSON.stringify(value) ?? null)
}

export function jsonOf(value: unknown): JsonValue {
  return value === null ? null : (JSON.parse(textOf(value)) as JsonValue)
}

/** For `IN (SELECT value FROM json_each(?))`: a list of any length in one parameter. */
export function listOf(values: readonly (string | number)[]): string {
  return JSON.stringify(values.map((value) => (typeof value === 'string' ? encodeText(value) : value)))
}

/** The part of a row's members that a column's list may bind. */
export type Values = readonly SqlValue[]

/** One statement for many rows of values, by size: 1, 2, 4, … rows. */
export type Bulk = readonly string[]

/** So many sizes: 64 rows at most. More gain nothing. */
const SIZES = 7

/** `before` and `after` stand around the list of so many placeholders for each row. */
export function bulk(before: string, columns: number, after = ''): Bulk {
  const row = `(${Array.from({ length: columns }, () => '?').join(', ')})`
  return Array.from(
    { length: SIZES },
    (_, size) => before + Array.from({ length: 2 ** size }, () => row).join(', ') + after,
  )
}

/** Runs the statement for all rows, in as few goes as its sizes allow. */
export function* runBulk(texts: Bulk, rows: readonly Values[]): Steps<void> {
  for (let start = 0; start < rows.length; ) {
    const size = Math.min(texts.length - 1, Math.floor(Math.log2(rows.length - start)))
    const values: SqlValue[] = []
    for (const row of rows.slice(start, start + 2 ** size)) for (const value of row) values.push(value)
    yield { text: texts[size] ?? '', values }
    start += 2 ** size
  }
}
