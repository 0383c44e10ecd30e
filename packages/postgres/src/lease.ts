import type { Lease } from '@pullwright/core'

/** A lease as the queue knows it. */
export interface HeldLease {
  sequence: string
  token: string
}

/** A token is what the queue holds, and the task's id: so a lease is found by number, and fits no other task. */
export function toLease(taskId: string, token: string): Lease {
  return { taskId, token: `${token}.${taskId}` }
}

/** Null where the token is none of ours, or another task's. */
export function readLease({ taskId, token }: Lease): HeldLease | null {
  const [, held, sequence, id] = /^(([1-9][0-9]{0,17})\.[0-9a-f-]{36})\.(.*)$/su.exec(token) ?? []
  return held === undefined || sequence === undefined || id !== taskId ? null : { sequence, token: held }
}
