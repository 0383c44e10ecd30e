export type { SqliteDatabase, SqliteStatement } from './database.ts'
export { sqliteTransaction } from './host-transaction.ts'
export type { DatabaseOptions, FileOptions, SqliteOptions } from './options.ts'
export { sqlite } from './sqlite.ts'
