import { type ClaimedTask, claimedTask, newTaskRecord } from '@pullwright/core'
import type { PreparedEvent, PreparedTask } from './prepare.ts'
import { targetOf } from './target.ts'
import { readEvent } from './task-row.ts'

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
  for (const placed of tasks) {
    if (placed.token === null) continue
    const { id } = placed.place.event
    const claimed = claimedOf(placed, placed.token)
    const others = taken.get(id)
    if (others === undefined) taken.set(id, [claimed])
    else others.push(claimed)
  }
  return taken
}

function claimedOf({ task, sequence, place }: PlacedTask, token: string): ClaimedTask {
  const { event, order } = place
  const { id, type, project, rootId, recordedAt } = event
  const record = newTaskRecord(
    { ...task, target: targetOf(task.target) },
    { id, type, project, rootId, recordedAt, order },
    sequence,
    task.lease ?? undefined,
  )
  // Only tasks of a key are superseded, and those are never taken at once.
  const claimed = { lease: { taskId: task.id, token }, task: record, steps: [], superseded: false }
  return claimedTask(claimed, () => readEvent(event.record ?? '', place.sequence, order))
}
