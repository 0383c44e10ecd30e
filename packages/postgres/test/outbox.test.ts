import type { HostTransaction, Store } from '@pullwright/core'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startServer, type TestServer } from './server.ts'
import { claim, eventOf } from './work.ts'

let server: TestServer
let store: Store
let orders: string
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)
beforeEach(async () => {
  store = server.store()
  await store.migrate()
  orders = `${server.schemaOf(store)}.host_orders`
  await server.pool.query(`create table ${orders} (id integer primary key)`)
  return () => server.drop(store)
})

/** A transaction of the host, in which it works on its own table. */
async function begin(isolation = 'read committed') {
  const client = await server.pool.connect()
  await client.query(`begin isolation level ${isolation}`)
  async function end(sql: string): Promise<void> {
    await client.query(sql)
    client.release()
  }
  return { client, commit: () => end('commit'), rollback: () => end('rollback') }
}

const countOrders = async () => Number((await server.pool.query(`select count(*) as n from ${orders}`)).rows[0].n)

test('a rollback takes the host row and the event, a commit brings both', async () => {
  const refused = await begin()
  await refused.client.query(`insert into ${orders} values (1)`)
  await store.append({ events: [eventOf(1)] }, { transaction: refused.client })
  await refused.rollback()
  expect([await countOrders(), await store.query.event('evt_000001')]).toEqual([0, null])

  const kept = await begin()
  await kept.client.query(`insert into ${orders} values (1)`)
  await store.append({ events: [eventOf(1)] }, { transaction: kept.client })
  expect(await claim(store)).toEqual([])
  await kept.commit()
  expect(await countOrders()).toBe(1)
  expect((await claim(store)).map(({ task }) => task.id)).toEqual(['tsk_000001'])
})

test('what is no open transaction is refused: its events would outlive what the host undoes', async () => {
  const client = await server.pool.connect()
  const record = (transaction: HostTransaction) => store.append({ events: [eventOf(1)] }, { transaction })
  try {
    await expect(record(server.pool)).rejects.toThrow('is a pool')
    await expect(record(client)).rejects.toThrow('has not begun')
    await expect(record({} as HostTransaction)).rejects.toMatchObject({ code: 'invalid-argument' })
    await client.query('begin')
    await client.query('rollback')
    await expect(record(client)).rejects.toThrow('has not begun')
  } finally {
    client.release()
  }
  expect(await store.query.events({})).toEqual([])
})

test('a duplicate, a stale document and a known receipt leave the transaction of the host usable', async () => {
  const write = { project: 'acme', collection: 'c', key: 'k', value: 1, at: 0 }
  const receipt = { source: 's', deliveryId: 'd', bodyHash: 'h', bodyWindowMs: 0, receivedAt: 0, eventId: 'evt_000001' }
  await store.append({ events: [eventOf(1, { idempotencyKey: 'once' })], documents: [write], receipt })
  const host = await begin()
  const options = { transaction: host.client }
  const duplicate = await store.append({ events: [eventOf(2, { idempotencyKey: 'once' })] }, options)
  expect(duplicate).toEqual({ status: 'recorded', events: [{ id: 'evt_000001', status: 'duplicate' }] })
  const documents = [
    { ...write, key: 'other' },
    { ...write, expectedVersion: 0 },
  ]
  const stale = await store.append({ events: [eventOf(3)], documents }, options)
  expect(stale).toEqual({ status: 'conflict', collection: 'c', key: 'k' })
  const known = await store.append({ events: [eventOf(4)], receipt }, options)
  expect(known).toEqual({ status: 'duplicate-receipt', eventId: 'evt_000001' })
  await host.client.query(`insert into ${orders} values (1)`)
  await host.commit()
  expect(await countOrders()).toBe(1)
  expect((await store.query.events({})).map(({ id }) => id)).toEqual(['evt_000001'])
  expect(await store.documents.get('acme', 'c', 'other')).toBe(null)
})

test.each(['commit', 'rollback'] as const)(
  'the second of two transactions with one key waits for the %s',
  async (end) => {
    const [first, second] = [await begin(), await begin()]
    await store.append({ events: [eventOf(1, { idempotencyKey: 'once' })] }, { transaction: first.client })
    let answered = false
    const later = store
      .append({ events: [eventOf(2, { idempotencyKey: 'once' })] }, { transaction: second.client })
      .finally(() => {
        answered = true
      })
    await store.query.events({})
    expect(answered).toBe(false)
    await first[end]()
    const [answer] = await Promise.all([later])
    const events = [
      end === 'commit' ? { id: 'evt_000001', status: 'duplicate' } : { id: 'evt_000002', status: 'recorded' },
    ]
    expect(answer).toEqual({ status: 'recorded', events })
    await second.client.query(`insert into ${orders} values (1)`)
    await second.commit()
    expect([await countOrders(), (await store.query.events({})).length]).toEqual([1, 1])
  },
)

test('under one ordering key the order of recording is the order of commit', async () => {
  const [first, second] = [await begin(), await begin()]
  const key = { concurrencyKey: 'k', ordered: true }
  await store.append({ events: [eventOf(1, { orderingKey: 'k' }, key)] }, { transaction: first.client })
  const later = store.append({ events: [eventOf(2, { orderingKey: 'k' }, key)] }, { transaction: second.client })
  // Another key does not wait.
  await store.append({ events: [eventOf(3, { orderingKey: 'l' }, { ...key, concurrencyKey: 'l' })] })
  expect((await claim(store)).map(({ task }) => task.id)).toEqual(['tsk_000003'])
  await first.commit()
  await later
  await second.commit()
  expect((await claim(store)).map(({ task }) => task.id)).toEqual(['tsk_000001'])
})

test('work of a transaction that commits long after its time is found at once', async () => {
  const host = await begin()
  await store.append({ events: [eventOf(1)] }, { transaction: host.client })
  for (let number = 2; number < 12; number += 1) {
    await store.append({ events: [eventOf(number, {}, { dueAt: eventOf(number).recordedAt + number })] })
    expect(await claim(store, { now: eventOf(number).recordedAt + 100 })).toHaveLength(1)
  }
  await host.commit()
  expect((await claim(store)).map(({ task }) => task.id)).toEqual(['tsk_000001'])
})

test('a host that works in a stricter isolation is served too', async () => {
  const host = await begin('serializable')
  await host.client.query(`insert into ${orders} values (1)`)
  await store.append({ events: [eventOf(1, { idempotencyKey: 'once' })] }, { transaction: host.client })
  const again = await store.append({ events: [eventOf(2, { idempotencyKey: 'once' })] }, { transaction: host.client })
  expect(again).toEqual({ status: 'recorded', events: [{ id: 'evt_000001', status: 'duplicate' }] })
  await host.commit()
  expect(await claim(store)).toHaveLength(1)
})

test('nothing is announced from within the transaction of the host', async () => {
  const asked: string[] = []
  const host = await begin()
  const transaction = {
    query(text: string, values?: unknown[]) {
      asked.push(text)
      return host.client.query(text, values)
    },
  }
  await store.append({ events: [eventOf(1)] }, { transaction })
  await host.commit()
  expect(asked).toHaveLength(1)
  expect(asked.join()).not.toMatch(/notify/i)
})
