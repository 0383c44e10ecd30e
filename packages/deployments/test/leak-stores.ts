import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { memoryStore, type Store } from '@pullwright/core'
import { sqlite } from '@pullwright/sqlite'
import type { TestServer } from '../../postgres/test/server.ts'

/** A store, and everything it wrote as one text. */
export interface Readable {
  store: Store
  read(): Promise<string>
}

export function inMemory(): Readable {
  const store = memoryStore()
  const read = async () => {
    const tasks = await store.query.tasks({ limit: 10_000 })
    return JSON.stringify([
      await store.query.events({ limit: 10_000 }),
      tasks,
      await Promise.all(tasks.map(({ id }) => store.query.attempts(id))),
      await Promise.all(['default', '*'].map((project) => store.documents.list(project, 'pullwright.last-config'))),
      await store.endpoints.list({}),
      await store.integrations.list(),
      await store.query.audit({ project: 'default' }),
    ])
  }
  return { store, read }
}

export function inFile(folder: string): Readable {
  const store = sqlite({ file: join(folder, 'leaks.db') })
  const read = async () =>
    readdirSync(folder)
      .map((name) => readFileSync(join(folder, name), 'latin1'))
      .join('\n')
  return { store, read }
}

export function inPostgres(server: TestServer): Readable {
  const store = server.store()
  const schema = server.schemaOf(store)
  const read = async () => {
    const named = 'select table_name as name from information_schema.tables where table_schema = $1'
    const { rows: tables } = await server.pool.query<{ name: string }>(named, [schema])
    const texts: string[] = []
    for (const { name } of tables) {
      const { rows } = await server.pool.query<Record<string, unknown>>(`select * from ${schema}."${name}"`)
      texts.push(...rows.map((row) => Object.values(row).map(shown).join('\n')))
    }
    return texts.join('\n')
  }
  return { store, read }
}

function shown(value: unknown): string {
  if (Buffer.isBuffer(value)) return value.toString('latin1')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
