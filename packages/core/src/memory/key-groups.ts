import type { Lane, TaskTarget } from '../ports/store.ts'
import { targetName } from '../target-name.ts'
import { createHeap, type Heap, type Slotted } from './heap.ts'
import type { Lines } from './lines.ts'
import { hasEnded, isOlder, NEVER_DUE, type StoredTask } from './records.ts'

/** A task stands in line for itself; unordered tasks of one key have a queue that stands for them. */
export type Candidate = StoredTask | KeyQueue

/**
 * The unordered tasks of one key for one target and lane. It stands in line as one, so that a long tail behind a busy
 * key costs a claim nothing.
 */
export interface KeyQueue extends Slotted {
  readonly kind: 'queue'
  readonly group: KeyGroup
  readonly lane: Lane
  readonly target: TaskTarget
  at: number
  sequence: number
  /** By due time. */
  readonly later: Heap<StoredTask>
  /** Known to be due, by order of recording. */
  readonly ready: Heap<StoredTask>
}

/** All unfinished tasks of one concurrency key. */
export interface KeyGroup {
  readonly queues: Map<string, KeyQueue>
  readonly unfinished: Heap<Rank>
  readonly ranks: Map<StoredTask, Rank>
  running: StoredTask | null
  /** The oldest unfinished task, if it is an ordered one and stands in line: only the oldest of those ever does. */
  front: StoredTask | null
}

interface Rank extends Slotted {
  readonly task: StoredTask
}

export interface KeyGroups {
  /** Call after a task changed; also when it ended. */
  enter(task: StoredTask, key: string): void
  /** Call before a task changes. */
  leave(task: StoredTask, key: string): void
  /** The oldest task of this key that is due and passes. */
  best(group: KeyGroup, now: number, passes: (lane: Lane, target: TaskTarget) => boolean): StoredTask | null
  /** The clock went back: nothing is known to be due. */
  rewind(): void
}

export function createKeyGroups(lines: Lines<Candidate>): KeyGroups {
  const groups = new Map<string, KeyGroup>()

  return {
    enter(task, key) {
      const group = groups.get(key) ?? createGroup()
      groups.set(key, group)
      rank(group, task)
      if (task.lease !== null) group.running = task
      else if (!hasEnded(task) && !task.record.ordered && task.at < NEVER_DUE) queueOf(group, task).later.push(task)
      arrange(group, lines)
      if (group.unfinished.size === 0) groups.delete(key)
    },
    leave(task, key) {
      const group = groups.get(key)
      if (group === undefined) return
      if (group.running === task) group.running = null
      if (group.front === task) {
        lines.leave(task.record.lane, task.record.target, task)
        group.front = null
      }
      const queue = group.queues.get(queueId(task))
      if (queue?.later.holds(task)) queue.later.remove(task)
      if (queue?.ready.holds(task)) queue.ready.remove(task)
    },
    best(group, now, passes) {
      const { front } = group
      if (front !== null && front.at <= now && passes(front.record.lane, front.record.target)) return front
      let best: StoredTask | null = null
      for (const queue of group.queues.values()) {
        if (!passes(queue.lane, queue.target)) continue
        const task = oldestDue(queue, now)
        if (task !== undefined && (best === null || isOlder(task.record, best.record))) best = task
      }
      return best
    },
    rewind() {
      for (const group of groups.values()) {
        for (const queue of group.queues.values()) for (const task of queue.ready.drain()) queue.later.push(task)
        arrange(group, lines)
      }
    },
  }
}

function rank(group: KeyGroup, task: StoredTask): void {
  const known = group.ranks.get(task)
  if (known === undefined && !hasEnded(task)) {
    const fresh = { slot: -1, task }
    group.ranks.set(task, fresh)
    group.unfinished.push(fresh)
  } else if (known !== undefined && hasEnded(task)) {
    group.ranks.delete(task)
    group.unfinished.remove(known)
  }
}

/** Lets the key's queues and its oldest ordered task stand in line while none of them runs. */
function arrange(group: KeyGroup, lines: Lines<Candidate>): void {
  for (const [id, queue] of group.queues) {
    arrangeQueue(queue, lines)
    if (queue.later.size + queue.ready.size === 0) group.queues.delete(id)
  }
  const oldest = group.unfinished.peek()?.task
  const stands = group.running === null && oldest?.record.ordered === true && oldest.at < NEVER_DUE
  const front = stands ? oldest : null
  if (front === group.front) return
  if (group.front !== null) lines.leave(group.front.record.lane, group.front.record.target, group.front)
  if (front !== null) lines.join(front.record.lane, front.record.target, front)
  group.front = front
}

function arrangeQueue(queue: KeyQueue, lines: Lines<Candidate>): void {
  const [a, b] = [queue.later.peek(), queue.ready.peek()]
  const head = a !== undefined && b !== undefined ? (a.at < b.at ? a : b) : (a ?? b)
  const wanted = queue.group.running === null ? head : undefined
  if (queue.slot >= 0) {
    if (wanted?.at === queue.at && wanted.sequence === queue.sequence) return
    lines.leave(queue.lane, queue.target, queue)
  }
  if (wanted === undefined) return
  queue.at = wanted.at
  queue.sequence = wanted.sequence
  lines.join(queue.lane, queue.target, queue)
}

function oldestDue(queue: KeyQueue, now: number): StoredTask | undefined {
  for (let next = queue.later.peek(); next !== undefined && next.at <= now; next = queue.later.peek()) {
    queue.later.remove(next)
    queue.ready.push(next)
  }
  return queue.ready.peek()
}

function queueOf(group: KeyGroup, task: StoredTask): KeyQueue {
  const id = queueId(task)
  const known = group.queues.get(id)
  if (known !== undefined) return known
  const { lane, target } = task.record
  const later = createHeap<StoredTask>((a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence))
  const ready = createHeap<StoredTask>((a, b) => isOlder(a.record, b.record))
  const queue: KeyQueue = { kind: 'queue', slot: -1, at: 0, sequence: 0, group, lane, target, later, ready }
  group.queues.set(id, queue)
  return queue
}

function queueId(task: StoredTask): string {
  return `${task.record.lane} ${targetName(task.record.target)}`
}

function createGroup(): KeyGroup {
  const unfinished = createHeap<Rank>((a, b) => isOlder(a.task.record, b.task.record))
  return { queues: new Map(), unfinished, ranks: new Map(), running: null, front: null }
}
