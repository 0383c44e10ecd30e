import { createHash } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { within } from './deadline.ts'
import type { PgClient, PgPool, PgQuery } from './driver.ts'
import { mayRunAgain, storeError } from './errors.ts'

/** A row as the driver gives it: what is in it is known by who asked. */
export type SqlRow = Record<string, unknown>

export interface Database {
  readonly schema: string
  /** Prepares a text, in which `{s}` is the schema and `{never}` the time that never comes. */
  statement(text: string): Statement
  run(statement: Statement, values?: unknown[]): Promise<SqlRow[]>
  /** Several statements in one transaction, which may run more than once. */
  transaction<T>(work: (run: Database['run']) => Promise<T>): Promise<T>
}

export interface Statement {
  readonly name: string
  readonly text: string
}

/** When a task is due that only a signal wakes: the last moment a `Date` can hold (ECMA-262, 21.4.1.1). */
export const NEVER_DUE = 8_640_000_000_000_000

/** So often a transaction that PostgreSQL undid for the sake of another is tried again. */
const MOST_TRIES = 5

/** A statement that takes longer than `timeoutMs` fails, and its connection is not used again. */
export function createDatabase(pool: PgPool, schema: string, timeoutMs: number): Database {
  const quoted = `"${schema}"`

  function statement(text: string): Statement {
    const full = text.replaceAll('{s}', quoted).replaceAll('{never}', String(NEVER_DUE))
    return { name: `pw_${createHash('sha256').update(full).digest('hex').slice(0, 24)}`, text: full }
  }

  return {
    schema,
    statement,
    run: (one, values = []) =>
      retrying(() => withClient(pool, timeoutMs, async (ask) => toRows(await ask(toQuery(one, values))))),
    transaction: (work) => retrying(() => withClient(pool, timeoutMs, (ask) => inTransaction(ask, work))),
  }
}

/** One connection for as long as `work` takes. A broken one is not given back, nor one that stays silent too long. */
export async function withClient<T>(
  pool: PgPool,
  timeoutMs: number,
  work: (ask: PgClient['query']) => Promise<T>,
): Promise<T> {
  const client = await connect(pool, timeoutMs)
  // Without a listener the cut of a connection that is in use would end the process; the call in flight tells of it.
  const ignore = () => {}
  client.on?.('error', ignore)
  let broken: Error | undefined
  try {
    return await work((query) => within(timeoutMs, client.query(query)))
  } catch (error) {
    broken = error instanceof Error ? error : new Error('failed')
    throw error
  } finally {
    client.removeListener?.('error', ignore)
    client.release(broken)
  }
}

/** A connection, or an error where none comes in time. */
export async function connect(pool: PgPool, timeoutMs: number): Promise<PgClient> {
  const connecting = pool.connect()
  try {
    return await within(timeoutMs, connecting)
  } catch (error) {
    // One that comes later is nobody's.
    connecting.then(
      (late) => late.release(),
      () => {},
    )
    throw error
  }
}

async function inTransaction<T>(ask: PgClient['query'], work: (run: Database['run']) => Promise<T>): Promise<T> {
  await ask({ text: 'begin isolation level read committed' })
  const result = await work(async (one, values = []) => toRows(await ask(toQuery(one, values))))
  await ask({ text: 'commit' })
  return result
}

async function retrying<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (attempt >= MOST_TRIES || !mayRunAgain(error)) throw storeError(error)
      await sleep(attempt * attempt * 5)
    }
  }
}

function toQuery({ name, text }: Statement, values: unknown[]): PgQuery {
  return { name, text, values }
}

export function toRows(result: { rows: unknown[] }): SqlRow[] {
  return result.rows as SqlRow[]
}
