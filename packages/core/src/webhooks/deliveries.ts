import { PullwrightError } from '../errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { AttemptRecord, RedriveRequest, Store, TaskFilter, TaskRecord, TaskStatus } from '../ports/store.ts'
import type { Health } from './health.ts'

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
}

const BATCH = 500
const ENDED = ['done', 'dead', 'cancelled'] as const satisfies readonly EndedStatus[]

export function createDeliveries({ store, clock, project, nudge = () => {}, health }: DeliveriesParts): Deliveries {
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
      return toDelivery(again)
    },

    async recover({ endpoint, since, until, status = ['dead', 'cancelled'] }) {
      const row = await requireEnabled(endpoint, project)
      const statuses = listOf(status)
      const range: TaskFilter = {
        project: row.project,
        kind: 'endpoint',
        endpointId: row.id,
        statuses,
        since: momentOf('since', since),
        ...(until === undefined ? {} : { until: momentOf('until', until) }),
      }
      let recovered = 0
      await health?.hurry(row.id)
      for (const after of await pageStarts(range)) {
        const page = await store.query.tasks({ ...range, limit: BATCH, ...(after === null ? {} : { after }) })
        const taskIds = page.map(({ id }) => id)
        const request = { at: clock.now(), limit: BATCH, project: row.project, taskIds, statuses }
        recovered += taskIds.length === 0 ? 0 : (await store.redrive(request)).length
        nudge()
      }
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

  /**
   * Where each page begins, the oldest page first. Pages run from new to old and are worked off from the old end: what
   * is sent again and ends anew meanwhile does not come up twice, and one number a page is all that is remembered.
   */
  async function pageStarts(range: TaskFilter): Promise<(number | null)[]> {
    const starts: (number | null)[] = []
    let after: number | null = null
    for (;;) {
      const page: TaskRecord[] = await store.query.tasks({
        ...range,
        limit: BATCH,
        ...(after === null ? {} : { after }),
      })
      if (page.length > 0) starts.unshift(after)
      const last = page.at(-1)
      if (last === undefined || page.length < BATCH) return starts
      after = last.sequence
    }
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
