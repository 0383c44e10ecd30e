import { PullwrightError } from '@pullwright/core'
import { type Connection, createConnection } from './connection.ts'
import type { SqliteDatabase, Statements } from './database.ts'
import { asStoreError } from './errors.ts'
import { readIdentity } from './host-transaction.ts'
import { migrate } from './migrate.ts'
import { type Opened, openFile, openGiven, pragma } from './open.ts'
import type { CheckedOptions } from './options.ts'
import { ask } from './steps.ts'

/** The connection of one store, opened at its first use. */
export interface Session {
  open(): Promise<Connection>
  migrate(): Promise<void>
  /** Which store the database holds. */
  identity(): Promise<string>
  /** Names the state that others' commits have brought the database to; null while that can't be told. */
  version(): Promise<string | null>
  /** Cuts the log of changes short, so that nothing deleted is left in it. As far as others let it. */
  checkpoint(): Promise<void>
  close(): Promise<void>
}

export function createSession({ source, busyTimeoutMs }: CheckedOptions): Session {
  let opening: Promise<Opened & { connection: Connection }> | null = null
  let identity: string | null = null
  let closing: Promise<void> | null = null

  return {
    open: async () => (await opened()).connection,
    async migrate() {
      const { connection, statements } = await opened()
      await migrate(connection, statements)
    },
    async identity() {
      const { connection } = await opened()
      identity ??= await connection.read(readIdentity)
      return identity ?? ''
    },
    async version() {
      if (closing !== null) return null
      const { connection, statements } = await opened()
      return 'database' in source ? givenVersion(source.database, connection) : ownVersion(statements)
    },
    async checkpoint() {
      const { statements } = await opened()
      if ('file' in source) pragma(statements, 'wal_checkpoint(TRUNCATE)')
    },
    close() {
      closing ??= closeOpened()
      return closing
    },
  }

  function opened(): Promise<Opened & { connection: Connection }> {
    if (closing !== null)
      return Promise.reject(new PullwrightError('stopped', 'This store was closed: make a new one.'))
    opening ??= connect().catch((error) => {
      opening = null
      throw asStoreError(error)
    })
    return opening
  }

  async function connect(): Promise<Opened & { connection: Connection }> {
    const opened =
      'file' in source ? await openFile(source.file, source.durability, busyTimeoutMs) : openGiven(source.database)
    return { ...opened, connection: createConnection({ ...opened, busyTimeoutMs }) }
  }

  async function closeOpened(): Promise<void> {
    const opened = await opening?.catch(() => null)
    await opened?.connection.idle()
    opened?.close()
  }
}

function ownVersion(statements: Statements): string {
  return String(pragma(statements, 'data_version')[0]?.data_version)
}

/** On a connection of the host its own commits count as well; while its transaction is open nothing is certain. */
async function givenVersion(database: SqliteDatabase, connection: Connection): Promise<string | null> {
  if (database.inTransaction || database.isTransaction) return null
  const [row] = await connection.read(() =>
    ask('SELECT data_version, total_changes() AS changes FROM pragma_data_version'),
  )
  return `${row?.data_version} ${row?.changes}`
}
