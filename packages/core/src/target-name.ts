import type { TaskTarget } from './ports/store.ts'

/** One name for each target, whatever its kind. */
export function targetName(target: TaskTarget): string {
  return `${target.kind}:${targetId(target)}`
}

/** The endpoint's id, or the handler's name. */
export function targetId(target: TaskTarget): string {
  return target.kind === 'endpoint' ? target.endpointId : target.handler
}
