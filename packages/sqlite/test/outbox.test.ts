import { isPullwrightError, type Store } from '@pullwright/core'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { sqlite, sqliteTransaction } from '../src/index.ts'
import { testFolder } from './folder.ts'
import { claimRequest, newEvent, newTask } from './sample.ts'

const path = testFolder()
let file: string
let store: Store
let host: InstanceType<typeof Database>

beforeEach(async () => {
  file = path()
  store = sqlite({ file, durability: 'normal' })
  await store.migrate()
  host = new Database(file)
  host.exec('CREATE TABLE orders (id TEXT)')
})

afterEach(async () => {
  host.close()
  await store.close()
})

const orders = () => host.prepare('SELECT id FROM orders').all().length
const codeOf = (error: unknown) => (isPullwrightError(error) ? error.code : error)

describe('in a transaction of the host', () => {
  test('an event and the host’s own row are committed together', async () => {
    host.exec('BEGIN IMMEDIATE')
    host.prepare('INSERT INTO orders VALUES (?)').run('o-1')
    const answer = await store.append({ events: [newEvent('a')] }, { transaction: sqliteTransaction(host) })
    expect(answer).toEqual({ status: 'recorded', events: [{ id: 'evt_a', status: 'recorded' }] })
    expect(await store.query.event('evt_a')).toBeNull()
    expect(await store.claim(claimRequest())).toEqual([])
    host.exec('COMMIT')
    expect(await store.claim(claimRequest())).toHaveLength(1)
    expect(orders()).toBe(1)
  })

  test('a rollback leaves nothing of either', async () => {
    host.exec('BEGIN')
    host.prepare('INSERT INTO orders VALUES (?)').run('o-1')
    const event = newEvent('a', {
      people: ['p'],
      attributes: { a: 'b' },
      tasks: [newTask('t', { concurrencyKey: 'k' })],
    })
    const documents = [{ project: 'acme', collection: 'c', key: 'k', value: 1, at: 0 }]
    await store.append({ events: [event], documents }, { transaction: sqliteTransaction(host) })
    host.exec('ROLLBACK')
    expect(orders()).toBe(0)
    expect(await store.query.events({ person: 'p' })).toEqual([])
    expect(await store.documents.get('acme', 'c', 'k')).toBeNull()
    expect(await store.append({ events: [event] })).toMatchObject({ status: 'recorded' })
  })

  test('a duplicate, a refusal and a failure leave the host’s transaction usable, and nothing of themselves', async () => {
    await store.append({ events: [newEvent('first', { idempotencyKey: 'once' })] })
    host.exec('BEGIN IMMEDIATE')
    const transaction = sqliteTransaction(host)
    const duplicate = await store.append({ events: [newEvent('again', { idempotencyKey: 'once' })] }, { transaction })
    expect(duplicate).toEqual({ status: 'recorded', events: [{ id: 'evt_first', status: 'duplicate' }] })
    const documents = [{ project: 'acme', collection: 'c', key: 'k', value: 1, expectedVersion: 7, at: 0 }]
    const conflict = await store.append({ events: [newEvent('b')], documents }, { transaction })
    expect(conflict).toEqual({ status: 'conflict', collection: 'c', key: 'k' })
    const taken = store.append({ events: [newEvent('c'), newEvent('first')] }, { transaction })
    expect(codeOf(await taken.catch((error) => error))).toBe('store')
    host.prepare('INSERT INTO orders VALUES (?)').run('o-1')
    await store.append({ events: [newEvent('d')] }, { transaction })
    host.exec('COMMIT')
    expect((await store.query.events({})).map(({ id }) => id)).toEqual(['evt_d', 'evt_first'])
    expect(orders()).toBe(1)
  })

  test('several at the same time keep apart, whichever fails, with our helper and with a host’s own', async () => {
    const statements = new Database(file)
    const plain = {
      async query(text: string, values: unknown[] = []) {
        const statement = statements.prepare(text)
        await new Promise((resolve) => setImmediate(resolve))
        return { rows: statement.reader ? statement.all(values) : [statement.run(values)] }
      },
    }
    statements.exec('BEGIN IMMEDIATE')
    const names = ['a', 'b', 'a', 'c', 'd']
    const record = (transaction: typeof plain) => (name: string) =>
      store.append({ events: [newEvent(name)] }, { transaction })
    const slow = await Promise.allSettled(names.map(record(plain)))
    const fresh = ['e', 'f', 'e', 'g']
    const quick = await Promise.allSettled(fresh.map((name) => record(sqliteTransaction(statements))(name)))
    statements.exec('COMMIT')
    statements.close()
    const ended = [...slow, ...quick].map(({ status }) => status)
    expect(ended.map((status) => status === 'rejected').flatMap((bad, index) => (bad ? [index] : []))).toEqual([2, 7])
    const ids = (await store.query.events({})).map(({ id }) => id).reverse()
    expect(ids).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((name) => `evt_${name}`))
    expect(await store.claim(claimRequest())).toHaveLength(7)
  })

  test('order is that of recording, also between transactions', async () => {
    await store.append({ events: [newEvent('a')] })
    host.exec('BEGIN IMMEDIATE')
    await store.append({ events: [newEvent('b')] }, { transaction: sqliteTransaction(host) })
    host.exec('COMMIT')
    await store.append({ events: [newEvent('c')] })
    expect((await store.query.events({})).map(({ sequence }) => sequence)).toEqual([3, 2, 1])
  })

  test('our own verbs wait for the host’s commit without blocking it', async () => {
    host.exec('BEGIN IMMEDIATE')
    const transaction = sqliteTransaction(host)
    const waiting = store.append({ events: [newEvent('own')] })
    for (const name of ['a', 'b', 'c']) {
      await store.append({ events: [newEvent(name)] }, { transaction })
      await new Promise((resolve) => setImmediate(resolve))
    }
    host.exec('COMMIT')
    expect(await waiting).toMatchObject({ status: 'recorded' })
    expect((await store.query.events({})).map(({ id }) => id)).toEqual(['evt_own', 'evt_c', 'evt_b', 'evt_a'])
  })
})

