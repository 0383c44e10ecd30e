import { PullwrightError } from '../errors.ts'
import type { Store } from '../ports/store.ts'

export interface PruneRequest {
  /** A date, ISO 8601, or milliseconds since the epoch. */
  before: number | Date | string
  project?: string
}

/** Events in one statement: long enough to be quick, short enough to hold up nobody. */
const BATCH = 500
const PAGE = 500

/**
 * Deletes work that has ended, and its events, older than `before`, in batches until none is left or `signal` says so.
 * What an endpoint that is disabled never got ends first: else it would stay for ever. Answers how many events went.
 */
export async function prune(
  store: Pick<Store, 'prune' | 'endpoints' | 'query' | 'cancel'>,
  { before, project }: PruneRequest,
  options: { now: number; signal?: AbortSignal },
): Promise<number> {
  const time = momentOf(before)
  const scope = project === undefined ? {} : { project }
  const isOver = () => options.signal?.aborted === true
  await abandon(store, scope, time, options.now, isOver)
  let pruned = 0
  while (!isOver()) {
    const gone = await store.prune({ before: time, limit: BATCH, ...scope })
    pruned += gone
    if (gone < BATCH) break
  }
  return pruned
}

async function abandon(
  store: Pick<Store, 'endpoints' | 'query' | 'cancel'>,
  scope: { project?: string },
  before: number,
  at: number,
  isOver: () => boolean,
): Promise<void> {
  for (const { id, project, enabled } of await store.endpoints.list(scope)) {
    if (enabled) continue
    while (!isOver()) {
      const statuses = ['pending', 'retrying', 'waiting'] as const
      const range = { project, kind: 'endpoint' as const, endpointId: id, statuses, until: before, limit: PAGE }
      const page = await store.query.tasks(range)
      const ended = await Promise.all(page.map((task) => store.cancel(task.id, at, project)))
      if (page.length < PAGE || ended.every((task) => task === null)) break
    }
  }
}

function momentOf(moment: PruneRequest['before']): number {
  const at = typeof moment === 'number' ? moment : new Date(moment).getTime()
  if (Number.isFinite(at)) return at
  throw new PullwrightError(
    'invalid-argument',
    '`before` must be a date, an ISO 8601 text or milliseconds since the epoch',
  )
}
