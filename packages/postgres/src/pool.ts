import { PullwrightError } from '@pullwright/core'
import pg from 'pg'
import { within } from './deadline.ts'
import type { PgClient, PgPool } from './driver.ts'

/** A connection string may come from the environment as it is: a missing one is refused here, at once. */
export type PoolSource = (
  | { connectionString: string | undefined; pool?: never }
  | { pool: PgPool; connectionString?: never }
) & {
  schema?: string
}

interface OpenPool {
  pool: PgPool
  /** False where one connection is all there is: listening on it would leave none to work with. */
  mayListen: boolean
  end(): Promise<void>
}

/** A server that does not answer for so long is an error, not a call that never ends. */
const CONNECT_MS = 10_000
const FAREWELL_MS = 5_000

/** The host's pool, or one of our own. */
export function openPool(source: PoolSource): OpenPool {
  // A connection that breaks while nobody uses it: the pool drops it, and without a listener the process would end.
  const ignore = () => {}
  // Nor may it end by one that is being closed, because a call on it failed, and is cut before that is done.
  const guard = (client: unknown) => (client as Pick<PgClient, 'on'> | undefined)?.on?.('error', ignore)
  if (typeof source !== 'object' || source === null) throw noPool(false)
  const { pool } = source
  if (pool !== undefined) {
    if (typeof pool?.query !== 'function' || typeof pool.connect !== 'function') throw noPool(false)
    pool.on?.('error', ignore)
    pool.on?.('connect', guard)
    const most = 'options' in pool ? (pool.options as { max?: unknown } | undefined)?.max : undefined
    return {
      pool,
      mayListen: most !== 1,
      async end() {
        pool.removeListener?.('error', ignore)
        pool.removeListener?.('connect', guard)
      },
    }
  }
  const { connectionString } = source
  if (typeof connectionString !== 'string' || connectionString === '') throw noPool('connectionString' in source)
  const own = new pg.Pool({
    connectionString,
    application_name: 'pullwright',
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS,
  })
  own.on('error', ignore)
  own.on('connect', guard)
  // Nothing is under way any more; a connection that says nothing to our farewell holds up nobody.
  return { pool: own, mayListen: true, end: () => within(FAREWELL_MS, own.end()).catch(ignore) }
}

function noPool(empty: boolean): PullwrightError {
  const message = empty
    ? 'connectionString is empty. Is the environment variable it comes from set?'
    : 'postgres() takes { connectionString } or { pool }, a pg pool or anything with its query() and connect()'
  return new PullwrightError('invalid-argument', message)
}
