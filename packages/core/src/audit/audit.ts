import type { JsonValue } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { AuditEntry, AuditFilter, Store } from '../ports/store.ts'
import { type AuditVerdict, verifyAudit } from './chain.ts'
import { auditToCsv, auditToJsonLines } from './export.ts'

export interface Audit {
  /** Adds an entry to the project's chain. Nothing secret may be in it. */
  record(entry: AuditNote): Promise<AuditEntry>
  /** Ascending; 100 a page unless told otherwise. */
  list(filter?: Partial<AuditFilter>): Promise<AuditEntry[]>
  /** Reads the whole chain of a project and checks every link. */
  verify(project?: string): Promise<AuditVerdict>
  export(options: AuditExport): Promise<string>
}

export interface AuditNote {
  /** Dotted, such as `endpoint.create`. */
  action: string
  /** The id of what was acted on. */
  target: string
  /** Default `ok`. */
  result?: 'ok' | 'failed'
  /** Default null. */
  details?: JsonValue
  /** Who did it, where no subject is bound: a bound one is the actor, whatever is given. Default null. */
  actor?: string | null
  /** Default: the bound project, else `default`. */
  project?: string
}

export interface AuditExport extends Omit<Partial<AuditFilter>, 'limit' | 'after'> {
  format: 'jsonl' | 'csv'
}

/**
 * The record of who did what. Bound to a `project`, it knows no other: whatever project is asked for, the answer is the
 * bound one's.
 */
export function createAudit(options: {
  store: Pick<Store, 'appendAudit' | 'query'>
  clock: Clock
  project?: string
  subject?: string
}): Audit {
  const { store, clock, subject } = options
  const projectOf = (wanted: string | undefined) => options.project ?? wanted ?? 'default'

  return {
    async record({ action, target, result = 'ok', details = null, actor = null, project }) {
      const entry = {
        project: projectOf(project),
        at: clock.now(),
        actor: subject ?? actor,
        action,
        target,
        result,
        details,
      }
      const [written] = await store.appendAudit([entry])
      return written as AuditEntry
    },
    list: (filter = {}) => store.query.audit({ ...filter, project: projectOf(filter.project) }),
    async verify(project) {
      let last: AuditEntry | null = null
      let verdict = verifyAudit([])
      for await (const entries of pages(store, { project: projectOf(project) })) {
        verdict = verifyAudit(entries, last)
        if (!verdict.ok) return verdict
        last = entries.at(-1) ?? last
      }
      return verdict.ok ? { ...verdict, count: last?.sequence ?? 0 } : verdict
    },
    async export({ format, ...filter }) {
      const all: AuditEntry[] = []
      for await (const entries of pages(store, { ...filter, project: projectOf(filter.project) })) all.push(...entries)
      return format === 'csv' ? auditToCsv(all) : auditToJsonLines(all)
    },
  }
}

const PAGE = 1000

async function* pages(store: Pick<Store, 'query'>, filter: AuditFilter): AsyncGenerator<AuditEntry[]> {
  let after = 0
  for (;;) {
    const entries = await store.query.audit({ ...filter, after, limit: PAGE })
    if (entries.length > 0) yield entries
    if (entries.length < PAGE) return
    after = entries.at(-1)?.sequence ?? after
  }
}
