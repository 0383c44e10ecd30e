import { PullwrightError } from '../errors.ts'
import type { EndpointRow, Store } from '../ports/store.ts'

/** Enough for any honest race over one row. */
const MOST_TRIES = 10

/**
 * Reads, changes and writes an endpoint, again where somebody else was first. `change` answers null to leave it alone.
 * Null where there is no such endpoint or nothing was changed.
 */
export async function changeEndpoint(
  store: Pick<Store, 'endpoints'>,
  id: string,
  project: string | undefined,
  at: number,
  change: (row: EndpointRow) => EndpointRow | null | Promise<EndpointRow | null>,
): Promise<EndpointRow | null> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const row = await store.endpoints.get(id, project)
    const changed = row === null ? null : await change(row)
    if (row === null || changed === null) return null
    const next = { ...changed, version: row.version + 1, updatedAt: at }
    if (await store.endpoints.put(next)) return next
  }
  throw changedMeanwhile(id)
}

const BATCH = 500

/** Ends what is still to be delivered to an endpoint that was removed; answers how many. */
export async function cancelDeliveries(
  store: Pick<Store, 'query' | 'cancel'>,
  { id, project }: Pick<EndpointRow, 'id' | 'project'>,
  at: number,
): Promise<number> {
  let cancelled = 0
  for (;;) {
    const statuses = ['pending', 'running', 'retrying', 'waiting'] as const
    const page = await store.query.tasks({ project, kind: 'endpoint', endpointId: id, statuses, limit: BATCH })
    const ended = await Promise.all(page.map((task) => store.cancel(task.id, at, project)))
    const now = ended.filter((task) => task !== null).length
    cancelled += now
    if (page.length < BATCH || now === 0) return cancelled
  }
}

export function changedMeanwhile(id: string): PullwrightError {
  return new PullwrightError('conflict', `Endpoint ${id} was changed by somebody else meanwhile; read it and try again`)
}
