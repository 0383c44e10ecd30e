import { type AuditEntry, type AuditFilter, chainAudit, erasedAudit, type NewAuditEntry } from '@pullwright/core'
import { createConditions } from './conditions.ts'
import { ask, type Row, type Steps } from './steps.ts'
import { jsonOf, jsonText, listOf, textOf } from './values.ts'

/** One chain for each project. */
export function* appendAudit(entries: readonly NewAuditEntry[]): Steps<AuditEntry[]> {
  const heads = new Map<string, AuditEntry | null>()
  const chained: AuditEntry[] = []
  for (const entry of entries) {
    const { project, at, action } = entry
    const previous = heads.get(project) ?? (yield* lastOf(project))
    const next = chainAudit(previous, entry)
    heads.set(project, next)
    yield* ask(ADD, project, next.sequence, at, action, jsonText(next))
    chained.push(next)
  }
  return chained
}

function* lastOf(project: string): Steps<AuditEntry | null> {
  const [row] = yield* ask(LAST, project)
  return row === undefined ? null : entryOf(row)
}

export function* queryAudit(filter: AuditFilter): Steps<AuditEntry[]> {
  const { project, action, since, until, after, limit = 100 } = filter
  const conditions = createConditions()
  conditions.and('project = ?', project)
  conditions.andIf(after, 'sequence > ?')
  conditions.andIf(action, 'action = ?')
  conditions.andIf(since, 'at >= ?')
  conditions.andIf(until, 'at < ?')
  const rows = yield* ask(
    `SELECT record FROM pullwright_audit WHERE ${conditions.sql} ORDER BY sequence LIMIT ?`,
    ...conditions.values,
    Math.max(0, limit),
  )
  return rows.map(entryOf)
}

export function* auditProjects(): Steps<string[]> {
  return (yield* ask('SELECT DISTINCT project FROM pullwright_audit ORDER BY project')).map((row) =>
    textOf(row.project),
  )
}

/** A trigger refuses what no checkpoint names. */
export function* eraseAudit(project: string, sequences: readonly number[]): Steps<number> {
  const rows = yield* ask(
    'SELECT record FROM pullwright_audit WHERE project = ? AND sequence IN (SELECT value FROM json_each(?))',
    project,
    listOf(sequences),
  )
  const found = rows.map(entryOf).filter(({ erased }) => erased !== true)
  for (const entry of found) {
    const left = erasedAudit(entry)
    yield* ask(ERASE, left.action, jsonText(left), project, entry.sequence)
  }
  return found.length
}

/** A trigger refuses what no checkpoint names. */
export function* pruneAudit(project: string, through: number): Steps<number> {
  const gone = yield* ask(
    'DELETE FROM pullwright_audit WHERE project = ? AND sequence <= ? RETURNING sequence',
    project,
    through,
  )
  return gone.length
}

function entryOf(row: Row): AuditEntry {
  return jsonOf(row.record) as unknown as AuditEntry
}

const LAST = `SELECT record FROM pullwright_audit WHERE project = ? ORDER BY sequence DESC LIMIT 1`

const ADD = `INSERT INTO pullwright_audit (project, sequence, at, action, record) VALUES (?, ?, ?, ?, ?)`

const ERASE = 'UPDATE pullwright_audit SET action = ?, record = ? WHERE project = ? AND sequence = ?'
