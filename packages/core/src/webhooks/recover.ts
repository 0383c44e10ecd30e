import type { RedriveRequest, Store, TaskFilter, TaskRecord } from '../ports/store.ts'

/** Deliveries of one endpoint that ended in a stretch of time. */
export interface RecoverRange {
  project: string
  endpointId: string
  statuses: RedriveRequest['statuses']
  since: number
  until?: number
}

export interface RecoveredBatch {
  /** How many there were to go through, and how many of them were, this batch included. */
  total: number
  done: number
  /** How many of this batch are sent again. */
  recovered: number
  /** The `sequence` up to which all is done: give it as `from` to go on from here. */
  upTo: number
}

const BATCH = 500

/**
 * Makes them due again, oldest first. Pages run from new to old and are worked off from the old end: what is sent again
 * and ends anew meanwhile does not come up twice, and one number a page is all that is remembered.
 */
export async function* recoverInBatches(
  range: RecoverRange,
  parts: { store: Pick<Store, 'query' | 'redrive'>; now: () => number },
  from = 0,
): AsyncGenerator<RecoveredBatch> {
  const { store, now } = parts
  const filter: TaskFilter = { ...range, kind: 'endpoint', limit: BATCH }
  const { starts, total } = await pageStarts()
  let done = 0
  for (const start of starts) {
    const page = await pageAfter(start)
    const taskIds = page.map(({ id }) => id)
    const request = { at: now(), limit: BATCH, project: range.project, taskIds, statuses: range.statuses }
    const recovered = taskIds.length === 0 ? 0 : (await store.redrive(request)).length
    done = Math.min(total, done + page.length)
    yield { total, done, recovered, upTo: page[0]?.sequence ?? from }
  }

  async function pageStarts(): Promise<{ starts: (number | null)[]; total: number }> {
    const starts: (number | null)[] = []
    let total = 0
    let start: number | null = null
    for (;;) {
      const page = await pageAfter(start)
      if (page.length > 0) starts.unshift(start)
      total += page.length
      const last = page.at(-1)
      if (last === undefined || page.length < BATCH) return { starts, total }
      start = last.sequence
    }
  }

  async function pageAfter(start: number | null): Promise<TaskRecord[]> {
    const page = await store.query.tasks({ ...filter, ...(start === null ? {} : { after: start }) })
    return page.filter(({ sequence }) => sequence > from)
  }
}
