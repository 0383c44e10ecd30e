import { storeConformance } from '@pullwright/testkit'
import { afterAll, beforeAll, describe, test } from 'vitest'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)

describe('the PostgreSQL store conforms', () => {
  const cases = storeConformance({
    create() {
      const store = server.store()
      return { store, close: () => server.drop(store) }
    },
    reopen: async (store) => server.sibling(store),
    transactions: {
      async begin() {
        const client = await server.pool.connect()
        await client.query('begin')
        const end = (sql: string) => async () => {
          await client.query(sql)
          client.release()
        }
        return { transaction: client, commit: end('commit'), rollback: end('rollback') }
      },
    },
  })
  for (const { name, run } of cases) test(name, run)
})
