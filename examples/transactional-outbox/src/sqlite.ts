import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPullwright } from '@pullwright/core'
import { sqlite, sqliteTransaction } from '@pullwright/sqlite'
import Database from 'libsql'
import { deployment } from './host.ts'

/** The same with one file: the host's own connection to it, and Pullwright's. */
export async function showSqlite(say: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pullwright-outbox-'))
  const file = join(folder, 'host.db')
  const pullwright = createPullwright({ store: sqlite({ file }) })
  await pullwright.migrate()
  const database = new Database(file)
  database.exec('CREATE TABLE deployments (revision INTEGER PRIMARY KEY)')
  for (const [revision, end] of [
    [1, 'ROLLBACK'],
    [2, 'COMMIT'],
  ] as const) {
    database.exec('BEGIN IMMEDIATE')
    database.prepare('INSERT INTO deployments VALUES (?)').run(revision)
    const transaction = sqliteTransaction(database)
    await pullwright.emitter.emit('environment.deployed', deployment(revision), { transaction })
    database.exec(end)
    pullwright.nudge()
    const rows = database.prepare('SELECT revision FROM deployments').all().length
    say(`SQLite, ${end}: ${rows} rows, ${(await pullwright.events.list()).length} events`)
  }
  database.close()
  await pullwright.stop()
  rmSync(folder, { recursive: true, force: true })
}
