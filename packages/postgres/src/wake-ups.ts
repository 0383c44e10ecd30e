import { randomUUID } from 'node:crypto'
import type { Database } from './database.ts'
import type { PgPool } from './driver.ts'
import { createListener } from './listener.ts'
import { createNotifier } from './notifier.ts'
import { createWatchers } from './watchers.ts'

export interface WakeUps {
  watch(listener: () => void): () => void
  /** Something may have become due: tells watchers here and in all other stores of the schema. */
  tell(): void
  close(): Promise<void>
}

export function createWakeUps(
  database: Database,
  pool: PgPool,
  { mayListen, timeoutMs }: { mayListen: boolean; timeoutMs: number },
): WakeUps {
  const sender = randomUUID()
  const channel = `pullwright:${database.schema}`.slice(0, 63)
  const watchers = createWatchers((count) => listener.want(mayListen && count > 0))
  const listener = createListener(pool, { channel, timeoutMs }, (payload) => {
    // What this store said itself its watchers know.
    if (payload !== sender) watchers.tell()
  })
  const notifier = createNotifier(database, channel, sender)

  return {
    watch: watchers.add,
    tell() {
      watchers.tell()
      notifier.tell()
    },
    async close() {
      watchers.clear()
      await Promise.all([notifier.close(), listener.close()])
    },
  }
}
