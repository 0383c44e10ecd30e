import {
  type AuditEntry,
  type AuditFilter,
  type AuditKeeping,
  chainAudit,
  erasedAudit,
  type NewAuditEntry,
} from '@pullwright/core'
import { conditions } from './conditions.ts'
import type { Database } from './database.ts'
import { lockNumber } from './lock-number.ts'
import { json } from './records.ts'
import { decodeText, encodeText } from './text-codec.ts'

export interface AuditLog {
  append(entries: readonly NewAuditEntry[]): Promise<AuditEntry[]>
  query(filter: AuditFilter): Promise<AuditEntry[]>
  keeping: AuditKeeping
}

/** One chain for each project. Writers of one project take turns. */
export function createAuditLog(database: Database): AuditLog {
  const { run, statement } = database
  const statements = {
    lock: statement('select pg_advisory_xact_lock(n) from unnest($1::bigint[]) n'),
    heads: statement(`
      select h.entry from unnest($1::text[]) p cross join lateral (
        select a.entry from {s}.audit a where a.project = p order by a.sequence desc limit 1) h`),
    insert: statement(`
      insert into {s}.audit (project, sequence, at, action, entry)
      select * from unnest($1::text[], $2::bigint[], $3::double precision[], $4::text[], $5::text[])`),
    projects: statement('select distinct a.project from {s}.audit a order by 1'),
    entries: statement(
      'select a.entry from {s}.audit a where a.project = $1 and a.sequence = any($2::bigint[]) for update',
    ),
    // A trigger refuses what no checkpoint names.
    erase: statement(`
      update {s}.audit a set action = n.action, entry = n.entry
      from unnest($2::bigint[], $3::text[], $4::text[]) n(sequence, action, entry)
      where a.project = $1 and a.sequence = n.sequence`),
    prune: statement('delete from {s}.audit a where a.project = $1 and a.sequence <= $2 returning 1'),
  }

  return {
    async append(entries) {
      if (entries.length === 0) return []
      const projects = [...new Set(entries.map(({ project }) => project))]
      const locks = projects.map((project) => lockNumber('audit', database.schema, project)).sort()
      return database.transaction(async (inside) => {
        await inside(statements.lock, [locks])
        const rows = await inside(statements.heads, [projects.map(encodeText)])
        const heads = new Map(rows.map((row) => json<AuditEntry>(row.entry)).map((entry) => [entry.project, entry]))
        const chained = entries.map((entry) => {
          const copy = json<NewAuditEntry>(JSON.stringify(entry))
          const next = chainAudit(heads.get(entry.project) ?? null, copy)
          heads.set(entry.project, next)
          return next
        })
        await inside(statements.insert, [
          chained.map(({ project }) => encodeText(project)),
          chained.map(({ sequence }) => sequence),
          chained.map(({ at }) => at),
          chained.map(({ action }) => encodeText(action)),
          chained.map((entry) => JSON.stringify(entry)),
        ])
        return chained
      })
    },
    async query({ project, action, since, until, after = 0, limit = 100 }) {
      const where = conditions()
      where.add('a.project = ?', encodeText(project))
      where.add('a.sequence > ?', after)
      if (action !== undefined) where.add('a.action = ?', encodeText(action))
      if (since !== undefined) where.add('a.at >= ?', since)
      if (until !== undefined) where.add('a.at < ?', until)
      const text = `select a.entry from {s}.audit a where ${where.text()}
        order by a.sequence limit ${where.value(Math.max(0, limit))}`
      return (await run(statement(text), where.values)).map((row) => json<AuditEntry>(row.entry))
    },
    keeping: {
      projects: async () => (await run(statements.projects)).map((row) => decodeText(String(row.project))),
      erase: (project, sequences) =>
        database.transaction(async (inside) => {
          const rows = await inside(statements.entries, [encodeText(project), sequences])
          const found = rows.map((row) => json<AuditEntry>(row.entry)).filter(({ erased }) => erased !== true)
          const left = found.map(erasedAudit)
          await inside(statements.erase, [
            encodeText(project),
            left.map(({ sequence }) => sequence),
            left.map(({ action }) => action),
            left.map((entry) => JSON.stringify(entry)),
          ])
          return found.length
        }),
      prune: async (project, through) => (await run(statements.prune, [encodeText(project), through])).length,
    },
  }
}
