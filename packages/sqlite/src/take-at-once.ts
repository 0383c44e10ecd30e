import { type ClaimedTask, newTaskRecord } from '@pullwright/core'
import { lazyEvent } from './lazy-event.ts'
import type { PreparedEvent, PreparedTask } from './prepare.ts'
import { targetOf } from './target.ts'

/** An event with its place in the order of recording. */
export interface PlacedEvent {
  event: PreparedEvent
  sequence: number
  order: number
}

export interface PlacedTask {
  task: PreparedTask
  sequence: number
  /** Of its lease; null for a task that waits to be claimed. */
  token: string | null
  place: PlacedEvent
}

/** What `claim` would have answered for the tasks that were written as claimed, by the id of their event. */
export function takenAtOnce(tasks: readonly PlacedTask[]): Map<string, ClaimedTask[]> {
  const taken = new Map<string, ClaimedTask[]>()
  for (const { token, ...placed } of tasks) {
    if (token === null) continue
    const { id } = placed.place.event
    const claimed = claimedOf(placed, token)
    const others = taken.get(id)
    if (others === undefined) taken.set(id, [claimed])
    else others.push(claimed)
  }
  return taken
}

function claimedOf({ task, sequence, place }: Omit<PlacedTask, 'token'>, token: string): ClaimedTask {
  const { event, order } = place
  return {
    lease: { taskId: task.id, token },
    task: newTaskRecord(
      { ...task, target: targetOf(task.target) },
      { ...event, order },
      sequence,
      task.lease ?? undefined,
    ),
    event: lazyEvent(
      {
        id: event.id,
        type: event.type,
        project: event.project,
        recordedAt: event.recordedAt,
        rootId: event.rootId,
        idempotencyKey: event.idempotencyKey,
        sequence: place.sequence,
        order,
      },
      event.record ?? '',
    ),
    steps: [],
    // Only tasks of a key are superseded, and those are never taken at once.
    superseded: false,
  }
}
