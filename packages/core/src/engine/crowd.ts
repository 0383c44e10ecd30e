import type { TaskTarget } from '../ports/store.ts'

/** Of one handler or endpoint at once in one process: enough to be quick, too few for one that hangs to hold every place. */
const DEFAULT_LIMIT = 10

/** Who is being worked for here: a target at its limit is left out of the next claim. */
export interface Crowd {
  enter(target: TaskTarget): () => void
  limitOf(target: TaskTarget): number
  /** The handlers or endpoints at their limit. */
  full(kind: TaskTarget['kind']): string[]
}

export function createCrowd(handlerLimit: (handler: string) => number | undefined): Crowd {
  const counts = new Map<string, { target: TaskTarget; running: number }>()
  const limitOf = (target: TaskTarget) =>
    (target.kind === 'handler' ? handlerLimit(target.handler) : undefined) ?? DEFAULT_LIMIT

  return {
    limitOf,
    enter(target) {
      const name = targetName(target)
      const count = counts.get(name) ?? { target, running: 0 }
      counts.set(name, count)
      count.running++
      return () => {
        if (--count.running === 0) counts.delete(name)
      }
    },
    full: (kind) =>
      [...counts.values()]
        .filter(({ target, running }) => target.kind === kind && running >= limitOf(target))
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
