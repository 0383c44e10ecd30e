import type { DocumentRow, DocumentStore } from '@pullwright/core'
import { createConditions } from './conditions.ts'
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
      const connection = await open()
      // Looked at first without a lock: most often it is known by then that somebody was faster.
      if ((await connection.read(() => findConflict(writes))) !== null) return false
      return connection.write(function* () {
        if ((yield* findConflict(writes)) !== null) return false
        yield* writeDocuments(writes)
        return true
      })
    },
    async list(project, collection, { prefix = '', after, limit = 100 } = {}) {
      const conditions = createConditions()
      conditions.and('project = ? AND collection = ? AND key >= ?', project, collection, prefix)
      // As JSON, for it is in the form in which texts are kept already.
      conditions.andIf(endOf(encodeText(prefix)), `key < json_extract(?, '$[0]')`)
      conditions.andIf(after, 'key > ?')
      const rows = await (await open()).read(() =>
        ask(
          `SELECT * FROM pullwright_documents WHERE ${conditions.sql} ORDER BY key LIMIT ?`,
          ...conditions.values,
          Math.max(0, limit),
        ),
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

/** The first text after all that begin with the prefix, by code points; undefined where there is none. */
function endOf(prefix: string): string | undefined {
  const points = [...prefix].map((point) => point.codePointAt(0) ?? 0)
  while (points.at(-1) === LAST_POINT) points.pop()
  const last = points.pop()
  // Between these two are the surrogates, which are no characters.
  if (last === undefined) return undefined
  return JSON.stringify([String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1)])
}

/** Unicode ends here. */
const LAST_POINT = 0x10ffff

const GET = `SELECT * FROM pullwright_documents WHERE project = ? AND collection = ? AND key = ?`
