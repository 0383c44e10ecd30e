import type { Audit } from '../audit/audit.ts'
import { checkFields } from '../check-fields.ts'
import { PullwrightError } from '../errors.ts'
import type { EventRecord } from '../events/event.ts'
import type { EventCatalogEntry, EventRegistry } from '../events/event-registry.ts'
import type { Capability } from '../ports/caller.ts'
import type { AttemptRecord, EventFilter, Store, TaskFilter, TaskRecord } from '../ports/store.ts'
import { EVENT_FILTER, TASK_FILTER } from './list-filters.ts'

/** What `as()` binds: absent means the operator's own view. */
export interface Bound {
  project?: string | undefined
  subject?: string | undefined
  /** Absent where the host said nothing of them. */
  capabilities?: readonly Capability[] | undefined
}

export interface EventsView {
  /** Newest first. `project` defaults to `default`; `*` lists every project. */
  list(filter?: EventFilter): Promise<EventRecord[]>
  get(id: string): Promise<EventRecord>
  /** Every known type with its description, an example and JSON Schema. */
  catalog(): EventCatalogEntry[]
}

export interface TaskDetails extends TaskRecord {
  history: AttemptRecord[]
}

export interface TasksView {
  /** Newest first. `project` defaults to `default`; `*` lists every project. */
  list(filter?: TaskFilter): Promise<TaskRecord[]>
  get(id: string): Promise<TaskDetails>
  /** Makes an ended task due again; its attempts stay. */
  retry(id: string): Promise<TaskRecord>
  /** Ends a task that has not ended yet. */
  cancel(id: string): Promise<TaskRecord>
}

export function createEventsView(store: Store, registry: EventRegistry, bound: Bound): EventsView {
  return {
    async list(filter = {}) {
      checkFields('events.list', filter, EVENT_FILTER)
      return store.query.events(scoped(filter, bound))
    },
    async get(id) {
      return (await store.query.event(id, bound.project)) ?? notFound('event', id)
    },
    catalog: () => registry.list(),
  }
}

export function createTasksView(
  store: Store,
  now: () => number,
  nudge: () => void,
  bound: Bound,
  audit?: Pick<Audit, 'record'>,
): TasksView {
  const find = async (id: string) => (await store.query.task(id, bound.project)) ?? notFound('task', id)
  return {
    async list(filter = {}) {
      checkFields('tasks.list', filter, TASK_FILTER)
      return store.query.tasks(scoped(filter, bound))
    },
    async get(id) {
      const task = await find(id)
      return { ...task, history: await store.query.attempts(id) }
    },
    async retry(id) {
      const task = await find(id)
      const statuses = ['done', 'dead', 'cancelled'] as const
      const [again] = await store.redrive({ at: now(), limit: 1, project: task.project, taskIds: [id], statuses })
      if (!again) {
        throw new PullwrightError('conflict', `Task ${id} is ${task.status}: only one that has ended can be retried`)
      }
      nudge()
      await audit?.record({ action: 'task.retry', target: id, project: task.project })
      return again
    },
    async cancel(id) {
      const task = await find(id)
      const cancelled = await store.cancel(id, now(), task.project)
      if (!cancelled) throw new PullwrightError('conflict', `Task ${id} has ended as ${task.status} already`)
      await audit?.record({ action: 'task.cancel', target: id, project: task.project })
      return cancelled
    },
  }
}

/** Lists are of one project: the bound one, the one asked for, or `default`. Only an unbound caller may ask for `*`. */
export function scoped<T extends { project?: string }>(
  filter: T,
  bound: Bound,
): Omit<T, 'project'> & { project?: string } {
  const { project: asked, ...rest } = filter
  if (bound.project !== undefined) {
    if (asked !== undefined && asked !== bound.project) {
      throw new PullwrightError(
        'invalid-argument',
        'This Pullwright is bound to another project; call as({ project }) first',
      )
    }
    return { ...rest, project: bound.project }
  }
  return asked === '*' ? rest : { ...rest, project: asked ?? 'default' }
}

export function notFound(what: string, id: string): never {
  throw new PullwrightError('not-found', `There is no ${what} ${JSON.stringify(id)} in this project`)
}
