import type { DocumentRow, DocumentStore } from '@pullwright/core'
import type { Connection } from './connection.ts'
import { findConflict, writeDocuments } from './document-writes.ts'
import { prepareWrite } from './prepare.ts'
import { ask, type Row } from './steps.ts'
import { encodeText } from './text.ts'
import { jsonOf, numberOf, textOf } from './values.ts'

/** Versioned JSON. Keys are listed in the order of their code points. */
export function createDocuments(open: () => Promise<Connection>): DocumentStore {
  return {
    async get(project, collection, key) {
      const [row] = await (await open()).read(() => ask(GET, project, collection, key))
      return row === undefined ? null : documentOf(row)
    },
    async put(write) {
      const writes = [prepareWrite(write)]
      return (await open()).write(function* () {
        if ((yield* findConflict(writes)) !== null) return false
        yield* writeDocuments(writes)
        return true
      })
    },
    async list(project, collection, { prefix = '', after, limit = 100 } = {}) {
      const most = Math.max(0, limit)
      const end = endOf(encodeText(prefix))
      const from = after === undefined ? [true, ''] : [false, after]
      const rows = await (await open()).read(() =>
        ask(LIST, project, collection, prefix, end === null, end ?? '', ...from, most),
      )
      return rows.map(documentOf)
    },
  }
}

function documentOf(row: Row): DocumentRow {
  return {
    project: textOf(row.project),
    collection: textOf(row.collection),
    key: textOf(row.key),
    value: jsonOf(row.value),
    version: numberOf(row.version),
    updatedAt: numberOf(row.updated_at),
  }
}

/** The first text after all that begin with the prefix, by code points; null where there is none. */
function endOf(prefix: string): string | null {
  const points = [...prefix].map((point) => point.codePointAt(0) ?? 0)
  while (points.at(-1) === LAST_POINT) points.pop()
  const last = points.pop()
  // Between these two are the surrogates, which are no characters.
  return last === undefined ? null : String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)
}

/** Unicode ends here. */
const LAST_POINT = 0x10ffff

const GET = `SELECT * FROM pullwright_documents WHERE project = ? AND collection = ? AND key = ?`

const LIST = `
SELECT * FROM pullwright_documents
WHERE project = ? AND collection = ? AND key >= ? AND (? OR key < ?) AND (? OR key > ?)
ORDER BY key LIMIT ?`
