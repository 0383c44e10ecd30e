import { aText, checkFields, type FieldChecks, milliseconds, oneOf, wholeNumber } from '../check-fields.ts'
import { PullwrightError } from '../errors.ts'
import type { JsonValue } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { AuditEntry, AuditFilter, Store } from '../ports/store.ts'
import { ERASED, PRUNED } from './chain.ts'
import { auditToCsv, auditToJsonLines } from './export.ts'
import { auditPages } from './pages.ts'
import { type AuditVerdict, auditVerifier } from './verify.ts'

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

const ENTRIES = { project: aText, action: aText, since: milliseconds, until: milliseconds }
const LIST: FieldChecks<AuditFilter> = { ...ENTRIES, limit: wholeNumber, after: wholeNumber }
const EXPORT: FieldChecks<AuditExport> = { ...ENTRIES, format: oneOf(['jsonl', 'csv']) }

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
        action: checkAction(action),
        target,
        result,
        details,
      }
      const [written] = await store.appendAudit([entry])
      return written as AuditEntry
    },
    async list(filter = {}) {
      checkFields('audit.list', filter, LIST)
      return store.query.audit({ ...filter, project: projectOf(filter.project) })
    },
    async verify(project) {
      const verifier = auditVerifier()
      for await (const entries of auditPages(store, { project: projectOf(project) })) verifier.read(entries)
      return verifier.verdict()
    },
    async export(options) {
      checkFields('audit.export', options, EXPORT, ['format'])
      const { format, ...filter } = options
      const all: AuditEntry[] = []
      for await (const entries of auditPages(store, { ...filter, project: projectOf(filter.project) }))
        all.push(...entries)
      return format === 'csv' ? auditToCsv(all) : auditToJsonLines(all)
    },
  }
}

/** Only retention may say that entries are gone. */
function checkAction(action: string): string {
  if (action !== PRUNED && action !== ERASED) return action
  throw new PullwrightError('invalid-argument', `${action} is written by retention alone; name the action otherwise`)
}
