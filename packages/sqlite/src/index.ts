/**
 * The embedded store of Pullwright: one SQLite file, durable, shared by processes. Installs without a compiler.
 *
 * @module @pullwright/sqlite
 */
export type { SqliteDatabase, SqliteStatement } from './database.ts'
export { sqliteTransaction } from './host-transaction.ts'
export type { Durability } from './open.ts'
export type { DatabaseOptions, FileOptions, SharedOptions, SqliteOptions } from './options.ts'
export { sqlite } from './sqlite.ts'
