import { aText, checkFields, type FieldChecks } from '../check-fields.ts'
import type { EventRecord } from '../events/event.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import type { AttemptRecord, EventFilter, Store, TaskRecord } from '../ports/store.ts'
import { PAGE_FIELDS } from './list-filters.ts'
import { type Bound, notFound, scoped } from './views.ts'

export interface DeploymentFilter extends Pick<EventFilter, 'project' | 'since' | 'until' | 'limit' | 'after'> {
  app?: string
  environment?: string
}

export interface DeploymentPullRequest {
  vcs: string
  repository: string
  number: number
  url: string
  outcome: 'created' | 'updated' | 'unchanged'
  /** What became of labels, reviewers, auto-merge and the like. */
  steps: JsonObject
}

export interface DeploymentSummary {
  /** The id of its `environment.deployed` event. */
  id: string
  project: string
  app: string
  environment: string
  variant: string
  revision: JsonValue
  deployedAt: number
  /** Of all its tasks: `failed` when one is dead, `running` while one is not ended. */
  status: 'running' | 'done' | 'failed'
  pullRequests: DeploymentPullRequest[]
  /** Milliseconds from first hearing of the deployment to its first pull request; null while there is none. */
  timeToPullRequestMs: number | null
}

export interface DeploymentDetails extends DeploymentSummary {
  event: EventRecord
  /** Everything that followed from it, in order. */
  events: EventRecord[]
  tasks: (TaskRecord & { history: AttemptRecord[] })[]
}

export interface DeploymentsView {
  /** Newest first. `project` defaults to `default`; `*` lists every project. */
  list(filter?: DeploymentFilter): Promise<DeploymentSummary[]>
  /** By the id that `emit` answered, or by the host's `deployment_id`, in the bound project or `default`. */
  get(id: string): Promise<DeploymentDetails>
}

const FILTER: FieldChecks<DeploymentFilter> = { project: aText, app: aText, environment: aText, ...PAGE_FIELDS }

const TYPE = 'environment.deployed'
/** A deployment has a handful of tasks for each route and endpoint; a thousand is beyond any. */
const MOST_TASKS = 1_000

export function createDeploymentsView(store: Store, bound: Bound): DeploymentsView {
  return { list, get }

  async function list(filter: DeploymentFilter = {}): Promise<DeploymentSummary[]> {
    checkFields('deployments.list', filter, FILTER)
    const { app, environment, ...rest } = filter
    const attributes = { ...(app === undefined ? {} : { app }), ...(environment === undefined ? {} : { environment }) }
    const events = await store.query.events({ ...scoped(rest, bound), types: [TYPE], attributes })
    return Promise.all(events.map(async (event) => summarise(event, await beganAt(event), await tasksOf(event))))
  }

  async function get(id: string): Promise<DeploymentDetails> {
    const event = await find(id)
    const [tasks, events] = await Promise.all([
      tasksOf(event),
      store.query.events({ project: event.project, rootId: event.rootId, limit: MOST_TASKS }),
    ])
    const own = family(event, events.reverse(), tasks)
    const detailed = own.tasks.map(async (task) => ({ ...task, history: await store.query.attempts(task.id) }))
    return {
      ...summarise(event, await beganAt(event), own.tasks),
      event,
      events: own.events,
      tasks: await Promise.all(detailed),
    }
  }

  async function find(id: string): Promise<EventRecord> {
    const byId = await store.query.event(id, bound.project)
    if (byId?.type === TYPE) return byId
    const attributes = { deployment_id: id }
    const [named] = await store.query.events({ ...scoped({}, bound), types: [TYPE], attributes, limit: 1 })
    return named ?? notFound('deployment', id)
  }

  /** When we first heard of it: for a received webhook, before its configurations were fetched. */
  async function beganAt(event: EventRecord): Promise<number> {
    const root = event.rootId === event.id ? event : await store.query.event(event.rootId, event.project)
    return (root ?? event).recordedAt
  }

  async function tasksOf(event: EventRecord): Promise<TaskRecord[]> {
    const tasks = await store.query.tasks({ project: event.project, rootId: event.rootId, limit: MOST_TASKS })
    if (event.rootId === event.id) return tasks.reverse()
    const events = await store.query.events({ project: event.project, rootId: event.rootId, limit: MOST_TASKS })
    return family(event, events.reverse(), tasks.reverse()).tasks
  }
}

/** One received webhook may begin several deployments: only what follows from this one is its own. */
function family(event: EventRecord, events: EventRecord[], tasks: TaskRecord[]) {
  const ownEvents = new Set([event.id])
  const ownTasks = new Set<string>()
  for (const candidate of events) {
    for (const task of tasks) if (ownEvents.has(task.eventId)) ownTasks.add(task.id)
    if (candidate.causedBy !== null && ownTasks.has(candidate.causedBy)) ownEvents.add(candidate.id)
  }
  for (const task of tasks) if (ownEvents.has(task.eventId)) ownTasks.add(task.id)
  return { events: events.filter(({ id }) => ownEvents.has(id)), tasks: tasks.filter(({ id }) => ownTasks.has(id)) }
}

function summarise(event: EventRecord, beganAt: number, tasks: readonly TaskRecord[]): DeploymentSummary {
  const data = event.data as JsonObject
  const published = tasks.flatMap((task) => pullRequestOf(task))
  const ends = published.map(({ settledAt }) => settledAt)
  return {
    id: event.id,
    project: event.project,
    app: String(data.app_name),
    environment: String(data.environment),
    variant: String(data.variant_name),
    revision: data.revision ?? null,
    deployedAt: event.occurredAt,
    status: statusOf(tasks),
    pullRequests: published.map(({ pullRequest }) => pullRequest),
    timeToPullRequestMs: ends.length === 0 ? null : Math.min(...ends) - beganAt,
  }
}

function statusOf(tasks: readonly TaskRecord[]): DeploymentSummary['status'] {
  if (tasks.some(({ status }) => status === 'dead')) return 'failed'
  const ended = tasks.every(({ status }) => status === 'done' || status === 'cancelled')
  return ended ? 'done' : 'running'
}

/** A handler that publishes a pull request answers `{ outcome, pull_request, steps }`. */
function pullRequestOf(task: TaskRecord): { pullRequest: DeploymentPullRequest; settledAt: number }[] {
  const result = task.result as { outcome?: unknown; pull_request?: unknown; steps?: unknown } | null
  if (
    typeof result !== 'object' ||
    result === null ||
    typeof result.pull_request !== 'object' ||
    task.settledAt === null
  ) {
    return []
  }
  const facts = { ...result.pull_request, outcome: result.outcome, steps: result.steps ?? {} }
  return [{ pullRequest: facts as DeploymentPullRequest, settledAt: task.settledAt }]
}
