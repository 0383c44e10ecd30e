import { createRecentRows, type Row, type Rows } from '@pullwright/core'
import type { Database } from './database.ts'
import { json } from './records.ts'
import { encodeText } from './text-codec.ts'

/** Rows of one kind. `onChange` is called after each change. */
export function createRows<T extends Row>(database: Database, kind: string, onChange: () => void): Rows<T> {
  const { run, statement } = database
  const scoped = (place: string) => `kind = '${kind}' and (${place}::text is null or project = ${place})`
  const statements = {
    get: statement(`select value from {s}.rows where ${scoped('$2')} and id = $1`),
    list: statement(`select value from {s}.rows where ${scoped('$1')} order by created_at, id`),
    listOf: statement(`select value from {s}.rows where kind = '${kind}' and project = $1 order by created_at, id`),
    insert: statement(`
      insert into {s}.rows (kind, id, project, version, created_at, enabled, value)
      values ('${kind}', $1, $2, $3, $4, $5, $6) on conflict do nothing returning 1 as written`),
    update: statement(`
      update {s}.rows set version = $3, created_at = $4, enabled = $5, value = $6
      where kind = '${kind}' and id = $1 and project = $2 and version = $3 - 1 returning 1 as written`),
    remove: statement(`
      delete from {s}.rows where ${scoped('$2')} and id = $1 and version = coalesce($3, version) returning 1 as written`),
  }
  const scope = (project: string | undefined) => (project === undefined ? null : encodeText(project))
  async function change(name: 'insert' | 'update' | 'remove', values: unknown[]): Promise<boolean> {
    const changed = (await run(statements[name], values).finally(recent.forget)).length > 0
    if (changed) onChange()
    return changed
  }

  const rows: Rows<T> = {
    async get(id, project) {
      const [row] = await run(statements.get, [encodeText(id), scope(project)])
      return row === undefined ? null : json<T>(row.value)
    },
    async list({ project } = {}) {
      const rows =
        project === undefined ? await run(statements.list, [null]) : await run(statements.listOf, [encodeText(project)])
      return rows.map((row) => json<T>(row.value))
    },
    put(row) {
      const enabled = !('enabled' in row) || row.enabled === true
      const values = [encodeText(row.id), encodeText(row.project), row.version, row.createdAt, enabled]
      return change(row.version === 1 ? 'insert' : 'update', [...values, JSON.stringify(row)])
    },
    remove: (id, project, version) => change('remove', [encodeText(id), scope(project), version ?? null]),
  }
  const recent = createRecentRows(rows)
  return { ...rows, recent: recent.rows }
}
