import type { DocumentRow, DocumentStore } from '@pullwright/core'
import { documentParameter } from './append-parameters.ts'
import type { Database, SqlRow } from './database.ts'
import { lockNumber } from './lock-number.ts'
import { json, text } from './records.ts'
import { encodeText } from './text-codec.ts'

export function createDocuments(database: Database): DocumentStore {
  const { run, statement } = database
  const columns = 'd.project, d.collection, d.key, d.value, d.version, d.updated_at'
  const statements = {
    get: statement(`select ${columns} from {s}.documents d where project = $1 and collection = $2 and key = $3`),
    put: statement(`select verdict from {s}.append($1::bigint[], null, $2::json, '[]', '[]')`),
    list: statement(`
      select ${columns} from {s}.documents d
      where project = $1 and collection = $2 and starts_with(key, $3) and key >= $3 and ($4::text is null or key > $4)
      order by key limit $5`),
  }

  return {
    async get(project, collection, key) {
      const [row] = await run(statements.get, [project, collection, key].map(encodeText))
      return row === undefined ? null : toDocument(row)
    },
    async put(write) {
      const { project, collection, key } = write
      const locks = [lockNumber('document', database.schema, project, collection, key)]
      return (await run(statements.put, [locks, JSON.stringify([documentParameter(write)])])).length === 0
    },
    async list(project, collection, { prefix = '', after, limit = 100 } = {}) {
      const from = after === undefined ? null : encodeText(after)
      const values = [encodeText(project), encodeText(collection), encodeText(prefix), from, Math.max(0, limit)]
      return (await run(statements.list, values)).map(toDocument)
    },
  }
}

function toDocument(row: SqlRow): DocumentRow {
  return {
    project: text(row.project),
    collection: text(row.collection),
    key: text(row.key),
    value: json(row.value),
    version: Number(row.version),
    updatedAt: Number(row.updated_at),
  }
}
