/** A statement as `pg` takes it. With a name the server prepares it once for each connection. */
export interface PgQuery {
  name?: string
  text: string
  values?: unknown[]
}

export interface PgResult {
  rows: unknown[]
}

type PgClientEvent = 'notification' | 'error' | 'end'
/** What it is told depends on the event: the message of a notification, or the error. */
type PgListener = (...about: unknown[]) => void

/** What this store needs of a connection. A `pg` client fits. */
export interface PgClient {
  query(query: PgQuery): Promise<PgResult>
  /** With an error the connection is not used again. */
  release(error?: Error | boolean): void
  on?(event: PgClientEvent, listener: PgListener): unknown
  removeListener?(event: PgClientEvent, listener: PgListener): unknown
}

/** What this store needs of a pool. A `pg` pool fits. */
export interface PgPool {
  query(query: PgQuery): Promise<PgResult>
  connect(): Promise<PgClient>
  on?(event: 'error', listener: PgListener): unknown
  removeListener?(event: 'error', listener: PgListener): unknown
  end?(): Promise<void>
}
