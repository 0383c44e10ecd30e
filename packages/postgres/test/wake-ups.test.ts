import type { Store } from '@pullwright/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from './server.ts'
import { claim, eventOf, finish } from './work.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)

async function pair(): Promise<[Store, Store]> {
  const store = server.store()
  await store.migrate()
  return [store, server.sibling(store)]
}

/** Milliseconds from the end of `act` until the watcher is called; it listens already. */
async function delay(store: Store, act: () => Promise<unknown> | unknown): Promise<number> {
  let told = (_at: number) => {}
  const next = () =>
    new Promise<number>((resolve) => {
      told = resolve
    })
  const listening = next()
  const stop = store.watch(() => told(performance.now()))
  await listening
  const call = next()
  await act()
  const begun = performance.now()
  const at = await call
  stop()
  return at - begun
}

test('another process hears of a commit within milliseconds', async () => {
  const [here, there] = await pair()
  const delays: number[] = []
  for (let number = 0; number < 5; number += 1)
    delays.push(await delay(there, () => here.append({ events: [eventOf(number)] })))
  // Usually 1 to 5; a machine with other work to do may be late once.
  expect(Math.min(...delays)).toBeLessThan(50)
})

test('another process hears a nudge after a commit of the host', async () => {
  const [here, there] = await pair()
  const client = await server.pool.connect()
  await client.query('begin')
  await here.append({ events: [eventOf(1)] }, { transaction: client })
  await client.query('commit')
  client.release()
  expect(await delay(there, () => here.nudge())).toBeLessThan(1000)
  expect(await claim(there)).toHaveLength(1)
})

test('another process hears when a key is free again, and nothing when nothing became due', async () => {
  const [here, there] = await pair()
  await here.append({ events: [eventOf(1, {}, { concurrencyKey: 'k' }), eventOf(2, {}, { concurrencyKey: 'k' })] })
  const first = await claim(here)
  expect(first.map(({ task }) => task.id)).toEqual(['tsk_000001'])
  expect(await claim(there)).toEqual([])
  expect(await delay(there, () => finish(here, first))).toBeLessThan(1000)
  const second = await claim(there)
  expect(second.map(({ task }) => task.id)).toEqual(['tsk_000002'])
})

test('a connection is kept for listening only while somebody watches', async () => {
  const [here] = await pair()
  const listeners = async () => {
    const { rows } = await server.pool.query(`select count(*) as n from pg_stat_activity where query ilike $1`, [
      `listen "pullwright:${server.schemaOf(here)}"`,
    ])
    return Number(rows[0].n)
  }
  const until = async (count: number) => {
    for (let tries = 0; tries < 200 && (await listeners()) !== count; tries += 1)
      await new Promise((resolve) => setTimeout(resolve, 10))
    return listeners()
  }
  expect(await listeners()).toBe(0)
  const [first, second] = [here.watch(() => {}), here.watch(() => {})]
  expect(await until(1)).toBe(1)
  first()
  expect(await until(1)).toBe(1)
  second()
  expect(await until(0)).toBe(0)
  const again = here.watch(() => {})
  expect(await until(1)).toBe(1)
  again()
})
