import type { BacklogRow, ClaimRequest } from '@pullwright/core'
import { findExpired, findHeads } from './due.ts'
import { ask, type Steps } from './steps.ts'
import { targetOf } from './target.ts'
import { NEVER_DUE, numberOf, textOf } from './values.ts'

/** Counted over what is unfinished, whatever has ended. */
export function* backlog(): Steps<BacklogRow[]> {
  const rows = new Map<string, BacklogRow>()
  for (const found of yield* ask(COUNT)) {
    const target = targetOf(textOf(found.target))
    const name = target.kind === 'endpoint' ? 'endpoint' : target.handler
    const status = textOf(found.status) as BacklogRow['status']
    const key = `${status} ${target.kind} ${name}`
    const oldestDueAt = numberOf(found.oldest)
    const row = rows.get(key) ?? { target: name, status, count: 0, oldestDueAt }
    row.count += numberOf(found.count)
    row.oldestDueAt = Math.min(row.oldestDueAt, oldestDueAt)
    rows.set(key, row)
  }
  return [...rows.values()]
}

/** Who stands in line, who runs, and who is held back by a key: each from its own index. */
const COUNT = `
SELECT substr(line, instr(line, ' ') + 1) AS target, status, count(*) AS count, min(due_at) AS oldest
FROM pullwright_tasks INDEXED BY pullwright_tasks_line WHERE stands = 1 GROUP BY line, status
UNION ALL
SELECT target, status, count(*), min(due_at)
FROM pullwright_tasks INDEXED BY pullwright_tasks_lease WHERE status = 'running' GROUP BY target
UNION ALL
SELECT target, status, count(*), min(due_at)
FROM pullwright_tasks INDEXED BY pullwright_tasks_key
WHERE concurrency_key IS NOT NULL AND settled_at IS NULL AND status <> 'running' AND stands = 0
GROUP BY target, status`

/** When the next task these handlers (or the deliveries) can run may be claimed, or its lease runs out. */
export function* nextDueAt(request: Pick<ClaimRequest, 'handlers' | 'endpoints'>): Steps<number | null> {
  const heads = yield* findHeads(null, NEVER_DUE - 1, request, 1)
  const leases = yield* findExpired(Number.MAX_SAFE_INTEGER, request, 1)
  return [...heads, ...leases].reduce<number | null>((next, { at }) => (next === null || at < next ? at : next), null)
}
