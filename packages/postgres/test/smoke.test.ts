import { randomBytes } from 'node:crypto'
import { storeConformance } from '@pullwright/testkit'
import pg from 'pg'
import { afterAll, describe, test } from 'vitest'
import { postgres } from '../src/index.ts'

const url = 'postgres://postgres@127.0.0.1:5432/postgres'
const pool = new pg.Pool({ connectionString: url, max: 12 })
const schemas = new Map<object, string>()
afterAll(async () => {
  await pool.end()
})
describe('the PostgreSQL store conforms', () => {
  const cases = storeConformance({
    create() {
      const schema = `pwt_${randomBytes(6).toString('hex')}`
      const store = postgres({ pool }, { schema })
      schemas.set(store, schema)
      return {
        store,
        async close() {
          await store.close()
          await pool.query(`drop schema if exists ${schema} cascade`)
        },
      }
    },
    async reopen(store) {
      return postgres({ pool }, { schema: String(schemas.get(store)) })
    },
    transactions: {
      async begin() {
        const client = await pool.connect()
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
