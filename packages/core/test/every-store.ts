import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startServer } from '../../postgres/test/server.ts'
import { sqlite } from '../../sqlite/src/index.ts'
import { memoryStore, type Store } from '../src/index.ts'

/** Empty stores of one kind. */
export interface Stores {
  open(): Store
  /** What another process would open over the same rows. */
  again(store: Store): Store
  /** Closes it, with its rows. */
  drop(store: Store): Promise<void>
  close(): Promise<void>
}

/** For the hooks that begin and end with a server. */
export const HOOK_TIMEOUT_MS = 60_000

export const STORE_KINDS = ['memory', 'SQLite', 'PostgreSQL'] as const

export async function openStores(kind: (typeof STORE_KINDS)[number]): Promise<Stores> {
  if (kind === 'memory')
    return { open: memoryStore, again: (store) => store, drop: async () => {}, close: async () => {} }
  return kind === 'SQLite' ? inFiles() : inPostgres()
}

function inFiles(): Stores {
  const folder = mkdtempSync(join(tmpdir(), 'pullwright-stores-'))
  const files = new Map<Store, string>()
  const at = (file: string) => {
    const store = sqlite({ file })
    files.set(store, file)
    return store
  }
  return {
    open: () => at(join(folder, `${randomUUID()}.db`)),
    again: (store) => at(files.get(store) ?? ''),
    async drop(store) {
      files.delete(store)
      await store.close()
    },
    async close() {
      for (const store of files.keys()) await store.close()
      rmSync(folder, { recursive: true })
    },
  }
}

async function inPostgres(): Promise<Stores> {
  const server = await startServer()
  return { open: server.store, again: server.sibling, drop: server.drop, close: server.stop }
}
