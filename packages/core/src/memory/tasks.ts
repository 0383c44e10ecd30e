import type { Lease, RedriveRequest, StepRow, TaskRecord } from '../ports/store.ts'
import { held } from './claim.ts'
import { copyTask, hasEnded, type StoredTask } from './records.ts'
import { changeTask, type MemoryState } from './state.ts'

export function extend(state: MemoryState, leases: readonly Lease[], until: number): boolean[] {
  return leases.map((lease) => {
    const task = held(state, lease)
    if (task === null) return false
    changeTask(state, task, () => {
      if (task.lease !== null) task.lease.until = until
    })
    return true
  })
}

export function saveStep(state: MemoryState, lease: Lease, { name, sealed }: StepRow): boolean {
  const task = held(state, lease)
  if (task === null) return false
  task.steps = [...task.steps.filter((step) => step.name !== name), { name, sealed }]
  return true
}

/** A wake never delays: whoever is due earlier by itself stays so. */
export function wake(state: MemoryState, signal: string, at: number): number {
  const tasks = state.signals.waiting(signal)
  for (const task of tasks) {
    changeTask(state, task, () => {
      task.record.dueAt = Math.min(task.record.dueAt, at)
      task.record.wakeOn = null
    })
  }
  const [longest] = state.running
  state.signals.wake(signal, at, longest?.lease?.wakesBefore ?? null)
  return tasks.length
}

/** What was forgotten is never sent again: there is nothing left to send. */
export function redrive(state: MemoryState, request: RedriveRequest): TaskRecord[] {
  const chosen: StoredTask[] = []
  for (const task of candidates(state, request)) {
    if (chosen.length >= request.limit) break
    if (matches(task, request)) chosen.push(task)
  }
  return chosen.map((task) => {
    changeTask(state, task, () => {
      Object.assign(task.record, { status: 'pending', lane: 'retry', dueAt: request.at, attempts: 0 })
      Object.assign(task.record, { result: null, reason: null, progress: null, settledAt: null })
    })
    return copyTask(task.record)
  })
}

function candidates(state: MemoryState, { taskIds }: RedriveRequest): Iterable<StoredTask> {
  if (taskIds === undefined) return state.log.tasks
  const tasks = [...new Set(taskIds)].flatMap((id) => state.tasks.get(id) ?? [])
  return tasks.sort((a, b) => a.sequence - b.sequence)
}

function matches(task: StoredTask, { project, endpointId, statuses, since, until }: RedriveRequest): boolean {
  const { record, event } = task
  return (
    statuses.some((status) => status === record.status) &&
    !event.forgotten &&
    (project === undefined || record.project === project) &&
    (endpointId === undefined || (record.target.kind === 'endpoint' && record.target.endpointId === endpointId)) &&
    (since === undefined || record.createdAt >= since) &&
    (until === undefined || record.createdAt < until)
  )
}

export function cancel(state: MemoryState, taskId: string, at: number, project?: string): TaskRecord | null {
  const task = state.tasks.get(taskId)
  if (task === undefined || hasEnded(task) || (project !== undefined && task.record.project !== project)) return null
  end(state, task, at, null)
  return copyTask(task.record)
}

/** Cancels, whatever the task is doing. */
export function end(state: MemoryState, task: StoredTask, at: number, reason: string | null): void {
  changeTask(state, task, () => {
    Object.assign(task.record, { status: 'cancelled', settledAt: at, wakeOn: null, reason })
    task.steps = []
    task.lease = null
  })
}
