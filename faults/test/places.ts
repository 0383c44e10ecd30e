import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll } from 'vitest'
import { openPostgres, type PostgresServer } from '../../packages/postgres/test/postgres-server.ts'
import type { StorePlace } from '../src/worker-protocol.ts'

/** A schema of its own on a real PostgreSQL for each call, gone after the tests of the file. */
export function postgresPlaces(): () => Extract<StorePlace, { kind: 'postgres' }> {
  const schemas: string[] = []
  let server: PostgresServer | null = null
  beforeAll(async () => {
    server = await openPostgres()
  }, 60_000)
  afterAll(async () => {
    const client = new pg.Client({ connectionString: server?.url })
    await client.connect()
    for (const schema of schemas) await client.query(`drop schema if exists ${schema} cascade`)
    await client.end()
    await server?.stop()
  }, 60_000)
  return () => {
    const schema = `pw_faults_${randomBytes(6).toString('hex')}`
    schemas.push(schema)
    return { kind: 'postgres', url: server?.url ?? '', schema }
  }
}

/** A file of its own for each call. */
export function sqlitePlaces(): () => Extract<StorePlace, { kind: 'sqlite' }> {
  const folder = mkdtempSync(join(tmpdir(), 'pullwright-faults-'))
  let count = 0
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => ({ kind: 'sqlite', file: join(folder, `${++count}.db`) })
}
