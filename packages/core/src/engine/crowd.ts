import type { TaskTarget } from '../ports/store.ts'

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

export function createCrowd(): Crowd {
  const counts = new Map<string, { target: TaskTarget; inside: number; most: number }>()

  return {
    enter(target) {
      const name = targetName(target)
      const count = counts.get(name) ?? { target, inside: 0, most: DEFAULT_LIMIT }
      counts.set(name, count)
      count.inside++
      return () => {
        if (--count.inside === 0) counts.delete(name)
      }
    },
    inside: (target) => counts.get(targetName(target))?.inside ?? 0,
    limit(target, most) {
      const count = counts.get(targetName(target))
      if (count) count.most = most
    },
    full: (kind) =>
      [...counts.values()]
        .filter(({ target, inside, most }) => target.kind === kind && inside >= most)
        .map(({ target }) => idOf(target)),
  }
}

/** One name for each target, whatever its kind. */
export function targetName(target: TaskTarget): string {
  return `${target.kind}:${idOf(target)}`
}

function idOf(target: TaskTarget): string {
  return target.kind === 'handler' ? target.handler : target.endpointId
}
