/** A statement as `pg` takes it. With a name the server prepares it once for each connection. */
export interface PgQuery {
  name?: string
  text: string
  values?: unknown[]
}

export interface PgResult {
  rows: unknown[]
}

/** What this store needs of a connection. A `pg` client fits. */
export interface PgClient {
  query(query: PgQuery): Promise<PgResult>
  /** With an error the connection is not used again. */
  release(error?: Error | boolean): void
  on?(event: 'notification' | 'error' | 'end', listener: (about: unknown) => void): unknown
  removeListener?(event: 'notification' | 'error' | 'end', listener: (about: unknown) => void): unknown
}

/** What this store needs of a pool. A `pg` pool fits. */
export interface PgPool {
  query(query: PgQuery): Promise<PgResult>
  connect(): Promise<PgClient>
  on?(event: 'error' | 'connect', listener: (about: unknown) => void): unknown
  removeListener?(event: 'error' | 'connect', listener: (about: unknown) => void): unknown
  end?(): Promise<void>
}
