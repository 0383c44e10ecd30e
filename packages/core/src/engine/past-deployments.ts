import type { EventRecord } from '../events/event.ts'
import type { JsonObject } from '../json.ts'
import type { PastDeployment } from '../ports/policy.ts'
import type { Store } from '../ports/store.ts'

const MOST = 100

/** Deployments that came before an event, of its project, newest first. */
export async function pastDeployments(
  store: Store,
  before: EventRecord,
  { app, environment, limit = 20 }: { app: string; environment: string; limit?: number },
): Promise<PastDeployment[]> {
  const wanted = Math.min(Math.max(0, Math.floor(limit)), MOST)
  const events = await store.query.events({
    project: before.project,
    types: ['environment.deployed'],
    attributes: { app, environment },
    // Some may be later than the event at hand, and it may be one of them itself.
    limit: MOST,
  })
  const earlier = events.filter(({ id, order }) => id !== before.rootId && id !== before.id && order < before.order)
  return earlier.slice(0, wanted).map((event) => {
    const data = event.data as JsonObject
    return {
      id: event.id,
      deploymentId: typeof data.deployment_id === 'string' ? data.deployment_id : null,
      variant: String(data.variant_name),
      revision: typeof data.revision === 'number' ? data.revision : String(data.revision),
      deployedAt: event.occurredAt,
    }
  })
}
