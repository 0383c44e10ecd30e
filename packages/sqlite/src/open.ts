import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { createStatements, type SqliteDatabase, type Statements } from './database.ts'
import { ask, perform, type Row } from './steps.ts'
import { untilFree } from './until-free.ts'

export interface Opened {
  statements: Statements
  blockingTimeoutMs: number
  close(): void
}

export type Durability = 'full' | 'normal'

/** Opens the file with the driver that comes with this package, which is loaded now and not before. */
export async function openFile(file: string, durability: Durability, busyTimeoutMs: number): Promise<Opened> {
  const { default: Database } = await import('libsql')
  if (file !== ':memory:') mkdirSync(dirname(resolve(file)), { recursive: true })
  const database: SqliteDatabase = new Database(file, { timeout: 0 })
  const statements = createStatements(database)
  try {
    // Readers and a writer then do not wait for each other. Several who come first at once do.
    await untilFree(() => pragma(statements, 'journal_mode = WAL'), busyTimeoutMs)
    for (const setting of [...SETTINGS, ...DURABILITY[durability]]) pragma(statements, setting)
  } catch (error) {
    database.close()
    throw error
  }
  return {
    statements,
    blockingTimeoutMs: 0,
    close() {
      // Into the one file: whoever copies it then has all of it.
      if (file !== ':memory:') tryTo(() => pragma(statements, 'wal_checkpoint(TRUNCATE)'))
      statements.clear()
      database.close()
    },
  }
}

/** A database of the host's. Its settings are its own. */
export function openGiven(database: SqliteDatabase): Opened {
  const statements = createStatements(database)
  const [row] = pragma(statements, 'busy_timeout')
  return { statements, blockingTimeoutMs: Number(row?.timeout ?? 0), close: statements.clear }
}

/** Whether the database is a file; what lives in memory ends with the process. */
export function isFile(database: SqliteDatabase): boolean {
  return pragma(createStatements(database), 'database_list').some(({ name, file }) => name === 'main' && file !== '')
}

/** See https://www.sqlite.org/pragma.html. */
const SETTINGS: readonly string[] = [
  // What was deleted or forgotten is overwritten, not only unlinked.
  'secure_delete = ON',
  // 16 MiB of pages; the default is 2.
  'cache_size = -16384',
  // The log is carried over into the file after 16 MB, not 4: pages that change often are then written once.
  'wal_autocheckpoint = 4000',
  // A log that once grew long is cut back to 64 MiB.
  'journal_size_limit = 67108864',
]

const DURABILITY: Readonly<Record<Durability, readonly string[]>> = {
  // A commit waits until the disk has it; on macOS a plain fsync does not wait for that.
  full: ['synchronous = FULL', 'fullfsync = ON', 'checkpoint_fullfsync = ON'],
  // Power loss may undo the last commits, and never leaves half of one. A killed process loses nothing.
  normal: ['synchronous = NORMAL'],
}

export function pragma(statements: Statements, text: string): Row[] {
  return perform(statements, ask(`PRAGMA ${text}`))
}

function tryTo(act: () => void): void {
  try {
    act()
  } catch {
    // Another process is using the file; it will do this.
  }
}
