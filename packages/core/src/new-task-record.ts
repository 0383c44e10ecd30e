import type { EventRecord } from './events/event.ts'
import type { LeaseTime, NewTask, TaskRecord } from './ports/store.ts'

/** For stores: a task as it is right after its record, sharing nothing with what was given. `lease` decides its status. */
export function newTaskRecord(
  task: Omit<NewTask, 'lease'>,
  event: Pick<EventRecord, 'id' | 'type' | 'project' | 'rootId' | 'recordedAt' | 'order'>,
  sequence: number,
  lease: LeaseTime | undefined,
): TaskRecord {
  return {
    id: task.id,
    target: { ...task.target },
    dueAt: task.dueAt,
    concurrencyKey: task.concurrencyKey,
    ordered: task.ordered,
    supersede: task.supersede,
    body: task.body,
    eventId: event.id,
    eventType: event.type,
    project: event.project,
    rootId: event.rootId,
    status: lease === undefined ? 'pending' : 'running',
    attempts: 0,
    lane: 'first',
    wakeOn: null,
    result: null,
    reason: null,
    progress: null,
    createdAt: event.recordedAt,
    settledAt: null,
    sequence,
    order: event.order,
  }
}
