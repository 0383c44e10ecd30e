import type { Store } from '@pullwright/core'
import { storeConformance } from '@pullwright/testkit'
import { type SqliteDatabase, sqlite, sqliteTransaction } from '../src/index.ts'

type Case = ReturnType<typeof storeConformance>[number]

interface Parts {
  /** A connection as a host would open it. */
  connect(file: string): SqliteDatabase
  path(): string
}

/** The suite over a database that is handed in, the host's transactions on a connection of their own. */
export function givenFileCases({ connect, path }: Parts): Case[] {
  const files = new WeakMap<Store, string>()
  const open = (file: string) => {
    const database = connect(file)
    const store = sqlite({ database })
    files.set(store, file)
    // The suite knows nothing of the database beneath, and a host closes its own.
    const closed = { ...store, close: () => store.close().then(() => void (isOpen(database) && database.close())) }
    files.set(closed, file)
    return closed
  }
  return storeConformance({
    create: () => open(path()),
    reopen: async (store) => open(files.get(store) ?? ''),
    transactions: {
      async begin(store) {
        const host = connect(files.get(store) ?? '')
        return begin(host, () => host.close())
      },
    },
  })
}

/** The suite over a database in memory that is handed in; the host's transactions are on the same connection. */
export function sharedConnectionCases(connect: Parts['connect']): Case[] {
  const databases = new WeakMap<Store, SqliteDatabase>()
  return storeConformance({
    create() {
      const database = connect(':memory:')
      const store = sqlite({ database })
      databases.set(store, database)
      return { store, close: () => store.close().then(() => void database.close()) }
    },
    transactions: {
      async begin(store) {
        const host = databases.get(store)
        if (host === undefined) throw new Error('Not a store of this suite')
        return begin(host, () => {})
      },
    },
  })
}

export function begin(host: SqliteDatabase, after: () => unknown) {
  host.exec('BEGIN IMMEDIATE')
  const end = (how: string) => async () => {
    host.exec(how)
    after()
  }
  return { transaction: sqliteTransaction(host), commit: end('COMMIT'), rollback: end('ROLLBACK') }
}

function isOpen(database: SqliteDatabase): boolean {
  try {
    database.prepare('SELECT 1')
    return true
  } catch {
    return false
  }
}
