import type { Statements } from './database.ts'
import { perform, type Steps } from './steps.ts'
import { untilFree } from './until-free.ts'

/** One connection, used by many callers at once. */
export interface Connection {
  /** Asks, outside of any transaction of ours. */
  read<T>(work: () => Steps<T>): Promise<T>
  /** All of the work or none. It may be run again from its beginning, so it must have no effect but its statements. */
  write<T>(work: () => Steps<T>): Promise<T>
  /** Resolves when all that was asked for so far is done. */
  idle(): Promise<void>
}

export interface ConnectionOptions {
  statements: Statements
  /** How long to wait for another connection's lock, in milliseconds. */
  busyTimeoutMs: number
  /** The connection's own setting, which would block this whole process while it waits. */
  blockingTimeoutMs: number
}

interface Waiting {
  since: number
  work(): Steps<unknown>
  resolve(value: never): void
  reject(error: unknown): void
}

/** A transaction takes in so many pieces of work, or what fits into so many milliseconds: others wait meanwhile. */
const MOST_TOGETHER = 100
const LONGEST_MS = 10

// Taken while the module loads, so that timers faked later in a host's tests do not stop the store.
const soon = setImmediate
const clock = performance

/**
 * Work that is asked for at the same time is committed together: a commit waits for the disk, which costs far more than
 * the statements.
 */
export function createConnection({ statements, busyTimeoutMs, blockingTimeoutMs }: ConnectionOptions): Connection {
  const waiting: Waiting[] = []
  let flushing: Promise<void> | null = null

  return {
    read: (work) => untilFree(() => perform(statements, work()), busyTimeoutMs),
    write: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ since: clock.now(), work, resolve, reject })
        // Once the loop has heard all that is ready to be heard, so that it is written together.
        flushing ??= new Promise((done) => soon(done)).then(flush)
      }),
    idle: async () => {
      await flushing
    },
  }

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      await commitTogether()
      if (waiting.length > 0) await new Promise((done) => soon(done))
    }
    flushing = null
  }

  async function commitTogether(): Promise<void> {
    let taken: Waiting[] = []
    const attempt = () => {
      taken = []
      return transaction(() => takeTurns(taken))
    }
    try {
      const values = await untilFree(attempt, busyTimeoutMs, waiting[0]?.since)
      waiting.splice(0, taken.length)
      for (const [index, { resolve }] of taken.entries()) resolve(values[index] as never)
    } catch (error) {
      // Where not even the lock was to be had, whoever has waited longest gives up.
      const failed = waiting.splice(0, Math.max(1, taken.length))
      if (failed.length > 1) await commitApart(failed)
      else failed[0]?.reject(error)
    }
  }

  function takeTurns(taken: Waiting[]): unknown[] {
    const values: unknown[] = []
    const start = clock.now()
    for (const each of waiting.slice(0, MOST_TOGETHER)) {
      taken.push(each)
      values.push(perform(statements, each.work()))
      if (clock.now() - start > LONGEST_MS) break
    }
    return values
  }

  /** One of them failed and took the others with it: now each stands for itself. */
  async function commitApart(taken: readonly Waiting[]): Promise<void> {
    for (const { work, resolve, reject } of taken)
      await untilFree(() => transaction(() => perform(statements, work())), busyTimeoutMs).then(
        (value) => resolve(value as never),
        reject,
      )
  }

  function transaction<T>(work: () => T): T {
    if (blockingTimeoutMs > 0) statements.exec('PRAGMA busy_timeout = 0')
    try {
      statements.exec('BEGIN IMMEDIATE')
      return commit(work)
    } finally {
      if (blockingTimeoutMs > 0) statements.exec(`PRAGMA busy_timeout = ${blockingTimeoutMs}`)
    }
  }

  function commit<T>(work: () => T): T {
    try {
      const value = work()
      statements.exec('COMMIT')
      return value
    } catch (error) {
      rollBack()
      throw error
    }
  }

  function rollBack(): void {
    try {
      statements.exec('ROLLBACK')
    } catch {
      // After some failures, such as a full disk, SQLite has rolled back itself.
    }
  }
}
