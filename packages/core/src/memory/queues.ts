import type { Lane, TaskTarget } from '../ports/store.ts'
import { type Candidate, createKeyGroups } from './key-groups.ts'
import { createLines, drainLines } from './lines.ts'
import { hasEnded, NEVER_DUE, type StoredTask } from './records.ts'

export interface Queues {
  readonly unfinished: ReadonlySet<StoredTask>
  /** How often something lined up that may be taken, or whose key may let another one be: a task was added, put back or freed its key. */
  arrivals(): number
  /** A new task. */
  add(task: StoredTask): void
  /** The only way a task's status, lane, due time or lease changes: it steps out, changes, and lines up anew. */
  change(task: StoredTask, mutate: () => void): void
  /** Calls `take` with what may run, oldest due time first. `take` must turn each into a running task by `change`. */
  claim(request: Request & { limit: number; now: number }, take: (task: StoredTask) => void): void
  /** When the next task may be taken, from either lane; null when none ever will. */
  nextDueAt(passes: Request['passes']): number | null
}

interface Request {
  lane: Lane
  passes: (target: TaskTarget) => boolean
}

/** Everything unfinished, arranged so that taking the next costs the logarithm of what is due, whatever the history. */
export function createQueues(): Queues {
  const lines = createLines<Candidate>()
  const groups = createKeyGroups(lines)
  const unfinished = new Set<StoredTask>()
  let clock = 0
  let arrivals = 0

  function lineUp(task: StoredTask): void {
    const { record, lease } = task
    task.at = lease === null ? record.dueAt : lease.until
    if (hasEnded(task)) unfinished.delete(task)
    else unfinished.add(task)
    if (record.concurrencyKey !== null || (lease === null && !hasEnded(task))) arrivals += 1
    if (lease !== null) lines.join('running', record.target, task)
    else if (record.concurrencyKey === null && !hasEnded(task) && task.at < NEVER_DUE)
      lines.join(record.lane, record.target, task)
    if (record.concurrencyKey !== null) groups.enter(task, record.concurrencyKey)
  }

  function stepOut(task: StoredTask): void {
    const { record, lease } = task
    if (lease !== null) lines.leave('running', record.target, task)
    if (record.concurrencyKey !== null) groups.leave(task, record.concurrencyKey)
    else if (lease === null) lines.leave(record.lane, record.target, task)
  }

  return {
    unfinished,
    arrivals: () => arrivals,
    add: lineUp,
    change(task, mutate) {
      stepOut(task)
      mutate()
      lineUp(task)
    },
    claim({ lane, passes, limit, now }, take) {
      if (now < clock) groups.rewind()
      clock = now
      let left = limit
      drainLines(lines.open([lane, 'running'], passes), now, (candidate) => {
        if (left <= 0) return false
        left -= 1
        const inLane = (itsLane: Lane, target: TaskTarget) => itsLane === lane && passes(target)
        const task = candidate.kind === 'task' ? candidate : groups.best(candidate.group, now, inLane)
        if (task === null) return false
        take(task)
        return true
      })
    },
    nextDueAt(passes) {
      let next: number | null = null
      for (const line of lines.open(['first', 'retry', 'running'], passes)) {
        const at = line.heap.peek()?.at
        if (at !== undefined && (next === null || at < next)) next = at
      }
      return next
    },
  }
}
