import { fileURLToPath } from 'node:url'
import { PullwrightError } from '@pullwright/core'
import type { SqliteDatabase } from './database.ts'
import type { Durability } from './open.ts'

export type SqliteOptions = FileOptions | DatabaseOptions

export interface FileOptions extends SharedOptions {
  /**
   * Path of the one file, made where it is missing; its folder too. `:memory:` lives as long as the store. An environment
   * variable fits as it is: a missing one is refused here, at once.
   */
  file: string | URL | undefined
  /**
   * What a commit waits for. `full` (the default): the disk, so that nothing is lost when the power fails. `normal`:
   * the operating system; several times faster, and a power failure may undo the last commits, never half of one.
   */
  durability?: Durability
  database?: never
}

export interface DatabaseOptions extends SharedOptions {
  /** A `better-sqlite3`, `libsql` or `node:sqlite` database. Its settings stay, and it is not closed with the store. */
  database: SqliteDatabase
  file?: never
  durability?: never
}

export interface SharedOptions {
  /** How long a verb waits for another connection's lock before it fails, in milliseconds. Default: 10,000. */
  busyTimeoutMs?: number
}

export interface CheckedOptions {
  source: { file: string; durability: Durability } | { database: SqliteDatabase }
  busyTimeoutMs: number
}

const NAMES: ReadonlySet<string> = new Set(['file', 'database', 'durability', 'busyTimeoutMs'])

export function checkOptions(options: SqliteOptions): CheckedOptions {
  if (typeof options !== 'object' || options === null) throw invalid('Call sqlite({ file }) or sqlite({ database }).')
  const unknown = Object.keys(options).find((name) => !NAMES.has(name))
  if (unknown !== undefined) throw invalid(`sqlite() has no option \`${unknown}\`; it has ${[...NAMES].join(', ')}.`)
  const { busyTimeoutMs = 10_000 } = options
  if (typeof busyTimeoutMs !== 'number' || !(busyTimeoutMs >= 0))
    throw invalid('`busyTimeoutMs` must be a number of milliseconds, 0 or more.')
  return { source: sourceOf(options), busyTimeoutMs }
}

function sourceOf(options: SqliteOptions): CheckedOptions['source'] {
  const { file, database, durability = 'full' } = options
  if (file === undefined && database === undefined && 'file' in options)
    throw invalid('`file` is empty. Is the environment variable it comes from set?')
  if ((file === undefined) === (database === undefined))
    throw invalid('sqlite() needs either `file` or `database`, and not both.')
  if (database !== undefined) {
    if (typeof database.prepare === 'function' && typeof database.exec === 'function') return { database }
    throw invalid('`database` must be a better-sqlite3, libsql or node:sqlite database.')
  }
  if (durability !== 'full' && durability !== 'normal') throw invalid('`durability` must be "full" or "normal".')
  return { file: pathOf(file), durability }
}

function pathOf(file: unknown): string {
  if (file instanceof URL || (typeof file === 'string' && /^file:/i.test(file))) return fileURLToPath(file)
  if (typeof file !== 'string' || file.trim() === '' || file.includes('\u0000'))
    throw invalid('`file` must be the path of a file, or ":memory:".')
  // The driver would speak to a server instead.
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(file)) throw invalid('`file` must be a path, not the address of a server.')
  return file
}

function invalid(message: string): PullwrightError {
  return new PullwrightError('invalid-argument', message)
}
