import { isPullwrightError, type Store } from '@pullwright/core'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgres } from '../src/index.ts'
import { startServer, type TestServer } from './server.ts'
import { claim, eventOf, finish, NOW } from './work.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)

/** A store whose connections carry a name, so that they can be cut without touching others. */
async function named(): Promise<{ store: Store; cut: () => Promise<number>; end: () => Promise<void> }> {
  const home = server.store()
  await home.migrate()
  const schema = server.schemaOf(home)
  const pool = new pg.Pool({ connectionString: server.url, application_name: schema, max: 4 })
  const store = postgres({ pool }, { schema })
  return {
    store,
    async cut() {
      const { rowCount } = await server.pool.query(
        'select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1',
        [schema],
      )
      return rowCount ?? 0
    },
    async end() {
      await store.close()
      await pool.end()
    },
  }
}

/** What the engine does: looks again until it works. */
async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      expect(isPullwrightError(error) && error.code).toBe('store')
      if (attempt === 20) throw error
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

test('cut again and again in the middle of everything, nothing is lost and nothing runs twice at once', async () => {
  const { store, cut, end } = await named()
  const ids = Array.from({ length: 300 }, (_, index) => index)
  const cutting: Promise<number>[] = []
  let calls = 0
  /** Every seventh call has its connection cut at about the same time. */
  const step = <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1
    if (calls % 7 === 0) cutting.push(cut())
    return again(work)
  }
  for (const number of ids) {
    // Recorded, but the answer was cut off: then the second try is a duplicate.
    await step(() => store.append({ events: [eventOf(number, { idempotencyKey: `key ${number}` })] }))
  }
  const done = new Set<string>()
  for (let now = NOW; done.size < ids.length && now < NOW + 1000 * 61_000; now += 61_000) {
    for (const lane of ['first', 'retry'] as const) {
      const claimed = await step(() => claim(store, { now, lane, limit: 20 }))
      const results = await step(() => finish(store, claimed))
      claimed.forEach(({ task }, index) => {
        if (results[index]?.status === 'settled') done.add(task.id)
      })
    }
    const left = await step(() =>
      store.query.tasks({ statuses: ['pending', 'running', 'retrying', 'waiting'], limit: 1 }),
    )
    if (left.length === 0) break
  }
  const cuts = await Promise.all(cutting)
  expect(cuts.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5)
  const tasks = await again(() => store.query.tasks({ limit: 1000 }))
  expect(tasks).toHaveLength(300)
  expect(tasks.every(({ status }) => status === 'done')).toBe(true)
  await end()
}, 60_000)

test('idle connections that are cut do not end the process, and the next calls work', async () => {
  const { store, cut, end } = await named()
  await Promise.all([store.query.events({}), store.query.events({}), store.query.tasks({})])
  expect(await cut()).toBeGreaterThan(0)
  await again(() => store.append({ events: [eventOf(1)] }))
  expect(await again(() => claim(store))).toHaveLength(1)
  await end()
})

test('a listener that is cut listens again, and tells watchers that it may have missed something', async () => {
  const { store, cut, end } = await named()
  let told = () => {}
  const next = () =>
    new Promise<void>((resolve) => {
      told = resolve
    })
  const listening = next()
  const stop = store.watch(() => told())
  await listening
  const afterCut = next()
  expect(await cut()).toBeGreaterThan(0)
  await afterCut
  const afterWork = next()
  const other = server.store()
  await server.pool.query(`select pg_notify($1, 'another')`, [`pullwright:${await schemaOf(store)}`])
  await afterWork
  stop()
  await other.close()
  await end()
}, 20_000)

async function schemaOf(store: Store): Promise<string> {
  await store.append({ events: [eventOf(77)] })
  const { rows } = await server.pool.query(
    `select schemaname as name from pg_stat_user_tables where relname = 'events' and schemaname like 'pw\\_test\\_%'`,
  )
  for (const { name } of rows) {
    const { rowCount } = await server.pool.query(`select 1 from ${name}.events where id = 'evt_000077'`)
    if (rowCount) return String(name)
  }
  throw new Error('no schema has the event')
}

test('a pool of one connection is not spent on listening', async () => {
  const home = server.store()
  await home.migrate()
  const pool = new pg.Pool({ connectionString: server.url, max: 1 })
  const store = postgres({ pool }, { schema: server.schemaOf(home) })
  const stop = store.watch(() => {})
  await store.append({ events: [eventOf(1)] })
  expect(await claim(store)).toHaveLength(1)
  stop()
  await store.close()
  await pool.end()
})

test('closing a store on the pool of a host leaves the pool open', async () => {
  const home = server.store()
  await home.migrate()
  const pool = new pg.Pool({ connectionString: server.url, max: 2 })
  const store = postgres({ pool }, { schema: server.schemaOf(home) })
  store.watch(() => {})
  await store.close()
  expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }])
  expect(pool.listenerCount('error')).toBe(0)
  await pool.end()
})

test('anything of the shape of a pool will do', async () => {
  const home = server.store()
  await home.migrate()
  const pool = new pg.Pool({ connectionString: server.url, max: 2 })
  const plain = {
    query: (query: { text: string; values?: unknown[] }) => pool.query(query.text, query.values),
    async connect() {
      const client = await pool.connect()
      return {
        query: (query: { text: string; values?: unknown[] }) => client.query(query.text, query.values),
        release: (error?: Error | boolean) => client.release(error),
      }
    },
  }
  const store = postgres({ pool: plain }, { schema: server.schemaOf(home) })
  await store.migrate()
  await store.append({ events: [eventOf(1)] })
  expect(await claim(store)).toHaveLength(1)
  expect(await store.appendAudit([])).toEqual([])
  await store.close()
  await pool.end()
})

test('a connection that is cut while it is closed after a failed call does not end the process', async () => {
  const pool = new pg.Pool({ connectionString: server.url, max: 1 })
  const clients: pg.PoolClient[] = []
  pool.on('connect', (client) => clients.push(client))
  const store = postgres({ pool }, { schema: 'there_is_none' })
  await expect(store.query.events({})).rejects.toMatchObject({ code: 'store' })
  // What `pg` does when the server says why it ends a connection on which nothing is asked: unheard, it would be thrown.
  expect(clients[0]?.emit('error', new Error('terminating connection'))).toBe(true)
  await store.close()
  await pool.end()
})
