import type { Lane, TaskTarget } from '@pullwright/core'
import { decodeText, encodeText } from './text-codec.ts'

/** Where a task stands until it is claimed: lane, keyed or not, kind of target, target. */
export function lineOf(lane: Lane, keyed: boolean, target: TaskTarget): string {
  const id = target.kind === 'endpoint' ? target.endpointId : target.handler
  return `${laneLetter(lane)}${keyed ? 'k' : 'u'}${target.kind === 'endpoint' ? 'e' : 'h'}${encodeText(id)}`
}

export function laneLetter(lane: Lane): 'f' | 'r' {
  return lane === 'first' ? 'f' : 'r'
}

export function laneOf(line: string): Lane {
  return line.startsWith('f') ? 'first' : 'retry'
}

/** What a line leads to. */
export function targetOf(line: string): TaskTarget {
  const id = decodeText(line.slice(3))
  return line[2] === 'e' ? { kind: 'endpoint', endpointId: id } : { kind: 'handler', handler: id }
}
