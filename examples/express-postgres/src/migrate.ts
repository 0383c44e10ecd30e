import type pg from 'pg'
import { MIGRATIONS } from './migrations.ts'

/** Brings the schema up to date, each step in a transaction of its own, one process at a time. */
export async function migrate(pool: pg.Pool, schema: string): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query(`create schema if not exists ${schema}`)
    await client.query('create table if not exists migrations (number integer primary key)')
    for (const [number, sql] of MIGRATIONS.entries()) {
      await client.query('begin')
      await client.query('lock table migrations')
      const { rowCount } = await client.query('insert into migrations values ($1) on conflict do nothing', [number])
      if (rowCount === 1) await client.query(sql)
      await client.query('commit')
    }
  } catch (error) {
    await client.query('rollback')
    throw error
  } finally {
    client.release()
  }
}
