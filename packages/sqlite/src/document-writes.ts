import type { DocumentWrite } from '@pullwright/core'
import type { PreparedWrite } from './prepare.ts'
import { ask, type Steps } from './steps.ts'
import { numberOf } from './values.ts'

/** The first write of several that somebody else was faster with. They see each other, in order. */
export function* findConflict(
  writes: readonly PreparedWrite[],
): Steps<Pick<DocumentWrite, 'collection' | 'key'> | null> {
  const seen = new Map<string, number>()
  for (const { project, collection, key, value, expectedVersion } of writes) {
    const id = JSON.stringify([project, collection, key])
    const version = seen.get(id) ?? (yield* versionOf(project, collection, key))
    if (expectedVersion !== null && expectedVersion !== version) return { collection, key }
    seen.set(id, value === null ? 0 : version + 1)
  }
  return null
}

/** Writes without looking at versions. */
export function* writeDocuments(writes: readonly PreparedWrite[]): Steps<void> {
  for (const { project, collection, key, value, at } of writes) {
    if (value === null) yield* ask(REMOVE, project, collection, key)
    else yield* ask(PUT, project, collection, key, at, value)
  }
}

function* versionOf(project: string, collection: string, key: string): Steps<number> {
  const [row] = yield* ask(FIND, project, collection, key)
  return row === undefined ? 0 : numberOf(row.version)
}

const FIND = `SELECT version FROM pullwright_documents WHERE project = ? AND collection = ? AND key = ?`

const REMOVE = `DELETE FROM pullwright_documents WHERE project = ? AND collection = ? AND key = ?`

const PUT = `
INSERT INTO pullwright_documents (project, collection, key, version, updated_at, value) VALUES (?, ?, ?, 1, ?, ?)
ON CONFLICT (project, collection, key) DO UPDATE
SET version = version + 1, updated_at = excluded.updated_at, value = excluded.value`
