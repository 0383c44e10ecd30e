import { PRUNED } from '../audit/chain.ts'
import { auditPages } from '../audit/pages.ts'
import { keepingOf, takeOut } from '../audit/take-out.ts'
import { checkNames } from '../check-fields.ts'
import { PullwrightError } from '../errors.ts'
import type { AuditEntry, Store } from '../ports/store.ts'
import { matchesType } from '../webhooks/matching.ts'

/** How long audit entries are kept. What nothing is said of stays for ever. */
export interface AuditRetention {
  /** Days, at least 1. Default: for ever. */
  days?: number
  /**
   * Other terms, by action: `{ 'vcs.*': 2555, 'access.refused': 'forever' }`. Of several that match the first counts.
   * What is kept longer than its neighbours stays whole, and of these only place, time and hash are left.
   */
  actions?: Readonly<Record<string, number | 'forever'>>
}

const DAY = 24 * 3_600_000

/** Answers how many entries were deleted or emptied, over all projects. */
export async function pruneAudit(
  store: Pick<Store, 'appendAudit' | 'auditKeeping' | 'query'>,
  terms: AuditRetention,
  { now, signal }: { now: number; signal?: AbortSignal },
): Promise<number> {
  let taken = 0
  for (const project of await keepingOf(store).projects()) {
    if (signal?.aborted === true) break
    taken += await pruneProject(store, project, terms, now)
  }
  return taken
}

/** Throws `invalid-argument` for terms that cannot be kept to. */
export function checkAuditRetention(options: AuditRetention): void {
  checkNames('`retention.audit`', options, { days: true, actions: true })
  const { days, actions = {} } = options
  const terms = [days ?? 'forever', ...Object.values(actions)]
  if (terms.every((term) => term === 'forever' || (typeof term === 'number' && term >= 1))) return
  throw new PullwrightError(
    'invalid-argument',
    '`retention.audit` takes numbers of days, 1 or more, and `forever` for an action',
  )
}

async function pruneProject(
  store: Pick<Store, 'appendAudit' | 'auditKeeping' | 'query'>,
  project: string,
  terms: AuditRetention,
  now: number,
): Promise<number> {
  const shortest = Math.min(...[terms.days, ...Object.values(terms.actions ?? {})].map(daysOf))
  if (shortest === Number.POSITIVE_INFINITY) return 0
  const found = { through: null as AuditEntry | null, deleted: 0, erase: [] as number[], worth: 0 }
  let whole = true
  for await (const entries of auditPages(store, { project, until: now - shortest * DAY })) {
    for (const entry of entries) {
      const isNext = found.through === null || entry.sequence === found.through.sequence + 1
      const isOver = entry.erased === true || entry.at < now - termOf(terms, entry.action) * DAY
      whole &&= isOver && isNext
      if (whole) {
        found.through = entry
        found.deleted += 1
      } else if (isOver && entry.erased !== true && entry.action !== PRUNED) found.erase.push(entry.sequence)
      if (isOver && entry.action !== PRUNED && (whole || entry.erased !== true)) found.worth += 1
    }
  }
  // Checkpoints alone are no reason for another one.
  if (found.worth === 0) return 0
  const { through, erase } = found
  await takeOut(store, { project, at: now, actor: null, target: 'retention', through, erase })
  return found.deleted + erase.length
}

function termOf({ days, actions = {} }: AuditRetention, action: string): number {
  const named = Object.entries(actions).find(([pattern]) => matchesType([pattern], action))
  return daysOf(named === undefined ? days : named[1])
}

function daysOf(term: number | 'forever' | undefined): number {
  return typeof term === 'number' ? term : Number.POSITIVE_INFINITY
}
