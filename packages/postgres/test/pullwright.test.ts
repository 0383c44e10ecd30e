import { createPullwright, type Plugin, type Store } from '@pullwright/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)

const aged = (number: number) => ({ kind: 'lamp', id: String(number) })
const quiet = { debug() {}, info() {}, warn() {}, error() {} }

function instance(store: Store, seen: number[]) {
  const plugin: Plugin = {
    name: 'ages',
    apiVersion: 1,
    handlers: {
      note: {
        on: ['credential.expiring'],
        async run({ event }) {
          seen.push(Number((event.data as { id: string }).id))
          await new Promise((resolve) => setTimeout(resolve, 5))
          return undefined
        },
      },
    },
  }
  return createPullwright({ store, plugins: [plugin], logger: quiet, limits: { concurrency: 4 } })
}

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 1000) throw new Error('it did not happen')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

test('an event emitted in a transaction reaches its handler after the commit', async () => {
  const seen: number[] = []
  const pullwright = instance(server.store(), seen)
  await pullwright.start()
  const client = await server.pool.connect()
  try {
    await client.query('begin')
    await pullwright.emitter.emit('credential.expiring', aged(1), { transaction: client })
    await client.query('rollback')
    await client.query('begin')
    await pullwright.emitter.emit('credential.expiring', aged(2), { transaction: client })
    await client.query('commit')
    await until(() => seen.length > 0)
    expect(seen).toEqual([2])
  } finally {
    client.release()
    await pullwright.stop()
  }
}, 30_000)

test('two instances share the work, each task once', async () => {
  const store = server.store()
  const [here, there]: [number[], number[]] = [[], []]
  const first = instance(store, here)
  await first.start()
  const second = instance(server.sibling(store), there)
  await second.start()
  try {
    const numbers = Array.from({ length: 100 }, (_, index) => index)
    await Promise.all(numbers.map((n) => first.emitter.emit('credential.expiring', aged(n))))
    await until(() => here.length + there.length >= 100)
    expect([...here, ...there].sort((a, b) => a - b)).toEqual(numbers)
    expect(Math.min(here.length, there.length)).toBeGreaterThan(0)
  } finally {
    await Promise.all([first.stop(), second.stop()])
  }
}, 30_000)
