import type { ClaimedTask, ClaimRequest, NewEvent, NewTask, Store } from '@pullwright/core'

/** When tests happen, milliseconds since the epoch. */
export const NOW = 1_800_000_000_000
const LEASE = 60_000

/** An event with one task for the handler `work`, due at `NOW`. Ids come from the number. */
export function eventOf(number: number, parts: Partial<NewEvent> = {}, task: Partial<NewTask> = {}): NewEvent {
  const id = `evt_${String(number).padStart(6, '0')}`
  const plain = { target: { kind: 'handler', handler: 'work' }, concurrencyKey: null, ordered: false } as const
  return {
    ...{ id, rootId: id, type: 'thing.happened', project: 'acme', source: 'host', occurredAt: NOW, recordedAt: NOW },
    ...{ data: { number }, attributes: {}, redactions: [], kept: {}, people: [] },
    ...{ identity: null, idempotencyKey: null, orderingKey: null, causedBy: null, subject: null },
    tasks: [
      { ...plain, id: `tsk_${String(number).padStart(6, '0')}`, dueAt: NOW, supersede: false, body: null, ...task },
    ],
    ...parts,
  }
}

export function claim(store: Store, parts: Partial<ClaimRequest> = {}): Promise<ClaimedTask[]> {
  const request = { worker: 'w', now: NOW, leaseMs: LEASE, limit: 100, lane: 'first', handlers: ['work'] } as const
  return store.claim({ ...request, endpoints: true, ...parts })
}

export function finish(store: Store, claimed: readonly ClaimedTask[]) {
  return store.settle(
    claimed.map(({ lease }) => ({ lease, at: NOW, transition: { status: 'done', result: null } as const })),
  )
}
