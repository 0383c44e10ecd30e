/**
 * What a database handed in must have: `better-sqlite3`, `libsql` and `node:sqlite` fit. All of it is synchronous.
 */
export interface SqliteDatabase {
  prepare(sql: string): SqliteStatement
  /** Runs one or more statements without parameters. */
  exec(sql: string): unknown
  close(): unknown
  /** Whether a transaction is open; named so by better-sqlite3 and libsql. */
  readonly inTransaction?: boolean
  /** The same by node:sqlite. */
  readonly isTransaction?: boolean
}

export interface SqliteStatement {
  run(...values: never[]): unknown
  all(...values: never[]): unknown[]
}

/** What a driver binds. Booleans become 1 and 0, `undefined` becomes `null`. */
export type SqlValue = string | number | bigint | boolean | Uint8Array | null | undefined

/** Runs statements of one connection, each prepared once. */
export interface Statements {
  /** The rows; none for a statement that gives none. Values are checked. */
  rows(sql: string, values: readonly unknown[]): unknown[]
  /** The same for values that every driver takes. */
  rowsOf(sql: string, values: readonly Bindable[]): unknown[]
  exec(sql: string): void
  /** Lets go of everything prepared. */
  clear(): void
}

/** Statements of filters differ with what is asked for; so many are kept prepared. */
const MOST_PREPARED = 400

export function createStatements(database: SqliteDatabase): Statements {
  const prepared = new Map<string, Run>()

  function prepare(sql: string): Run {
    const known = prepared.get(sql)
    if (known !== undefined) return known
    if (prepared.size >= MOST_PREPARED) prepared.clear()
    const run = runnerOf(database.prepare(sql))
    prepared.set(sql, run)
    return run
  }

  return {
    rows: (sql, values) => prepare(sql)(values.map(bindable)),
    rowsOf: (sql, values) => prepare(sql)(values),
    exec(sql) {
      database.exec(sql)
    },
    clear: () => prepared.clear(),
  }
}

type Run = (values: readonly unknown[]) => unknown[]

/** `get` is never used: libsql leaves its statement, and with it a snapshot, open. */
function runnerOf(statement: SqliteStatement): Run {
  if (!('pluck' in statement)) return (values) => statement.all(...(values as never[]))
  // better-sqlite3 and libsql take a list, and libsql mistakes a lone null or byte array for one. They refuse to look for
  // rows where there are none.
  if ('reader' in statement && statement.reader === true) return (values) => statement.all(values as never)
  return (values) => {
    statement.run(values as never)
    return []
  }
}

/** What every driver takes. */
export type Bindable = string | number | bigint | Uint8Array | null

/** libsql ends the whole process when it meets a type it does not know, so nothing else may get through. */
export function bindable(value: unknown): Bindable {
  if (value === undefined || value === null) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return value
  if (value instanceof Uint8Array) return value
  throw new TypeError(`SQLite cannot bind a value of type ${typeof value}: give text, numbers, bytes or null.`)
}
