import { createRecentRows, type Row as PortRow, type Rows } from '@pullwright/core'
import type { Connection } from './connection.ts'
import { ask, type Row, type Steps } from './steps.ts'
import { jsonOf, jsonText } from './values.ts'

export type RowKind = 'endpoint' | 'subscription' | 'integration'

/** Rows of one kind. `onChange` is called after each change. */
export function createRows<T extends PortRow>(
  open: () => Promise<Connection>,
  kind: RowKind,
  onChange: () => void,
): Rows<T> {
  const change = async (work: () => Steps<boolean>) => {
    const connection = await open()
    const changed = await connection.write(work).finally(recent.forget)
    if (changed) onChange()
    return changed
  }
  const rows: Rows<T> = {
    async get(id, project) {
      const [row] = await (await open()).read(() => ask(GET, kind, id, project === undefined, project ?? ''))
      return row === undefined ? null : recordOf<T>(row)
    },
    async list({ project } = {}) {
      const rows = await (await open()).read(() =>
        project === undefined ? ask(LIST, kind) : ask(LIST_PROJECT, kind, project),
      )
      return rows.map((row) => recordOf<T>(row))
    },
    async put(row) {
      const { id, project, version, createdAt } = row
      const enabled = !('enabled' in row) || row.enabled === true
      const record = jsonText(row)
      return change(() => put([kind, id, project, version, createdAt, enabled, record]))
    },
    remove: (id, project, version) => change(() => remove(kind, id, project, version)),
  }
  const recent = createRecentRows(rows)
  return { ...rows, recent: recent.rows }
}

type PutValues = [
  kind: RowKind,
  id: string,
  project: string,
  version: number,
  createdAt: number,
  enabled: boolean,
  record: string | null,
]

function* put(values: PutValues): Steps<boolean> {
  const [kind, id, project, version, createdAt, enabled, record] = values
  const written =
    version === 1
      ? yield* ask(ADD, ...values)
      : yield* ask(CHANGE, version, createdAt, enabled, record, kind, id, project, version - 1)
  return written.length > 0
}

function* remove(kind: RowKind, id: string, project: string | undefined, version: number | undefined): Steps<boolean> {
  const gone = yield* ask(REMOVE, kind, id, project === undefined, project ?? '', version ?? null)
  return gone.length > 0
}

function recordOf<T>(row: Row): T {
  return jsonOf(row.record) as unknown as T
}

const GET = `SELECT record FROM pullwright_rows WHERE kind = ? AND id = ? AND (? OR project = ?)`

const LIST = `SELECT record FROM pullwright_rows WHERE kind = ? ORDER BY created_at, id`

const LIST_PROJECT = `SELECT record FROM pullwright_rows WHERE kind = ? AND project = ? ORDER BY created_at, id`

const ADD = `
INSERT INTO pullwright_rows (kind, id, project, version, created_at, enabled, record) VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (kind, id) DO NOTHING RETURNING id`

const CHANGE = `
UPDATE pullwright_rows SET version = ?, created_at = ?, enabled = ?, record = ?
WHERE kind = ? AND id = ? AND project = ? AND version = ? RETURNING id`

const REMOVE = `
DELETE FROM pullwright_rows
WHERE kind = ? AND id = ? AND (? OR project = ?) AND version = coalesce(?, version) RETURNING id`
