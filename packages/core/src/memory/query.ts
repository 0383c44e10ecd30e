import type { BacklogRow, EventFilter, StoreQuery, TaskFilter } from '../ports/store.ts'
import { nextDueAt } from './claim.ts'
import { copyAttempt, copyEvent, copyTask, type StoredEvent, type StoredTask } from './records.ts'
import { compose, type MemoryState } from './state.ts'

export function createQuery(state: MemoryState, audit: StoreQuery['audit']): StoreQuery {
  return {
    async event(id, project) {
      const event = state.events.get(id)
      return event === undefined || !isIn(event.record.project, project) ? null : copyEvent(event.record)
    },
    async events(filter) {
      return page(eventCandidates(state, filter), sequenceOfEvent, filter, (event) => matchesEvent(event, filter)).map(
        (event) => copyEvent(event.record),
      )
    },
    async task(id, project) {
      const task = state.tasks.get(id)
      return task === undefined || !isIn(task.record.project, project) ? null : copyTask(task.record)
    },
    async tasks(filter) {
      const matches = taskMatcher(filter)
      return page(taskCandidates(state, filter), sequenceOfTask, filter, matches).map((task) => copyTask(task.record))
    },
    attempts: async (taskId) => (state.tasks.get(taskId)?.attempts ?? []).map(copyAttempt),
    backlog: async () => backlog(state),
    nextDueAt: async (request) => nextDueAt(state, request),
    audit,
  }
}

const sequenceOfEvent = (event: StoredEvent) => event.record.sequence
const sequenceOfTask = (task: StoredTask) => task.sequence

/** Newest first: from the end of `rows`, which ascend, or from before the row `after`. */
function page<T>(
  rows: readonly T[],
  sequence: (row: T) => number,
  { after, limit = 100 }: { after?: number; limit?: number },
  matches: (row: T) => boolean,
): T[] {
  const found: T[] = []
  let index = after === undefined ? rows.length : firstFrom(rows, sequence, after)
  while (index > 0 && found.length < limit) {
    index -= 1
    const row = rows[index] as T
    if (matches(row)) found.push(row)
  }
  return found
}

/** The index of the first row whose sequence is not below the given one. */
function firstFrom<T>(rows: readonly T[], sequence: (row: T) => number, value: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sequence(rows[middle] as T) < value) low = middle + 1
    else high = middle
  }
  return low
}

function eventCandidates(state: MemoryState, { rootId, project, idempotencyKey }: EventFilter): readonly StoredEvent[] {
  if (project !== undefined && idempotencyKey !== undefined) {
    return [state.idempotency.get(compose(project, idempotencyKey)) ?? []].flat()
  }
  return rootId === undefined ? state.log.events : (state.chains.get(rootId) ?? [])
}

function taskCandidates(state: MemoryState, { ids, eventId, rootId }: TaskFilter): readonly StoredTask[] {
  if (ids !== undefined) {
    const tasks = [...new Set(ids)].flatMap((id) => state.tasks.get(id) ?? [])
    return tasks.sort((a, b) => a.sequence - b.sequence)
  }
  if (eventId !== undefined) return state.events.get(eventId)?.tasks ?? []
  if (rootId !== undefined) return (state.chains.get(rootId) ?? []).flatMap((event) => event.tasks)
  return state.log.tasks
}

function matchesEvent({ record }: StoredEvent, filter: EventFilter): boolean {
  return (
    isIn(record.project, filter.project) &&
    isOneOf(record.type, filter.types) &&
    isIn(record.rootId, filter.rootId) &&
    isIn(record.idempotencyKey, filter.idempotencyKey) &&
    isWithin(record.recordedAt, filter) &&
    (filter.person === undefined || record.people.includes(filter.person)) &&
    hasAttributes(record.attributes, filter.attributes)
  )
}

function taskMatcher(filter: TaskFilter): (task: StoredTask) => boolean {
  return ({ record, event }) => {
    const { target } = record
    return (
      isIn(record.project, filter.project) &&
      isIn(record.eventId, filter.eventId) &&
      isIn(record.rootId, filter.rootId) &&
      isOneOf(record.eventType, filter.eventTypes) &&
      isOneOf(record.status, filter.statuses) &&
      isIn(target.kind, filter.kind) &&
      (filter.endpointId === undefined || (target.kind === 'endpoint' && target.endpointId === filter.endpointId)) &&
      (filter.handler === undefined || (target.kind === 'handler' && target.handler === filter.handler)) &&
      isWithin(record.createdAt, filter) &&
      hasAttributes(event.record.attributes, filter.attributes)
    )
  }
}

function isIn<T>(value: T, wanted: T | undefined): boolean {
  return wanted === undefined || value === wanted
}

function isOneOf<T>(value: T, wanted: readonly T[] | undefined): boolean {
  return wanted === undefined || wanted.includes(value)
}

/** `since` counts, `until` does not. */
function isWithin(time: number, { since, until }: { since?: number; until?: number }): boolean {
  return (since === undefined || time >= since) && (until === undefined || time < until)
}

function hasAttributes(attributes: Record<string, string>, wanted: Record<string, string> = {}): boolean {
  return Object.keys(wanted).every((key) => attributes[key] === wanted[key])
}

function backlog(state: MemoryState): BacklogRow[] {
  const rows = new Map<string, BacklogRow>()
  for (const { record } of state.queues.unfinished) {
    const target = record.target.kind === 'endpoint' ? 'endpoint' : record.target.handler
    const status = record.status as BacklogRow['status']
    const row = rows.get(`${status} ${target}`) ?? { target, status, count: 0, oldestDueAt: record.dueAt }
    row.count += 1
    row.oldestDueAt = Math.min(row.oldestDueAt, record.dueAt)
    rows.set(`${status} ${target}`, row)
  }
  return [...rows.values()]
}
