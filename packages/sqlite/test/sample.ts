import type { ClaimRequest, NewEvent, NewTask } from '@pullwright/core'

/** When every test begins. */
export const NOW = 1_800_000_000_000
export const LEASE = 60_000

export function newTask(id: string, parts?: Partial<NewTask>): NewTask {
  const plain = { dueAt: NOW, concurrencyKey: null, ordered: false, supersede: false, body: null }
  return { id, target: { kind: 'handler', handler: 'work' }, ...plain, ...parts }
}

/** One event with one task for the handler `work`, due now, unless told otherwise. */
export function newEvent(name: string, parts?: Partial<NewEvent>): NewEvent {
  const id = `evt_${name}`
  return {
    ...{ id, rootId: id, type: 'thing.happened', project: 'acme', source: 'host', occurredAt: NOW, recordedAt: NOW },
    ...{ data: { name }, attributes: {}, redactions: [], kept: {}, people: [] },
    ...{ identity: null, idempotencyKey: null, orderingKey: null, causedBy: null, subject: null },
    tasks: [newTask(`tsk_${name}`)],
    ...parts,
  }
}

export function claimRequest(parts?: Partial<ClaimRequest>): ClaimRequest {
  const plain = { worker: 'w', now: NOW, leaseMs: LEASE, limit: 100, lane: 'first', endpoints: true } as const
  return { ...plain, handlers: ['work'], ...parts }
}
