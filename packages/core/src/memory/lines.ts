import type { Lane, TaskTarget } from '../ports/store.ts'
import { targetId } from '../target-name.ts'
import { createHeap, type Heap, type Slotted } from './heap.ts'

/** `running` holds leases by the time they run out; the lanes hold what is to be tried, by the time it is due. */
export type LineKind = Lane | 'running'

/** What can stand in line: from `at` on, ties by `sequence`. */
export interface Standing extends Slotted {
  at: number
  sequence: number
}

/** Who may be taken next, for one target. */
export interface Line<T extends Standing> {
  readonly heap: Heap<T>
}

export interface Lines<T extends Standing> {
  join(kind: LineKind, target: TaskTarget, item: T): void
  leave(kind: LineKind, target: TaskTarget, item: T): void
  /** The lines of these kinds whose target passes. Empty lines do not exist, so history costs nothing here. */
  open(kinds: readonly LineKind[], passes: (target: TaskTarget) => boolean): Line<T>[]
}

/** One line for each target and kind, so that a target nobody asks for is passed over as a whole. */
export function createLines<T extends Standing>(): Lines<T> {
  type Targets = Record<TaskTarget['kind'], Map<string, Line<T> & { target: TaskTarget }>>
  const none = (): Targets => ({ endpoint: new Map(), handler: new Map() })
  const lines: Record<LineKind, Targets> = { first: none(), retry: none(), running: none() }

  return {
    join(kind, target, item) {
      const same = lines[kind][target.kind]
      const id = targetId(target)
      let line = same.get(id)
      if (line === undefined) {
        line = { target, heap: createHeap<T>(comesBefore) }
        same.set(id, line)
      }
      line.heap.push(item)
    },
    leave(kind, target, item) {
      const same = lines[kind][target.kind]
      const id = targetId(target)
      const line = same.get(id)
      line?.heap.remove(item)
      if (line?.heap.size === 0) same.delete(id)
    },
    open: (kinds, passes) =>
      kinds.flatMap((kind) =>
        [...lines[kind].endpoint.values(), ...lines[kind].handler.values()].filter(({ target }) => passes(target)),
      ),
  }
}

/**
 * Takes from the front of many lines in the order of due times, until nothing is due or `take` answers false: then
 * nothing was taken. Otherwise `take` has made its item leave the line.
 */
export function drainLines<T extends Standing>(
  lines: readonly Line<T>[],
  now: number,
  take: (item: T) => boolean,
): void {
  const fronts = createHeap<Standing & { line: Line<T> }>(comesBefore)
  const lineUp = (front: Standing & { line: Line<T> }) => {
    const head = front.line.heap.peek()
    if (head === undefined || head.at > now) return
    front.at = head.at
    front.sequence = head.sequence
    fronts.push(front)
  }
  for (const line of lines) lineUp({ slot: -1, at: 0, sequence: 0, line })
  for (let front = fronts.peek(); front !== undefined; front = fronts.peek()) {
    const head = front.line.heap.peek()
    fronts.remove(front)
    // What was taken from another line may have moved this one's front: then it lines up anew.
    if (head?.at === front.at && head.sequence === front.sequence && !take(head)) return
    lineUp(front)
  }
}

function comesBefore(a: { at: number; sequence: number }, b: { at: number; sequence: number }): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
}
