import type { Audit } from '../audit/audit.ts'
import { PullwrightError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { AttemptRecord, Store, TaskRecord, TaskStatus } from '../ports/store.ts'
import {
  type DeliveryFilter,
  ENDED,
  type EndedStatus,
  type RecoverRequest,
  recoverPeriod,
  toTaskFilter,
} from './delivery-filter.ts'
import type { Health } from './health.ts'
import { recoverInBatches } from './recover.ts'

export type { DeliveryFilter, EndedStatus, Moment, RecoverRequest } from './delivery-filter.ts'

/** A task whose target is an endpoint. Its `id` is `webhook-id` and `delivery_id`, on every attempt and replay. */
export interface Delivery extends TaskRecord {
  endpointId: string
}

/** `history` has one entry for each attempt, with redacted request and response. */
export interface DeliveryDetails extends Delivery {
  history: AttemptRecord[]
}

export interface Deliveries {
  /** Newest first. */
  list(filter?: DeliveryFilter): Promise<Delivery[]>
  get(id: string): Promise<DeliveryDetails>
  /** Sends it again now, in place of a retry that is still to come. Throws `conflict` while an attempt is under way. */
  retry(id: string): Promise<Delivery>
  /** Sends again what ended in a stretch of time, any number of it, in batches. Answers how many. */
  recover(request: RecoverRequest): Promise<{ recovered: number }>
}

export interface DeliveriesParts {
  store: Pick<Store, 'query' | 'redrive' | 'cancel' | 'endpoints'>
  clock: Clock
  project?: string
  /** Something became due. */
  nudge?: () => void
  /** An endpoint that fails is tried at once where somebody asks for it. */
  health?: Pick<Health, 'hurry'>
  audit?: Pick<Audit, 'record'>
}

export function createDeliveries(parts: DeliveriesParts): Deliveries {
  const { store, clock, project, nudge = () => {}, health, audit } = parts
  return {
    async list(filter = {}) {
      return (await store.query.tasks(toTaskFilter(filter, project))).map(toDelivery)
    },

    async get(id) {
      return { ...(await find(id)), history: await store.query.attempts(id) }
    },

    async retry(id) {
      const delivery = await find(id)
      await requireEnabled(delivery.endpointId, delivery.project)
      const running = () =>
        new PullwrightError('conflict', `Delivery ${id} is under way: wait for the end of this attempt`)
      if (delivery.status === 'running') throw running()
      if (!isEnded(delivery.status)) await store.cancel(id, clock.now(), delivery.project)
      const request = { at: clock.now(), limit: 1, project: delivery.project, taskIds: [id], statuses: ENDED }
      const [again] = await store.redrive(request)
      if (again === undefined) throw running()
      await health?.hurry(delivery.endpointId)
      nudge()
      await note('delivery.retry', delivery)
      return toDelivery(again)
    },

    async recover(request) {
      const period = recoverPeriod(request)
      const row = await requireEnabled(request.endpoint, project)
      const range = { project: row.project, endpointId: row.id, ...period }
      let recovered = 0
      await health?.hurry(row.id)
      for await (const batch of recoverInBatches(range, { store, now: clock.now })) {
        recovered += batch.recovered
        nudge()
      }
      await note('delivery.recover', row, { recovered })
      return { recovered }
    },
  }

  async function find(id: string): Promise<Delivery> {
    const task = await store.query.task(id, project)
    if (task === null || task.target.kind !== 'endpoint') {
      throw new PullwrightError('not-found', `There is no delivery ${JSON.stringify(id)} in this project`)
    }
    return toDelivery(task)
  }

  async function requireEnabled(id: string, of: string | undefined) {
    const row = await store.endpoints.get(id, of)
    if (row === null)
      throw new PullwrightError('not-found', `There is no endpoint ${JSON.stringify(id)} in this project`)
    if (row.enabled) return row
    throw new PullwrightError('conflict', `Endpoint ${id} is disabled: enable it first`)
  }

  async function note(action: string, { id, project }: { id: string; project: string }, details: JsonObject = {}) {
    await audit?.record({ action, target: id, project, details })
  }
}

function toDelivery(task: TaskRecord): Delivery {
  return { ...task, endpointId: task.target.kind === 'endpoint' ? task.target.endpointId : '' }
}

function isEnded(status: TaskStatus): status is EndedStatus {
  return (ENDED as readonly TaskStatus[]).includes(status)
}
