import type { JsonValue } from '@pullwright/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from './server.ts'
import { claim, eventOf, NOW } from './work.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)

test('a settlement with follow-ups that JSON cannot hold keeps no neighbour from being written', async () => {
  const store = server.store()
  await store.migrate()
  await store.append({ events: [eventOf(1), eventOf(2)] })
  const [bad, good] = await claim(store)
  if (!bad || !good) throw new Error('two were recorded')
  const result = { count: 1n } as unknown as JsonValue
  const settling = store.settle([
    { lease: bad.lease, at: NOW, transition: { status: 'done', result }, followUps: { events: [eventOf(3)] } },
    { lease: good.lease, at: NOW, transition: { status: 'done', result: null } },
  ])
  await expect(settling).rejects.toThrow('BigInt')
  expect(await store.query.task(good.task.id)).toMatchObject({ status: 'done' })
  expect(await store.query.task(bad.task.id)).toMatchObject({ status: 'running' })
})
