import type { EventRecord } from '../../events/event.ts'
import type { AuditEntry } from './audit.ts'
import type { TaskTarget } from './recording.ts'
import type { AttemptRecord, ClaimRequest, TaskRecord, TaskStatus } from './tasks.ts'

// What can be asked of a store.

/** Newest first. `after` is the last row's `sequence` of the page before. */
export interface Page {
  limit?: number
  after?: number
}

export interface EventFilter extends Page {
  project?: string
  /** Exact types. */
  types?: readonly string[]
  /** Given to `emit`; at most one event of a project has it. */
  idempotencyKey?: string
  rootId?: string
  attributes?: Record<string, string>
  since?: number
  until?: number
  person?: string
}

export interface TaskFilter extends Page {
  project?: string
  ids?: readonly string[]
  eventId?: string
  rootId?: string
  eventTypes?: readonly string[]
  statuses?: readonly TaskStatus[]
  kind?: TaskTarget['kind']
  endpointId?: string
  handler?: string
  attributes?: Record<string, string>
  since?: number
  until?: number
}

export interface AuditFilter extends Page {
  project: string
  action?: string
  since?: number
  until?: number
}

export interface StoreQuery {
  event(id: string, project?: string): Promise<EventRecord | null>
  events(filter: EventFilter): Promise<EventRecord[]>
  task(id: string, project?: string): Promise<TaskRecord | null>
  tasks(filter: TaskFilter): Promise<TaskRecord[]>
  /** In order. */
  attempts(taskId: string): Promise<AttemptRecord[]>
  /** Unfinished work by target: what `readyz` and dashboards show. */
  backlog(now: number): Promise<BacklogRow[]>
  /** When the next task these handlers (or the deliveries) can run becomes due; null when nothing is scheduled. */
  nextDueAt(request: Pick<ClaimRequest, 'handlers' | 'endpoints'>): Promise<number | null>
  /** Ascending by `sequence`; `after` excludes. */
  audit(filter: AuditFilter): Promise<AuditEntry[]>
}

export interface BacklogRow {
  /** `endpoint` for all deliveries, else the handler's name. */
  target: string
  status: 'pending' | 'running' | 'retrying' | 'waiting'
  count: number
  oldestDueAt: number
}
