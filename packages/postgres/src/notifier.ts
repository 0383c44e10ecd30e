import type { Database } from './database.ts'

/** At most one notice in so many milliseconds: one is as good as many. */
const SPACING_MS = 5

export interface Notifier {
  /** Tells other stores soon. Never fails: who is not told finds the work by looking. */
  tell(): void
  /** Until what was asked for is said. */
  close(): Promise<void>
}

/**
 * `NOTIFY` in a transaction of its own, after ours has committed: it takes a lock over the whole server until its commit,
 * so it must not stand in a transaction that lasts. Nothing is lost with it, so its commit does not wait for the disk.
 */
export function createNotifier(database: Database, channel: string, sender: string): Notifier {
  const statement = database.statement(
    `select set_config('synchronous_commit', 'off', true), pg_notify($1::text, $2::text)`,
  )
  let busy: Promise<void> | null = null
  let again = false
  let closed = false

  function tell(): void {
    if (closed) return
    if (busy !== null) again = true
    else busy = say()
  }

  async function say(): Promise<void> {
    do {
      again = false
      await database.run(statement, [channel, sender]).catch(() => [])
      if (!closed) await new Promise((resolve) => setTimeout(resolve, SPACING_MS).unref())
    } while (again)
    busy = null
  }

  return {
    tell,
    async close() {
      closed = true
      await busy
    },
  }
}
