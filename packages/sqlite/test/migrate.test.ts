import { isPullwrightError } from '@pullwright/core'
import Database from 'libsql'
import { describe, expect, test } from 'vitest'
import { createConnection } from '../src/connection.ts'
import { createStatements } from '../src/database.ts'
import { sqlite } from '../src/index.ts'
import { migrate } from '../src/migrate.ts'
import { MIGRATIONS } from '../src/schema.ts'
import { testFolder } from './folder.ts'
import { newEvent } from './sample.ts'

const path = testFolder()
const NEXT = { version: MIGRATIONS.length + 1, sql: 'ALTER TABLE pullwright_blobs ADD COLUMN kind TEXT; SELECT 1;' }

function connect(file: string) {
  const database = new Database(file)
  const statements = createStatements(database)
  return {
    database,
    statements,
    connection: createConnection({ statements, busyTimeoutMs: 5000, blockingTimeoutMs: 0 }),
  }
}

describe('the schema', () => {
  test('is numbered from 1 on, without gaps', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1))
  })

  test('is brought up to date over what is there, and nothing is lost', async () => {
    const file = path()
    const store = sqlite({ file })
    await store.migrate()
    await store.append({ events: [newEvent('a')] })
    await store.close()

    const { database, statements, connection } = connect(file)
    await migrate(connection, statements, [...MIGRATIONS, NEXT])
    await migrate(connection, statements, [...MIGRATIONS, NEXT])
    expect(database.prepare('SELECT version FROM pullwright_migrations ORDER BY version').all()).toEqual([
      ...MIGRATIONS.map(({ version }) => ({ version })),
      { version: NEXT.version },
    ])
    expect(database.prepare('SELECT kind FROM pullwright_blobs').all()).toEqual([])
    expect(database.prepare('SELECT id FROM pullwright_events').all()).toEqual([{ id: 'evt_a' }])
    database.close()
  })

  test('that is newer than this package is refused, in words that say what to do', async () => {
    const file = path()
    const { database, statements, connection } = connect(file)
    await migrate(connection, statements, [...MIGRATIONS, NEXT])
    const refusal = await sqlite({ file })
      .migrate()
      .catch((error: unknown) => error)
    expect(isPullwrightError(refusal) && refusal.code).toBe('store')
    expect(String(refusal)).toContain('update the package')
    database.close()
  })

  test('whose step fails stays as it was', async () => {
    const { database, statements, connection } = connect(path())
    await migrate(connection, statements)
    const broken = { version: NEXT.version, sql: 'CREATE TABLE pullwright_half (a); CREATE TABLE pullwright_half (a);' }
    await expect(migrate(connection, statements, [...MIGRATIONS, broken])).rejects.toThrow(/already exists/)
    expect(database.prepare("SELECT name FROM sqlite_master WHERE name = 'pullwright_half'").all()).toEqual([])
    await migrate(connection, statements, [...MIGRATIONS, NEXT])
    database.close()
  })

  test('that is up to date is not locked to look at it', async () => {
    const file = path()
    await sqlite({ file }).migrate()
    const host = new Database(file)
    host.exec('BEGIN IMMEDIATE')
    const store = sqlite({ file, busyTimeoutMs: 0 })
    await store.migrate()
    await store.close()
    host.exec('ROLLBACK')
    host.close()
  })

  test('that is missing is told as such', async () => {
    const store = sqlite({ file: path() })
    await expect(store.append({ events: [newEvent('a')] })).rejects.toThrow(/call migrate\(\) first/)
    await expect(store.query.task('tsk_a')).rejects.toMatchObject({ code: 'store' })
    await store.close()
  })

  test('stands beside the tables of a host', async () => {
    const database = new Database(':memory:')
    database.exec('CREATE TABLE events (id TEXT); INSERT INTO events VALUES (1); CREATE TABLE migrations (id TEXT)')
    const store = sqlite({ database })
    await store.migrate()
    await store.append({ events: [newEvent('a')] })
    const names = database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all() as { name: string }[]
    const own = names.filter(({ name }) => name !== 'events' && name !== 'migrations')
    expect(own.every(({ name }) => name.startsWith('pullwright_'))).toBe(true)
    await store.close()
    expect(database.prepare('SELECT * FROM events').all()).toHaveLength(1)
    database.close()
  })
})
