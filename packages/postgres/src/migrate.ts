import { PullwrightError } from '@pullwright/core'
import { withClient } from './database.ts'
import type { PgPool } from './driver.ts'
import { storeError } from './errors.ts'
import { lockNumber } from './lock-number.ts'
import { migrations } from './migrations/migrations.ts'

/** A migration may rebuild a table, or wait for the one of another process. */
const TIMEOUT_MS = 60 * 60_000

/** Brings the schema to the newest number. Processes that start together take turns; whoever comes later finds it done. */
export async function migrate(pool: PgPool, schema: string, fill: (text: string) => string): Promise<void> {
  const newest = migrations.at(-1)?.number ?? 0
  try {
    await withClient(pool, TIMEOUT_MS, async (ask) => {
      const text = (sql: string) => ask({ text: fill(sql) })
      if ((await readNumber(text, schema)) === newest) return
      await text('begin isolation level read committed')
      await text(`select pg_advisory_xact_lock(${lockNumber('migrate', schema)})`)
      // Where an administrator made the schema, the user needs no right to make one.
      const schemas = await text(`select to_regnamespace('{s}') is null as missing`)
      if ((schemas.rows[0] as { missing: boolean }).missing) await text('create schema {s}')
      await text(`create table if not exists {s}.migrations (number integer primary key, run_at timestamptz not null)`)
      const done = await readNumber(text, schema)
      for (const { number, statements } of migrations.filter((one) => one.number > done)) {
        // The number first: were the lock ever not enough, the second process would fail here and nowhere later.
        await text(`insert into {s}.migrations (number, run_at) values (${number}, now())`)
        for (const statement of statements) await text(statement)
      }
      await text('commit')
    })
  } catch (error) {
    throw storeError(error)
  }
}

/** 0 where nothing is there yet. Refuses a schema that a newer version of this package made. */
async function readNumber(run: (sql: string) => Promise<{ rows: unknown[] }>, schema: string): Promise<number> {
  const exists = await run(`select to_regclass('{s}.migrations') is not null as found`)
  if ((exists.rows[0] as { found: boolean } | undefined)?.found !== true) return 0
  const { rows } = await run('select coalesce(max(number), 0) as number from {s}.migrations')
  const number = Number((rows[0] as { number: unknown } | undefined)?.number ?? 0)
  const known = migrations.at(-1)?.number ?? 0
  if (number <= known) return number
  throw new PullwrightError(
    'store',
    `The schema ${schema} has version ${number}, this package knows ${known}: install the version that wrote it, or newer`,
  )
}
