import type { Store } from '@pullwright/core'
import { storeConformance } from '@pullwright/testkit'
import Database from 'libsql'
import { describe, test } from 'vitest'
import { type SqliteDatabase, sqlite, sqliteTransaction } from '../src/index.ts'
import { testFolder } from './folder.ts'

const path = testFolder()

describe('a file', () => {
  const files = new WeakMap<Store, string>()
  const open = (file: string) => {
    const store = sqlite({ file, durability: 'normal' })
    files.set(store, file)
    return store
  }
  const fileOf = (store: Store) => files.get(store) ?? ''

  const cases = storeConformance({
    create: () => open(path()),
    reopen: async (store) => open(fileOf(store)),
    transactions: {
      async begin(store) {
        const host = new Database(fileOf(store))
        host.exec('BEGIN IMMEDIATE')
        const end = (how: string) => async () => {
          host.exec(how)
          host.close()
        }
        return { transaction: sqliteTransaction(host), commit: end('COMMIT'), rollback: end('ROLLBACK') }
      },
    },
  })
  for (const { name, run } of cases) test(name, run)
})

describe('a database in memory, handed in', () => {
  const databases = new WeakMap<Store, SqliteDatabase>()

  const cases = storeConformance({
    create() {
      const database = new Database(':memory:')
      const store = sqlite({ database })
      databases.set(store, database)
      return {
        store,
        async close() {
          await store.close()
          database.close()
        },
      }
    },
    transactions: {
      async begin(store) {
        const host = databases.get(store)
        if (host === undefined) throw new Error('Not a store of this test')
        host.exec('BEGIN IMMEDIATE')
        const end = (how: string) => async () => {
          host.exec(how)
        }
        return { transaction: sqliteTransaction(host), commit: end('COMMIT'), rollback: end('ROLLBACK') }
      },
    },
  })
  for (const { name, run } of cases) test(name, run)
})
