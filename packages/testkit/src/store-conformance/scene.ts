import assert from 'node:assert/strict'
import type {
  ClaimedTask,
  ClaimRequest,
  EndpointRow,
  NewAttempt,
  NewEvent,
  NewTask,
  Settlement,
  SettleResult,
  Store,
} from '@pullwright/core'
import type { StoreHarness } from './harness.ts'

/** A property every store has, in a plain sentence. */
export type Cases = Readonly<Record<string, (scene: Scene) => Promise<void>>>

/** When every case begins, milliseconds since the epoch. Stores read no clock, so any time does. */
export const NOW = 1_800_000_000_000
export const SECOND = 1000
export const LEASE = 60 * SECOND

/** A store with short ways to fill it. Ids count up, so that no two cases differ by chance. */
export interface Scene {
  readonly store: Store
  readonly harness: StoreHarness
  /** One event with one task for the handler `work`, due now, unless told otherwise. */
  event(parts?: Partial<NewEvent>): NewEvent
  task(parts?: Partial<NewTask>): NewTask
  delivery(endpointId: string, parts?: Partial<NewTask>): NewTask
  /** Records, and insists that all of it was. */
  append(...events: NewEvent[]): Promise<void>
  /** Records one event with one task for each of these, one recording each, in order; answers the tasks' ids. */
  enqueue(...tasks: Partial<NewTask>[]): Promise<string[]>
  /** Every due first try of the handler `work` and of all endpoints, unless told otherwise. */
  claim(parts?: Partial<ClaimRequest>): Promise<ClaimedTask[]>
  /** Insists on exactly one. */
  claimOne(parts?: Partial<ClaimRequest>): Promise<ClaimedTask>
  claimIds(parts?: Partial<ClaimRequest>): Promise<string[]>
  settle(claimed: ClaimedTask, to: Settlement['transition'], parts?: Partial<Settlement>): Promise<SettleResult>
  /** Ends the run well, with an attempt; insists that the lease was held. */
  finish(claimed: ClaimedTask, at?: number): Promise<void>
  endpoint(parts?: Partial<EndpointRow>): Promise<EndpointRow>
}

export function createScene(store: Store, harness: StoreHarness): Scene {
  let count = 0
  const nextId = (prefix: string) => `${prefix}_${String(++count).padStart(6, '0')}`

  const task: Scene['task'] = (parts) => ({ ...PLAIN_TASK, id: nextId('tsk'), ...parts })
  const event: Scene['event'] = (parts) => {
    const id = parts?.id ?? nextId('evt')
    return { ...PLAIN_EVENT, rootId: id, tasks: parts?.tasks ?? [task()], ...parts, id }
  }
  const claim: Scene['claim'] = (parts) => store.claim({ ...PLAIN_CLAIM, ...parts })

  async function settle(
    claimed: ClaimedTask,
    transition: Settlement['transition'],
    parts?: Partial<Settlement>,
  ): Promise<SettleResult> {
    const [result] = await store.settle([{ lease: claimed.lease, at: NOW + SECOND, transition, ...parts }])
    assert.ok(result, 'settle answers once for each settlement')
    return result
  }

  return {
    store,
    harness,
    event,
    task,
    delivery: (endpointId, parts) => ({
      ...task({ id: nextId('dlv'), body: '{}', ...parts }),
      target: { kind: 'endpoint', endpointId },
    }),
    async append(...events) {
      const result = await store.append({ events })
      const expected = events.map(({ id }) => ({ id, status: 'recorded' }))
      assert.deepEqual(result, { status: 'recorded', events: expected })
    },
    async enqueue(...tasks) {
      const ids: string[] = []
      for (const parts of tasks) {
        const one = task(parts)
        await store.append({ events: [event({ tasks: [one] })] })
        ids.push(one.id)
      }
      return ids
    },
    claim,
    async claimOne(parts) {
      const [first, ...others] = await claim(parts)
      assert.ok(first, 'a task should be claimable')
      assert.equal(others.length, 0, 'only one task should be claimable')
      return first
    },
    claimIds: async (parts) => (await claim(parts)).map((claimed) => claimed.task.id),
    settle,
    async finish(claimed, at = NOW + SECOND) {
      const result = await settle(claimed, { status: 'done', result: null }, { at, attempt: attempt() })
      assert.deepEqual(result, { status: 'settled' })
    },
    async endpoint(parts) {
      const row = { ...PLAIN_ENDPOINT, id: nextId('end'), ...parts }
      assert.equal(await store.endpoints.put(row), true)
      return row
    },
  }
}

export function attempt(parts?: Partial<NewAttempt>): NewAttempt {
  return { startedAt: NOW, endedAt: NOW + SECOND, outcome: 'done', error: null, details: null, ...parts }
}

const PLAIN_TASK: Omit<NewTask, 'id'> = {
  target: { kind: 'handler', handler: 'work' },
  dueAt: NOW,
  concurrencyKey: null,
  ordered: false,
  supersede: false,
  body: null,
}

const PLAIN_EVENT: Omit<NewEvent, 'id' | 'rootId' | 'tasks'> = {
  type: 'thing.happened',
  project: 'acme',
  occurredAt: NOW - SECOND,
  recordedAt: NOW,
  source: 'host',
  data: { thing: 'lamp' },
  attributes: {},
  redactions: [],
  identity: null,
  kept: {},
  idempotencyKey: null,
  orderingKey: null,
  causedBy: null,
  subject: null,
  people: [],
}

const PLAIN_CLAIM: ClaimRequest = {
  worker: 'worker-1',
  now: NOW,
  leaseMs: LEASE,
  limit: 100,
  lane: 'first',
  handlers: ['work'],
  endpoints: true,
}

const PLAIN_ENDPOINT: Omit<EndpointRow, 'id'> = {
  project: 'acme',
  version: 1,
  createdAt: NOW,
  updatedAt: NOW,
  name: null,
  description: null,
  url: 'https://hooks.example/in',
  events: ['*'],
  enabled: true,
  disabledReason: null,
  secrets: [],
  settings: {},
}
