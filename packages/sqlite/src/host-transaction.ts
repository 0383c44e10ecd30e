import { type AppendResult, type HostTransaction, isPullwrightError, PullwrightError } from '@pullwright/core'
import { append } from './append.ts'
import { createStatements, type SqliteDatabase, type Statements } from './database.ts'
import { asStoreError, messageOf } from './errors.ts'
import type { Prepared } from './prepare.ts'
import { ask, perform, performIn, type Steps } from './steps.ts'
import { textOf } from './values.ts'

/** By these a transaction of ours is known, also one of another copy of this package. */
const STATEMENTS = Symbol.for('pullwright.sqlite.statements')
const IS_OPEN = Symbol.for('pullwright.sqlite.is-open')

interface OwnTransaction extends HostTransaction {
  [STATEMENTS]?: Statements
  /** Undefined where the driver does not say. */
  [IS_OPEN]?: () => boolean | undefined
}

/**
 * A host's connection as a transaction for `emit(…, { transaction })`: call it between the host's own `BEGIN IMMEDIATE`
 * and `COMMIT`. The connection must be to the file of the store.
 */
export function sqliteTransaction(database: SqliteDatabase): HostTransaction {
  const statements = createStatements(database)
  const transaction: OwnTransaction = {
    query: async (text, values = []) => ({ rows: statements.rows(text, values) }),
  }
  Object.defineProperty(transaction, STATEMENTS, { value: statements })
  Object.defineProperty(transaction, IS_OPEN, { value: () => database.inTransaction ?? database.isTransaction })
  return transaction
}

export interface HostTransactions {
  /**
   * Records in the host's transaction. A recording that fails leaves nothing behind, and the host's transaction open and
   * usable. Throws `transaction-unsupported` where it is not of the database of the store, which `identity` names, and
   * `invalid-argument` where none was begun: what is recorded then would outlive the host's rollback.
   */
  append(transaction: HostTransaction, recording: Prepared, identity: string): Promise<AppendResult>
}

export function createHostTransactions(): HostTransactions {
  /** Savepoints nest, so two recordings in one transaction may not come between each other. */
  const turns = new WeakMap<HostTransaction, Promise<unknown>>()

  return {
    async append(transaction, recording, identity) {
      const steps = () => appendWithin(recording, identity)
      const { [STATEMENTS]: statements, [IS_OPEN]: isOpen } = transaction as OwnTransaction
      try {
        if (isOpen?.() === false) throw notBegun()
        // In one go: nobody can come between.
        if (statements !== undefined) return perform(statements, steps())
        if (typeof transaction.query !== 'function') throw noTransaction()
        const turn = (turns.get(transaction) ?? Promise.resolve()).then(() => performIn(transaction, steps()))
        turns.set(
          transaction,
          turn.catch(() => {}),
        )
        return await turn
      } catch (error) {
        throw asStoreError(error)
      }
    },
  }
}

function* appendWithin(recording: Prepared, identity: string): Steps<AppendResult> {
  yield* insistOnStore(identity)
  yield* ask('SAVEPOINT pullwright')
  try {
    const result = yield* append(recording)
    yield* ask('RELEASE pullwright')
    return result
  } catch (error) {
    yield* undo()
    throw error
  }
}

function* insistOnStore(identity: string): Steps<void> {
  let found: string | null
  try {
    found = yield* readIdentity()
  } catch (error) {
    if (isPullwrightError(error) || !/no such table|does not exist/.test(messageOf(error))) throw error
    throw otherDatabase('has no tables of Pullwright', error)
  }
  if (found !== identity) throw otherDatabase('has the tables of another Pullwright')
}

export function* readIdentity(): Steps<string | null> {
  const [row] = yield* ask('SELECT identity FROM pullwright_store')
  return row === undefined ? null : textOf(row.identity)
}

function* undo(): Steps<void> {
  try {
    yield* ask('ROLLBACK TO pullwright')
    yield* ask('RELEASE pullwright')
  } catch {
    // After some failures SQLite has ended the host's whole transaction itself; its COMMIT will say so.
  }
}

function noTransaction(): PullwrightError {
  return new PullwrightError(
    'invalid-argument',
    '`transaction` needs a function `query(text, values)`: make one with sqliteTransaction(database).',
  )
}

function notBegun(): PullwrightError {
  return new PullwrightError(
    'invalid-argument',
    '`transaction` has not begun: run BEGIN IMMEDIATE on its connection first, or emit without `transaction`.',
  )
}

function otherDatabase(what: string, cause?: unknown): PullwrightError {
  return new PullwrightError(
    'transaction-unsupported',
    `The database of this transaction ${what}: begin it on the file that the store uses.`,
    { cause },
  )
}
