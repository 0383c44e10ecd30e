import pg from 'pg'
import type { Crash } from './crash.ts'

/** A migration is many statements: it dies with so many behind it. */
const STATEMENTS_BEFORE = 6

interface Query {
  name?: string
  text: string
  values?: unknown[]
}

/** A `pg` pool whose process dies with a statement on its way, once the crash is armed. */
export function fragilePool(connectionString: string, crash: Crash) {
  const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: 10_000 })
  let statements = 0
  const fatal = (inTransaction: boolean) => {
    if (!crash.armed) return
    statements += 1
    if (inTransaction && statements < STATEMENTS_BEFORE) return
    // Once the kernel has the bytes: the server works on it, and nobody hears the answer.
    setImmediate(() => setImmediate(() => crash.die()))
  }
  return {
    pool: {
      query(query: Query) {
        const result = pool.query(query)
        fatal(false)
        return result
      },
      async connect() {
        const client = await pool.connect()
        return {
          query(query: Query) {
            const result = client.query(query)
            fatal(true)
            return result
          },
          release: (error?: Error | boolean) => client.release(error),
          on: (event: 'notification' | 'error' | 'end', listener: (about: unknown) => void) =>
            client.on(event as 'error', listener),
          removeListener: (event: 'notification' | 'error' | 'end', listener: (about: unknown) => void) =>
            client.removeListener(event as 'error', listener),
        }
      },
      on: (event: 'error', listener: (error: unknown) => void) => pool.on(event, listener),
      removeListener: (event: 'error', listener: (error: unknown) => void) => pool.removeListener(event, listener),
    },
    end: () => pool.end(),
  }
}