describe('a transaction that is none of ours', () => {
  const begun = (database: InstanceType<typeof Database>) => {
    database.exec('BEGIN')
    return { transaction: sqliteTransaction(database) }
  }

  test('of a database without our tables is refused, and stays usable', async () => {
    const other = new Database(':memory:')
    other.exec('CREATE TABLE orders (id TEXT)')
    const refusal = await store.append({ events: [newEvent('a')] }, begun(other)).catch((error: unknown) => error)
    expect(codeOf(refusal)).toBe('transaction-unsupported')
    expect(String(refusal)).toContain('has no tables of Pullwright')
    other.exec(`INSERT INTO orders VALUES ('o-1'); COMMIT`)
    other.close()
  })

  test('of the database of another Pullwright is refused', async () => {
    const elsewhere = path()
    const stranger = sqlite({ file: elsewhere })
    await stranger.migrate()
    const other = new Database(elsewhere)
    const refusal = await store.append({ events: [newEvent('a')] }, begun(other)).catch((error: unknown) => error)
    expect(codeOf(refusal)).toBe('transaction-unsupported')
    other.exec('COMMIT')
    expect(await stranger.query.events({})).toEqual([])
    other.close()
    await stranger.close()
  })

  test('that was not begun, or is over, is refused: its rows would outlive what the host undoes', async () => {
    const transaction = sqliteTransaction(host)
    const record = (name: string) => store.append({ events: [newEvent(name)] }, { transaction })
    expect(codeOf(await record('a').catch((error: unknown) => error))).toBe('invalid-argument')
    host.exec('BEGIN IMMEDIATE')
    expect(await record('b')).toMatchObject({ status: 'recorded' })
    host.exec('COMMIT')
    expect(codeOf(await record('c').catch((error: unknown) => error))).toBe('invalid-argument')
    expect((await store.query.events({})).map(({ id }) => id)).toEqual(['evt_b'])
  })

  test('that is no transaction at all is refused', async () => {
    const transaction = host as unknown as { query: never }
    await expect(store.append({ events: [] }, { transaction })).rejects.toMatchObject({ code: 'invalid-argument' })
  })

  test('a value that SQLite knows no type for ends in an error, not in the end of the process', async () => {
    const { query } = sqliteTransaction(host)
    await expect(query('SELECT ?', [{ a: 1 }])).rejects.toThrow(TypeError)
    expect(await query('SELECT ? AS a, ? AS b, ? AS c', [true, undefined, null])).toEqual({
      rows: [{ a: 1, b: null, c: null }],
    })
    expect(await query('SELECT ? AS a', [null])).toEqual({ rows: [{ a: null }] })
    expect(await query('INSERT INTO orders VALUES (?)', ['o-1'])).toEqual({ rows: [] })
  })
})
