import type { EmitResult, HostTransaction } from '@pullwright/core'
import { sqliteTransaction } from '@pullwright/sqlite'
import Database from 'libsql'
import pg from 'pg'
import type { StorePlace } from './worker-protocol.ts'

/** A table of the host, beside the store: each event of an own chain is emitted in the transaction that writes its row. */
export interface HostRows {
  make(): Promise<void>
  /** Writes the row and emits, in one transaction that is committed, or undone at its very end. */
  write(
    key: string,
    emit: (transaction: HostTransaction) => Promise<EmitResult>,
    end: 'commit' | 'undo',
  ): Promise<EmitResult>
  keys(): Promise<Set<string>>
  clear(): Promise<void>
  close(): Promise<void>
}

/** A connection that is silent for longer is given up by the host too. Milliseconds. */
const PATIENCE_MS = 2_000

/** What the same event is called in a transaction that is undone. */
export function undone(key: string): string {
  return `${key}${UNDONE}`
}

export const UNDONE = ' undone'

export function openHostRows(place: StorePlace): HostRows {
  return place.kind === 'sqlite' ? inFile(place) : inSchema(place)
}

function inSchema({ url, schema }: Extract<StorePlace, { kind: 'postgres' }>): HostRows {
  const pool = new pg.Pool({
    ...{ connectionString: url, max: 4, query_timeout: PATIENCE_MS, connectionTimeoutMillis: PATIENCE_MS },
  })
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return {
    async make() {
      await pool.query(`create table if not exists ${schema}.host_rows (key text primary key)`)
    },
    async write(key, emit, end) {
      const client = await pool.connect()
      try {
        await client.query(`begin; set local idle_in_transaction_session_timeout = ${PATIENCE_MS}`)
        await client.query(`insert into ${schema}.host_rows values ($1) on conflict do nothing`, [key])
        const result = await emit(client)
        await client.query(end === 'commit' ? 'commit' : 'rollback')
        client.release()
        return result
      } catch (error) {
        // What became of it is not known: the connection goes, and with it whatever is open.
        client.release(true)
        throw error
      }
    },
    async keys() {
      const { rows } = await pool.query(`select key from ${schema}.host_rows`)
      return new Set(rows.map(({ key }: { key: string }) => key))
    },
    async clear() {
      await pool.query(`delete from ${schema}.host_rows`)
    },
    close: () => pool.end(),
  }
}

function inFile({ file, busyTimeoutMs = PATIENCE_MS }: Extract<StorePlace, { kind: 'sqlite' }>): HostRows {
  const database = new Database(file, { timeout: busyTimeoutMs })
  let last: Promise<unknown> = Promise.resolve()
  const write: HostRows['write'] = async (key, emit, end) => {
    database.exec('BEGIN IMMEDIATE')
    try {
      database.prepare('INSERT OR IGNORE INTO host_rows (key) VALUES (?)').run(key)
      const result = await emit(sqliteTransaction(database))
      database.exec(end === 'commit' ? 'COMMIT' : 'ROLLBACK')
      return result
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK')
      throw error
    }
  }
  return {
    async make() {
      database.exec('CREATE TABLE IF NOT EXISTS host_rows (key TEXT PRIMARY KEY)')
    },
    // One connection has one transaction at a time.
    write(key, emit, end) {
      const turn = last.then(() => write(key, emit, end))
      last = turn.catch(() => {})
      return turn
    },
    async keys() {
      const rows = database.prepare('SELECT key FROM host_rows').all() as { key: string }[]
      return new Set(rows.map(({ key }) => key))
    },
    async clear() {
      database.exec('DELETE FROM host_rows')
    },
    async close() {
      database.close()
    },
  }
}
