import { PullwrightError } from '@pullwright/core'
import type { Connection } from './connection.ts'
import type { Statements } from './database.ts'
import { MIGRATIONS, type Migration } from './schema.ts'
import { ask, type Steps } from './steps.ts'

/**
 * Brings the schema up to date, in one transaction: whoever comes at the same time waits, and then finds it done.
 * Nothing is locked where there is nothing to do. `migrations` ascend from version 1.
 */
export async function migrate(
  connection: Connection,
  statements: Statements,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<void> {
  const newest = migrations.at(-1)?.version ?? 0
  if ((await connection.read(() => versionFor(newest))) === newest) return
  await connection.write(function* () {
    yield* ask(`CREATE TABLE IF NOT EXISTS pullwright_migrations (version INTEGER PRIMARY KEY) WITHOUT ROWID`)
    const version = yield* versionFor(newest)
    for (const step of migrations.filter((each) => each.version > version)) {
      // The version first: if somebody got here before us after all, this fails and nothing is done twice.
      yield* ask('INSERT INTO pullwright_migrations (version) VALUES (?)', step.version)
      statements.exec(step.sql)
    }
  })
}

function* versionFor(newest: number): Steps<number> {
  const table = yield* ask(`SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'pullwright_migrations'`)
  if (table.length === 0) return 0
  const [row] = yield* ask('SELECT max(version) AS version FROM pullwright_migrations')
  const version = Number(row?.version ?? 0)
  if (version <= newest) return version
  throw new PullwrightError(
    'store',
    `The database has schema ${version}, and this version of @pullwright/sqlite knows ${newest}: update the package.`,
  )
}
