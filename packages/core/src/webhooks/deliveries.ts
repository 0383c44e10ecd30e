import type { Audit } from '../audit/audit.ts'
import { PullwrightError } from '../errors.ts'
import type { JsonObject } from '../json.ts'
import type { Clock } from '../ports/clock.ts'
import type { AttemptRecord, RedriveRequest, Store, TaskFilter, TaskRecord, TaskStatus } from '../ports/store.ts'
import type { Health } from './health.ts'
import { recoverInBatches } from './recover.ts'

/** A task whose target is an endpoint. Its `id` is `webhook-id` and `delivery_id`, on every attempt and replay. */
export interface Delivery extends TaskRecord {
  endpointId: string
}

/** `history` has one entry for each attempt, with redacted request and response. */
export interface DeliveryDetails extends Delivery {
  history: AttemptRecord[]
}

/** A moment: milliseconds since the epoch, a `Date`, or ISO 8601. */
export type Moment = number | Date | string

export interface DeliveryFilter {
  /** Default `default`; `*` lists every project. */
  project?: string
  endpoint?: string
  event?: string
  /** Event types. */
  type?: string | readonly string[]
  status?: TaskStatus | readonly TaskStatus[]
  /** Of the event, such as `{ environment: 'production' }`. */
  attributes?: Record<string, string>
  /** By the time of recording; `until` excludes. */
  since?: Moment
  until?: Moment
  /** Default 100. */
  limit?: number
  /** The `sequence` of the last one of the page before. */
  after?: number
}

export type EndedStatus = RedriveRequest['statuses'][number]

export interface RecoverRequest {
  endpoint: string
  /** By the time of recording; `until` excludes. */
  since: Moment
  until?: Moment
  /** Default `dead` and `cancelled`: what did not arrive. */
  status?: EndedStatus | readonly EndedStatus[]
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

const ENDED = ['done', 'dead', 'cancelled'] as const satisfies readonly EndedStatus[]

export function createDeliveries(parts: DeliveriesParts): Deliveries {
  const { store, clock, project, nudge = () => {}, health, audit } = parts
  return {
    async list(filter = {}) {
      return (await store.query.tasks(taskFilter(filter, project))).map(toDelivery)
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

    async recover({ endpoint, since, until, status = ['dead', 'cancelled'] }) {
      const row = await requireEnabled(endpoint, project)
      const range = {
        project: row.project,
        endpointId: row.id,
        statuses: listOf(status),
        since: momentOf('since', since),
        ...(until === undefined ? {} : { until: momentOf('until', until) }),
      }
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

function taskFilter(filter: DeliveryFilter, bound: string | undefined): TaskFilter {
  const { endpoint, event, type, status, since, until, attributes, limit, after } = filter
  return {
    kind: 'endpoint',
    ...projectFilter(filter.project, bound),
    ...(endpoint === undefined ? {} : { endpointId: endpoint }),
    ...(event === undefined ? {} : { eventId: event }),
    ...(type === undefined ? {} : { eventTypes: listOf(type) }),
    ...(status === undefined ? {} : { statuses: listOf(status) }),
    ...(attributes === undefined ? {} : { attributes }),
    ...(since === undefined ? {} : { since: momentOf('since', since) }),
    ...(until === undefined ? {} : { until: momentOf('until', until) }),
    ...(limit === undefined ? {} : { limit }),
    ...(after === undefined ? {} : { after }),
  }
}

function projectFilter(asked: string | undefined, bound: string | undefined): { project?: string } {
  if (bound === undefined) return asked === '*' ? {} : { project: asked ?? 'default' }
  if (asked === undefined || asked === bound) return { project: bound }
  throw new PullwrightError(
    'invalid-argument',
    'This Pullwright is bound to another project; call as({ project }) first',
  )
}

function toDelivery(task: TaskRecord): Delivery {
  return { ...task, endpointId: task.target.kind === 'endpoint' ? task.target.endpointId : '' }
}

function momentOf(name: string, moment: Moment): number {
  const at = typeof moment === 'number' ? moment : new Date(moment).getTime()
  if (Number.isFinite(at)) return at
  throw new PullwrightError('invalid-argument', `${name}: must be milliseconds since the epoch, a Date, or ISO 8601`)
}

function listOf<T extends string>(value: T | readonly T[]): readonly T[] {
  return typeof value === 'string' ? [value] : value
}

function isEnded(status: TaskStatus): status is EndedStatus {
  return (ENDED as readonly TaskStatus[]).includes(status)
}
