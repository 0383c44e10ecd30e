import { claimedTask } from '../claimed-task.ts'
import type { ClaimedTask, ClaimRequest, Lease, LeaseTime, StoreQuery, TaskTarget } from '../ports/store.ts'
import { copyEvent, copyTask, type HeldLease, type StoredTask } from './records.ts'
import { changeTask, type MemoryState } from './state.ts'

/** Takes up to `limit` due tasks of the lane, and of either lane those whose lease ran out. */
export function claim(state: MemoryState, request: ClaimRequest): ClaimedTask[] {
  const { lane, limit, now } = request
  const taken: ClaimedTask[] = []
  state.queues.claim({ lane, limit, now, passes: passing(state, request) }, (task) => {
    taken.push(claimedOf(state, task, take(state, task, request)))
  })
  return taken
}

export function claimedOf(state: MemoryState, task: StoredTask, { token }: HeldLease): ClaimedTask {
  const claimed = {
    lease: { taskId: task.record.id, token },
    task: copyTask(task.record),
    steps: task.steps.map((step) => ({ ...step })),
    superseded: state.superseding.isSuperseded(task),
  }
  // As it is now: a record is replaced, never changed.
  const { record } = task.event
  return claimedTask(claimed, () => copyEvent(record))
}

export function newLease(state: MemoryState, { from, until }: LeaseTime): HeldLease {
  state.sequences.lease += 1
  return { token: String(state.sequences.lease), since: from, until, wakesBefore: state.signals.count() }
}

function take(state: MemoryState, task: StoredTask, { now, leaseMs }: ClaimRequest): HeldLease {
  const lease = newLease(state, { from: now, until: now + leaseMs })
  changeTask(state, task, () => {
    if (task.lease !== null) addLostRun(task, task.lease.since, now)
    task.record.status = 'running'
    task.record.wakeOn = null
    task.lease = lease
  })
  state.running.delete(task)
  state.running.add(task)
  return lease
}

/** A run whose worker fell silent counts as a try: else a task that kills its worker would never end. */
function addLostRun(task: StoredTask, startedAt: number, endedAt: number): void {
  const error = 'The worker stopped renewing its lease: it crashed, hung or lost the store.'
  const { id: taskId } = task.record
  task.attempts.push({ taskId, number: nextNumber(task), startedAt, endedAt, outcome: 'lost', error, details: null })
  task.record.attempts += 1
  task.record.lane = 'retry'
}

export function nextNumber(task: StoredTask): number {
  return (task.attempts.at(-1)?.number ?? 0) + 1
}

/** The task, if this lease still holds it. A lease past its time holds until somebody else takes the task. */
export function held(state: MemoryState, { taskId, token }: Lease): StoredTask | null {
  const task = state.tasks.get(taskId)
  return task?.lease?.token === token ? task : null
}

export function nextDueAt(
  state: MemoryState,
  request: Parameters<StoreQuery['nextDueAt']>[0],
): ReturnType<MemoryState['queues']['nextDueAt']> {
  return state.queues.nextDueAt(passing(state, request))
}

/** Which targets a worker takes: its handlers, and the deliveries to endpoints that exist and are enabled. */
function passing(
  state: MemoryState,
  request: Pick<ClaimRequest, 'handlers' | 'endpoints' | 'exceptEndpoints' | 'exceptHandlers'>,
): (target: TaskTarget) => boolean {
  const handlers = new Set(request.handlers)
  for (const handler of request.exceptHandlers ?? []) handlers.delete(handler)
  const except = new Set(request.exceptEndpoints)
  return (target) =>
    target.kind === 'handler'
      ? handlers.has(target.handler)
      : request.endpoints && !except.has(target.endpointId) && state.isEnabled(target.endpointId)
}
