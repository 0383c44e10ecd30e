import type { DocumentRow, DocumentStore, DocumentWrite } from '../ports/store.ts'
import { copyJson } from './copy-json.ts'

/** The first write of several that somebody else was faster with. */
export type DocumentConflict = Pick<DocumentWrite, 'collection' | 'key'>

export interface MemoryDocuments extends DocumentStore {
  /** All of them or none. The writes see each other, in order. */
  check(writes: readonly DocumentWrite[]): DocumentConflict | null
  /** Writes without looking at versions. */
  apply(writes: readonly DocumentWrite[]): void
}

export function createDocuments(): MemoryDocuments {
  const collections = new Map<string, Map<string, DocumentRow>>()
  const collectionOf = (project: string, collection: string) => collections.get(JSON.stringify([project, collection]))

  function check(writes: readonly DocumentWrite[]): DocumentConflict | null {
    const seen = new Map<string, number>()
    for (const { project, collection, key, value, expectedVersion } of writes) {
      const id = JSON.stringify([project, collection, key])
      const version = seen.get(id) ?? collectionOf(project, collection)?.get(key)?.version ?? 0
      if (expectedVersion !== undefined && expectedVersion !== version) return { collection, key }
      seen.set(id, value === null ? 0 : version + 1)
    }
    return null
  }

  function apply(writes: readonly DocumentWrite[]): void {
    for (const write of writes) {
      const { project, collection, key, at } = write
      const id = JSON.stringify([project, collection])
      const rows = collections.get(id) ?? new Map<string, DocumentRow>()
      const version = (rows.get(key)?.version ?? 0) + 1
      if (write.value === null) rows.delete(key)
      else rows.set(key, { project, collection, key, value: copyJson(write.value), version, updatedAt: at })
      if (rows.size === 0) collections.delete(id)
      else collections.set(id, rows)
    }
  }

  return {
    check,
    apply,
    async get(project, collection, key) {
      const row = collectionOf(project, collection)?.get(key)
      return row === undefined ? null : copyRow(row)
    },
    async put(write) {
      if (check([write]) !== null) return false
      apply([write])
      return true
    },
    async list(project, collection, { prefix = '', after, limit = 100 } = {}) {
      const rows = [...(collectionOf(project, collection)?.values() ?? [])]
      return rows
        .filter((row) => row.key.startsWith(prefix) && (after === undefined || row.key > after))
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .slice(0, Math.max(0, limit))
        .map(copyRow)
    },
  }
}

function copyRow(row: DocumentRow): DocumentRow {
  return { ...row, value: copyJson(row.value) }
}
