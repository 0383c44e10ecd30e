import { afterAll, beforeAll, expect, test } from 'vitest'
import { runWorkers } from './processes.ts'
import { startServer, type TestServer } from './server.ts'
import { eventOf } from './work.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)

test('claimers in several processes never share a task, and leave none', async () => {
  const store = server.store()
  await store.migrate()
  await store.append({ events: Array.from({ length: 1000 }, (_, index) => eventOf(index)) })
  const runs = await runWorkers(3, { url: server.url, schema: server.schemaOf(store), job: 'drain' })
  expect(runs.flat()).toHaveLength(1000)
  expect(new Set(runs.flat()).size).toBe(1000)
  expect(runs.filter((ids) => ids.length > 0).length).toBeGreaterThan(1)
}, 60_000)

test('ordered tasks of a key run in order over several processes', async () => {
  const store = server.store()
  await store.migrate()
  const events = Array.from({ length: 120 }, (_, index) =>
    eventOf(index, {}, { concurrencyKey: `key ${index % 4}`, ordered: true }),
  )
  await store.append({ events })
  const schema = server.schemaOf(store)
  // The database itself says when each run began: no two of a key at once is its unique index.
  await server.pool.query(`create table ${schema}.seen (n bigserial, sequence bigint)`)
  await server.pool.query(`
    create function ${schema}.note() returns trigger language plpgsql as $$
    begin insert into ${schema}.seen (sequence) values (new.sequence); return new; end $$;
    create trigger note after update on ${schema}.queue for each row
      when (old.token is null and new.token is not null) execute function ${schema}.note()`)
  const runs = await runWorkers(3, { url: server.url, schema, job: 'drain-keys' })
  expect(new Set(runs.flat()).size).toBe(120)
  const { rows } = await server.pool.query(
    `select t.id, t.concurrency_key as key from ${schema}.seen s join ${schema}.tasks t using (sequence) order by s.n`,
  )
  for (const key of ['key 0', 'key 1', 'key 2', 'key 3']) {
    const ids = rows.filter((row) => row.key === key).map((row) => String(row.id))
    expect(ids).toEqual([...ids].sort())
    expect(ids).toHaveLength(30)
  }
}, 60_000)
