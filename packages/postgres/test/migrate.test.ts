import { isPullwrightError } from '@pullwright/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgres } from '../src/index.ts'
import { migrations } from '../src/migrations/migrations.ts'
import { runWorkers } from './processes.ts'
import { startServer, type TestServer } from './server.ts'
import { claim, eventOf } from './work.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)

test('several processes that start together find one schema', async () => {
  const store = server.store()
  const answers = await runWorkers(4, { url: server.url, schema: server.schemaOf(store), job: 'migrate' })
  expect(answers).toEqual(Array.from({ length: 4 }, () => ['migrated']))
  const { rows } = await server.pool.query(`select number from ${server.schemaOf(store)}.migrations`)
  expect(rows).toEqual(migrations.map(({ number }) => ({ number })))
  await store.append({ events: [eventOf(1)] })
  expect(await claim(store)).toHaveLength(1)
}, 60_000)

test('a schema made by a newer version is refused, and left as it is', async () => {
  const store = server.store()
  await store.migrate()
  await server.pool.query(`insert into ${server.schemaOf(store)}.migrations values (9000, now())`)
  const error = await store.migrate().catch((reason: unknown) => reason)
  expect(isPullwrightError(error) && error.code).toBe('store')
  expect(String(error)).toMatch(/version 9000/)
})

test('before the migration the error says what to do', async () => {
  const store = server.store()
  const error = await store.append({ events: [eventOf(1)] }).catch((reason: unknown) => reason)
  expect(isPullwrightError(error) && error.code).toBe('store')
  expect(String(error)).toMatch(/migrate\(\)/)
})

test('two schemas in one database share nothing', async () => {
  const [a, b] = [server.store(), server.store()]
  await Promise.all([a.migrate(), b.migrate()])
  await a.append({ events: [eventOf(1)] })
  expect(await claim(b)).toEqual([])
  await b.append({ events: [eventOf(1)] })
  expect(await claim(b)).toHaveLength(1)
})

test.each(['', 'a b', '1a', 'x'.repeat(60), 'a"; drop'])('a schema may not be called %j', (schema) => {
  expect(() => postgres({ connectionString: server.url }, { schema })).toThrow(/schema/)
})

test('a wrong password or address is told without the password', async () => {
  const secret = ['pass', 'word'].join('-')
  for (const connectionString of [`postgres://nobody:${secret}@127.0.0.1:1/x`, `postgres://a:${secret}@[bad:99999/x`]) {
    const store = postgres({ connectionString })
    const error = await store.migrate().catch((reason: unknown) => reason)
    expect(isPullwrightError(error) && error.code).toBe('store')
    expect(JSON.stringify([String(error), (error as Error).cause ?? null, (error as Error).stack])).not.toContain(
      secret,
    )
    await store.close()
  }
})

test('what is no source is refused, and what is no option', () => {
  expect(() => postgres({ connectionString: 'postgres://db' }, { shema: 'x' } as never)).toThrow(/no option `shema`/)
  for (const source of [undefined, {}, { pool: {} }, { pool: null }])
    expect(() => postgres(source as never)).toThrow(/takes { connectionString }/)
  for (const connectionString of ['', process.env.PULLWRIGHT_NOT_SET])
    expect(() => postgres({ connectionString })).toThrow(/connectionString is empty.*environment variable/)
})
