import { isPullwrightError, PullwrightError } from '@pullwright/core'

/** SQLite's result codes (https://www.sqlite.org/rescode.html); the low byte of an extended one. */
const BUSY = 5
const LOCKED = 6

/** Somebody else holds the lock, or the connection itself is in a transaction of the host: it will pass. */
export function isBusy(error: unknown): boolean {
  const { code, rawCode, errcode } = facts(error)
  if (/^SQLITE_(BUSY|LOCKED)/.test(String(code))) return true
  const number = Number(rawCode ?? errcode) & 0xff
  return number === BUSY || number === LOCKED || isNested(error)
}

/** A transaction that is not ours is open on this connection. */
function isNested(error: unknown): boolean {
  return /cannot start a transaction within a transaction/.test(messageOf(error))
}

/** Every failure as an error of ours, saying what to do where that is known. */
export function asStoreError(error: unknown): unknown {
  if (isPullwrightError(error)) return error
  const message = messageOf(error)
  const advice = ADVICE.find(([shape]) => shape.test(message))?.[1] ?? `SQLite failed: ${message}`
  return new PullwrightError('store', advice, { cause: error })
}

/** What SQLite says (its source names these messages) and what to do about it. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /UNIQUE constraint failed: pullwright_(events|tasks)\.id/,
    'An event or a task with such an id is already stored: give each its own. Nothing was recorded.',
  ],
  [/no such table: pullwright_/, 'The tables of Pullwright are missing in this database: call migrate() first.'],
  [
    /database is locked|database table is locked/,
    'The database stayed locked by another connection. Keep transactions short, and begin those that write with BEGIN IMMEDIATE.',
  ],
  [
    /cannot start a transaction within a transaction/,
    'A transaction of the host stayed open on the connection that Pullwright was given. Commit it, pass it as `transaction`, or give Pullwright a connection of its own.',
  ],
  [/unable to open database file/, 'SQLite cannot open the database file: check that its folder can be written to.'],
  [/readonly database/, 'The database is read-only: Pullwright must be able to write to the file and its folder.'],
  [/disk is full/, 'The disk is full: nothing was recorded.'],
]

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function facts(error: unknown): { code?: unknown; rawCode?: unknown; errcode?: unknown } {
  return typeof error === 'object' && error !== null ? error : {}
}
