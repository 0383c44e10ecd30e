import { type AppendResult, type HostTransaction, isPullwrightError, PullwrightError } from '@pullwright/core'
import { append } from './append.ts'
import { createStatements, type SqliteDatabase } from './database.ts'
import { asStoreError, messageOf } from './errors.ts'
import type { Prepared } from './prepare.ts'
import { ask, performIn, type Steps } from './steps.ts'
import { textOf } from './values.ts'

/**
 * A host's connection as a transaction for `emit(…, { transaction })`: call it between the host's own `BEGIN IMMEDIATE`
 * and `COMMIT`. The connection must be to the file of the store.
 */
export function sqliteTransaction(database: SqliteDatabase): HostTransaction {
  const statements = createStatements(database)
  return { query: async (text, values = []) => ({ rows: statements.rows(text, values) }) }
}

/**
 * Records in the host's transaction. A recording that fails leaves nothing behind, and the host's transaction open and
 * usable. Throws `transaction-unsupported` where it is not of the database of the store, which `identity` names.
 */
export async function appendIn(
  transaction: HostTransaction,
  recording: Prepared,
  identity: string,
): Promise<AppendResult> {
  if (typeof transaction.query !== 'function')
    throw new PullwrightError(
      'invalid-argument',
      '`transaction` needs a function `query(text, values)`: make one with sqliteTransaction(database).',
    )
  await insistOnStore(transaction, identity)
  await transaction.query('SAVEPOINT pullwright')
  try {
    const result = await performIn(transaction, append(recording))
    await transaction.query('RELEASE pullwright')
    return result
  } catch (error) {
    await undo(transaction)
    throw asStoreError(error)
  }
}

async function insistOnStore(transaction: HostTransaction, identity: string): Promise<void> {
  let found: string | null
  try {
    found = await performIn(transaction, readIdentity())
  } catch (error) {
    if (isPullwrightError(error) || !/no such table|does not exist/.test(messageOf(error))) throw asStoreError(error)
    throw otherDatabase('has no tables of Pullwright', error)
  }
  if (found !== identity) throw otherDatabase('has the tables of another Pullwright')
}

export function* readIdentity(): Steps<string | null> {
  const [row] = yield* ask('SELECT identity FROM pullwright_store')
  return row === undefined ? null : textOf(row.identity)
}

async function undo(transaction: HostTransaction): Promise<void> {
  try {
    await transaction.query('ROLLBACK TO pullwright')
    await transaction.query('RELEASE pullwright')
  } catch {
    // After some failures SQLite has ended the host's whole transaction itself; its COMMIT will say so.
  }
}

function otherDatabase(what: string, cause?: unknown): PullwrightError {
  return new PullwrightError(
    'transaction-unsupported',
    `The database of this transaction ${what}: begin it on the file that the store uses.`,
    { cause },
  )
}
