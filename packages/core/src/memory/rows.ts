import type { Row, Rows } from '../ports/store.ts'
import { copyJson } from './copy-json.ts'

/** Rows of one kind. `onChange` is called after each change. */
export function createRows<T extends Row>(onChange: () => void): Rows<T> & { peek(id: string): T | undefined } {
  const rows = new Map<string, T>()
  const visible = (row: T | undefined, project: string | undefined): row is T =>
    row !== undefined && (project === undefined || row.project === project)
  const inOrder = (project: string | undefined) =>
    [...rows.values()]
      .filter((row) => visible(row, project))
      .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))

  return {
    peek: (id) => rows.get(id),
    async get(id, project) {
      const row = rows.get(id)
      return visible(row, project) ? copyJson(row) : null
    },
    async list({ project } = {}) {
      return inOrder(project).map((row) => copyJson(row))
    },
    async put(row) {
      const stored = rows.get(row.id)
      if ((stored?.version ?? 0) !== row.version - 1 || !visible(stored ?? row, row.project)) return false
      rows.set(row.id, copyJson(row))
      onChange()
      return true
    },
    async remove(id, project, version) {
      const row = rows.get(id)
      if (!visible(row, project) || row.version !== (version ?? row.version)) return false
      rows.delete(id)
      onChange()
      return true
    },
    recent: {
      async get(id, project) {
        const row = rows.get(id)
        return visible(row, project) ? row : null
      },
      list: async ({ project } = {}) => inOrder(project),
    },
  }
}
