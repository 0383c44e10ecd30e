import type { TaskTarget } from '../ports/store.ts'
import { targetId } from '../target-name.ts'

/** Of one handler or endpoint at once in one process: enough to be quick, too few for one that hangs to hold every place. */
export const DEFAULT_LIMIT = 10

/** Who is being worked for here: a target at its limit is left out of the next claim. */
export interface Crowd {
  /** One more for this target. Answers what to call when it ends. */
  enter(target: TaskTarget): () => void
  /** How many run for this target. */
  inside(target: TaskTarget): number
  /** How many of it may run at once, as far as is known now. */
  limit(target: TaskTarget, most: number): void
  /** The handlers or endpoints at their limit. */
  full(kind: TaskTarget['kind']): string[]
}

interface Count {
  inside: number
  most: number
}

export function createCrowd(): Crowd {
  const counts = { handler: new Map<string, Count>(), endpoint: new Map<string, Count>() }

  return {
    enter(target) {
      const id = targetId(target)
      const same = counts[target.kind]
      const count = same.get(id) ?? { inside: 0, most: DEFAULT_LIMIT }
      same.set(id, count)
      count.inside++
      return () => {
        if (--count.inside === 0) same.delete(id)
      }
    },
    inside: (target) => counts[target.kind].get(targetId(target))?.inside ?? 0,
    limit(target, most) {
      const count = counts[target.kind].get(targetId(target))
      if (count) count.most = most
    },
    full: (kind) => [...counts[kind]].filter(([, { inside, most }]) => inside >= most).map(([id]) => id),
  }
}
