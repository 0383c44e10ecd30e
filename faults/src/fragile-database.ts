import Database from 'libsql'
import type { Crash } from './crash.ts'

/** A `libsql` database whose process dies with all of a transaction written and not committed, once the crash is armed. */
export function fragileDatabase(file: string, crash: Crash) {
  const database = new Database(file, { timeout: 0 })
  database.exec('PRAGMA journal_mode = WAL')
  return {
    prepare: (sql: string) => database.prepare(sql),
    exec(sql: string) {
      if (sql === 'COMMIT' && crash.armed) crash.die()
      return database.exec(sql)
    },
    close: () => database.close(),
    get inTransaction() {
      return database.inTransaction
    },
  }
}
