import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { isPullwrightError, type Store } from '@pullwright/core'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { postgres } from '../src/index.ts'
import { startServer, type TestServer } from './server.ts'
import { claim, eventOf } from './work.ts'

const TIMEOUT_MS = 300

let server: TestServer
const closing: (() => Promise<void>)[] = []
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(async () => {
  for (const close of closing) await close()
  await server.stop()
}, 60_000)

/** A way to the server whose open connections can fall silent for good, as behind a firewall that forgot them. */
async function wire(): Promise<{ url: string; hush: () => number }> {
  const target = new URL(server.url)
  const sockets = new Set<Socket>()
  const relay = createServer((near) => {
    const far = connect({ host: target.hostname, port: Number(target.port || 5432) })
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('close', () => {
        sockets.delete(from)
        to.destroy()
      })
      from.pipe(to)
    }
  })
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => relay.close(resolve))
  })
  const url = new URL(server.url)
  url.host = `127.0.0.1:${(relay.address() as AddressInfo).port}`
  return {
    url: url.href,
    hush() {
      for (const socket of sockets) socket.unpipe().pause()
      return sockets.size
    },
  }
}

async function refusal(call: Promise<unknown>): Promise<string> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  )
  expect(isPullwrightError(error) && error.code).toBe('store')
  return (error as Error).message
}

const POOLS = {
  'a pool of its own': (url: string, schema: string) =>
    postgres({ connectionString: url }, { schema, timeoutMs: TIMEOUT_MS }),
  "the host's pool, with one connection": (url: string, schema: string) => {
    const pool = new pg.Pool({ connectionString: url, max: 1 })
    closing.push(() => pool.end())
    return postgres({ pool }, { schema, timeoutMs: TIMEOUT_MS })
  },
}

async function storeOn(pool: keyof typeof POOLS): Promise<{ store: Store; hush: () => number }> {
  const home = server.store()
  await home.migrate()
  const { url, hush } = await wire()
  const store = POOLS[pool](url, server.schemaOf(home))
  closing.push(() => store.close())
  return { store, hush }
}

test.each(Object.keys(POOLS) as (keyof typeof POOLS)[])(
  'a connection that falls silent fails the call in time, and the next one works: %s',
  async (pool) => {
    const { store, hush } = await storeOn(pool)
    // Without tasks nobody is told, so that no other call is under way.
    const append = (number: number) => store.append({ events: [eventOf(number, { tasks: [] })] })
    await append(1)
    expect(hush()).toBeGreaterThan(0)
    expect(await refusal(append(2))).toContain('did not answer within 300 ms')
    await append(3)
    expect(hush()).toBeGreaterThan(0)
    await refusal(claim(store))
    expect(await claim(store)).toEqual([])
    const kept = await store.query.events({ project: 'acme', limit: 10 })
    expect(kept.map(({ id }) => id).sort()).toEqual([eventOf(1).id, eventOf(3).id])
  },
)

test('a listener whose connection falls silent listens again on another', async () => {
  const { store, hush } = await storeOn('a pool of its own')
  let told = 0
  let hear = () => {}
  const next = () =>
    new Promise<void>((resolve) => {
      hear = resolve
    })
  const first = next()
  const unwatch = store.watch(() => {
    told += 1
    hear()
  })
  await first
  const again = next()
  const before = told
  hush()
  await again
  expect(told).toBeGreaterThan(before)
  unwatch()
})

test('a wait that no timer can measure is refused', () => {
  for (const timeoutMs of [0, -1, Number.NaN, 2 ** 31]) {
    expect(() => postgres({ connectionString: server.url }, { timeoutMs })).toThrow(/`timeoutMs` must be milliseconds/)
  }
})
