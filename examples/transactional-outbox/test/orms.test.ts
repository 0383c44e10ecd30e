import type { HostTransaction } from '@pullwright/core'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPostgres, type PostgresServer } from '../../../packages/postgres/test/postgres-server.ts'
import { deployment, type Host, openHost } from '../src/host.ts'
import { fromDrizzle, fromKysely } from '../src/recipes.ts'

const schema = `orms_${process.pid}`
let server: PostgresServer
let host: Host

beforeAll(async () => {
  server = await openPostgres(process.env.DATABASE_URL)
  host = await openHost(server.url, schema)
})

afterAll(async () => {
  await host.pool.query(`drop schema ${schema} cascade`)
  await host.close()
  await server.stop()
})

/** Runs `work` in a transaction of the library. `insert` writes a row of the host in it. */
type Within = (
  work: (transaction: HostTransaction, insert: (revision: number) => Promise<unknown>) => Promise<void>,
) => Promise<unknown>

const libraries: Record<string, () => Within> = {
  Drizzle: () => {
    const db = drizzle(host.pool)
    return (work) =>
      db.transaction((tx) =>
        work(fromDrizzle(tx, sql), (revision) =>
          tx.execute(sql`insert into ${sql.raw(schema)}.deployments values (${revision}, ${'{}'})`),
        ),
      )
  },
  Kysely: () => {
    const db = new Kysely<Record<string, { revision: number; config: string }>>({
      dialect: new PostgresDialect({ pool: host.pool }),
    })
    return (work) =>
      db.transaction().execute((trx) =>
        work(
          fromKysely(trx, (text, values) => CompiledQuery.raw(text, values)),
          (revision) => trx.withSchema(schema).insertInto('deployments').values({ revision, config: '{}' }).execute(),
        ),
      )
  },
}

test.each(Object.entries(libraries))(
  '%s itself: a commit keeps row and event, a rollback neither, a duplicate harms nobody',
  async (name, open) => {
    const within = open()
    const first = name === 'Drizzle' ? 1 : 11
    const emit = (transaction: HostTransaction, revision: number) =>
      host.pullwright.emitter.emit('environment.deployed', deployment(revision), {
        ...{ transaction, idempotencyKey: `${name}-${revision}`, orderingKey: name },
      })
    await within(async (transaction, insert) => {
      await insert(first)
      expect(await emit(transaction, first)).toMatchObject({ status: 'recorded' })
    })
    const undone = within(async (transaction, insert) => {
      await insert(first + 1)
      await emit(transaction, first + 1)
      throw new Error('undone')
    })
    await expect(undone).rejects.toThrow('undone')
    await within(async (transaction, insert) => {
      expect(await emit(transaction, first)).toMatchObject({ status: 'duplicate' })
      await insert(first + 2)
    })
    const { rows } = await host.pool.query(
      `select revision from ${schema}.deployments where revision >= $1 order by 1`,
      [first],
    )
    expect(rows).toEqual([{ revision: first }, { revision: first + 2 }])
    await host.pullwright.drain()
    expect(host.handled).toContain(first)
    expect(host.handled).not.toContain(first + 1)
    expect(host.handled).not.toContain(first + 2)
  },
)
