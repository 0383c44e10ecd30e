import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import Database from 'libsql'
import { describe, expect, test } from 'vitest'
import { type SqliteOptions, sqlite, sqliteTransaction } from '../src/index.ts'
import { testFolder } from './folder.ts'
import { claimRequest, NOW, newEvent } from './sample.ts'

const path = testFolder()
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('what is asked for', () => {
  test('must make sense', () => {
    const database = new Database(':memory:')
    const wrong: unknown[] = [
      undefined,
      {},
      { file: 'a.db', database },
      { file: '' },
      { file: 7 },
      { file: 'a\u0000.db' },
      { file: 'libsql://db.example' },
      { file: 'https://db.example' },
      { file: 'a.db', durability: 'some' },
      { file: 'a.db', busyTimeoutMs: -1 },
      { database: {} },
      { file: 'a.db', durabilty: 'normal' },
    ]
    for (const options of wrong)
      expect(() => sqlite(options as SqliteOptions), JSON.stringify(options)).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      )
    expect(() => sqlite({ file: process.env.PULLWRIGHT_NOT_SET })).toThrow(/`file` is empty.*environment variable/)
    database.close()
  })

  test('opens nothing before the first use, and makes the folder of the file', async () => {
    const file = join(path('deep'), 'er', 'a.db')
    const store = sqlite({ file: pathToFileURL(file) })
    expect(existsSync(dirname(file))).toBe(false)
    await store.migrate()
    expect(existsSync(file)).toBe(true)
    await store.close()
  })

  test('tells what lives only as long as the process', () => {
    const [memory, file] = [new Database(':memory:'), new Database(path())]
    expect(sqlite({ file: ':memory:' }).durable).toBe(false)
    expect(sqlite({ database: memory }).durable).toBe(false)
    expect(sqlite({ database: file }).durable).toBe(true)
    for (const database of [memory, file]) database.close()
  })

  test('that cannot be opened fails with the reason, and may be tried again', async () => {
    const file = path()
    const store = sqlite({ file: join(file, 'in-a-file.db') })
    const inTheWay = sqlite({ file })
    await inTheWay.migrate()
    await expect(store.migrate()).rejects.toMatchObject({ code: 'store' })
    await expect(store.migrate()).rejects.toMatchObject({ code: 'store' })
    await store.close()
    await inTheWay.close()
  })
})

describe('a store that is closed', () => {
  test('has written what was asked for, and does nothing more', async () => {
    const file = path()
    const store = sqlite({ file })
    await store.migrate()
    const writes = ['a', 'b', 'c'].map((name) => store.append({ events: [newEvent(name)] }))
    await Promise.all([turn(), store.close()])
    await Promise.all(writes)
    await expect(store.append({ events: [] })).rejects.toMatchObject({ code: 'stopped' })
    const again = sqlite({ file })
    expect(await again.query.events({})).toHaveLength(3)
    await again.close()
  })

  test('leaves all of it in the one file', async () => {
    const file = path()
    const store = sqlite({ file })
    await store.migrate()
    await store.append({ events: [newEvent('a', { data: 'needle' })] })
    await store.close()
    expect(readFileSync(file).includes('needle')).toBe(true)
  })

  test('leaves a database that was handed in open', async () => {
    const database = new Database(':memory:')
    const store = sqlite({ database })
    await store.migrate()
    await store.close()
    expect(database.prepare('SELECT identity FROM pullwright_store').all()).toHaveLength(1)
    database.close()
  })
})

describe('while another connection holds the lock', () => {
  test('a verb waits, and the process goes on meanwhile', async () => {
    const file = path()
    const store = sqlite({ file })
    await store.migrate()
    const other = new Database(file)
    other.exec('BEGIN IMMEDIATE')
    let turns = 0
    const waiting = store.append({ events: [newEvent('a')] }).then(() => turns)
    for (; turns < 50; turns += 1) await turn()
    other.exec('COMMIT')
    expect(await waiting).toBe(50)
    other.close()
    await store.close()
  })

  test('reading and looking for work go on', async () => {
    const file = path()
    const store = sqlite({ file, busyTimeoutMs: 0 })
    await store.migrate()
    const other = new Database(file)
    other.exec('BEGIN IMMEDIATE')
    expect(await store.query.events({})).toEqual([])
    expect(await store.claim(claimRequest())).toEqual([])
    expect(await store.schedules.claim({ names: ['x'], now: NOW, leaseMs: 1 })).toBeNull()
    other.exec('COMMIT')
    other.close()
    await store.close()
  })

  test('a verb gives up after its time, saying what to do, and the next one works', async () => {
    const file = path()
    const store = sqlite({ file, busyTimeoutMs: 20 })
    await store.migrate()
    const other = new Database(file)
    other.exec('BEGIN IMMEDIATE')
    const refused = ['a', 'b', 'c'].map((name) => store.append({ events: [newEvent(name)] }))
    for (const each of refused) await expect(each).rejects.toThrow(/BEGIN IMMEDIATE/)
    other.exec('COMMIT')
    await store.append({ events: [newEvent('a')] })
    expect(await store.query.events({})).toHaveLength(1)
    other.close()
    await store.close()
  })
})

describe('on a connection shared with the host', () => {
  test('a transaction of the host is waited for, and told when it stays open', async () => {
    const database = new Database(':memory:', { timeout: 5000 })
    const store = sqlite({ database, busyTimeoutMs: 20 })
    await store.migrate()
    database.exec('BEGIN')
    await expect(store.append({ events: [newEvent('a')] })).rejects.toThrow(/pass it as `transaction`/)
    const patient = sqlite({ database })
    const waiting = patient.append({ events: [newEvent('b')] })
    await turn()
    await patient.append({ events: [newEvent('c')] }, { transaction: sqliteTransaction(database) })
    database.exec('COMMIT')
    await waiting
    expect((await store.query.events({})).map(({ id }) => id)).toEqual(['evt_b', 'evt_c'])
    expect(database.prepare('PRAGMA busy_timeout').all()).toEqual([{ timeout: 5000 }])
    database.close()
  })
})
