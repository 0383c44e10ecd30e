import { randomBytes } from 'node:crypto'
import type { Store } from '@pullwright/core'
import pg from 'pg'
import { postgres } from '../src/index.ts'
import { openPostgres } from './postgres-server.ts'

export interface TestServer {
  readonly url: string
  readonly pool: pg.Pool
  /** A store in a schema of its own, which `stop()` drops. */
  store(): Store
  schemaOf(store: Store): string
  /** Another instance over the same schema, on connections of its own. */
  sibling(store: Store): Store
  /** Closes the store and drops its schema. */
  drop(store: Store): Promise<void>
  stop(): Promise<void>
}

/** Stores on a real PostgreSQL, each in a schema of its own. */
export async function startServer(): Promise<TestServer> {
  const server = await openPostgres()
  const { url } = server
  const pool = new pg.Pool({ connectionString: url, max: 12 })
  pool.on('error', () => {})
  const schemas = new Map<Store, string>()

  function make(schema: string): Store {
    const store = postgres({ connectionString: url }, { schema })
    schemas.set(store, schema)
    return store
  }
  async function drop(store: Store): Promise<void> {
    await store.close()
    const schema = schemas.get(store)
    schemas.delete(store)
    if (![...schemas.values()].some((name) => name === schema))
      await pool.query(`drop schema if exists ${schema} cascade`)
  }

  return {
    url,
    pool,
    store: () => make(`pw_test_${randomBytes(6).toString('hex')}`),
    schemaOf: (store) => String(schemas.get(store)),
    sibling: (store) => make(String(schemas.get(store))),
    drop,
    async stop() {
      for (const store of [...schemas.keys()]) await drop(store)
      await pool.end()
      await server.stop()
    },
  }
}
