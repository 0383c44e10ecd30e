import { type ClaimedTask, memoryStore, type Recording, type Settlement, type Store } from '@pullwright/core'
import { describe, expect, test } from 'vitest'
import { storeConformance } from '../src/store-conformance/store-conformance.ts'

/** A store with one fault, and a case that must notice it. */
interface Fault {
  fault: string
  noticedBy: string
  spoil(store: Store): Partial<Store>
}

const mapClaims = (store: Store, change: (claimed: ClaimedTask) => ClaimedTask): Partial<Store> => ({
  claim: async (request) => (await store.claim(request)).map(change),
})

const mapEvents = (store: Store, change: (event: Recording['events'][number]) => Recording['events'][number]) => ({
  append: ((recording, options) =>
    store.append({ ...recording, events: recording.events.map(change) }, options)) as Store['append'],
})

const mapTasks = (
  store: Store,
  change: (task: Recording['events'][number]['tasks'][number]) => Recording['events'][number]['tasks'][number],
) => mapEvents(store, (event) => ({ ...event, tasks: event.tasks.map(change) }))

const mapSettlements = (store: Store, change: (settlement: Settlement) => Settlement): Partial<Store> => ({
  settle: (settlements) => store.settle(settlements.map(change)),
})

const yieldOnce = () => new Promise((resolve) => setImmediate(resolve))

const FAULTS: readonly Fault[] = [
  {
    fault: 'settle without fencing',
    noticedBy: 'leases: whoever lost the lease can do nothing more to the task',
    spoil(store) {
      const tokens = new Map<string, string>()
      return {
        async claim(request) {
          const claimed = await store.claim(request)
          for (const { lease } of claimed) tokens.set(lease.taskId, lease.token)
          return claimed
        },
        ...mapSettlements(store, (settlement) => {
          const { taskId } = settlement.lease
          return { ...settlement, lease: { taskId, token: tokens.get(taskId) ?? '' } }
        }),
      }
    },
  },
  {
    fault: 'append that ignores idempotency keys',
    noticedBy: 'recording: an idempotency key is recorded once and answers with the first id',
    spoil: (store) => mapEvents(store, (event) => ({ ...event, idempotencyKey: null })),
  },
  {
    fault: 'idempotency keys that hold over all projects',
    noticedBy: 'recording: the same idempotency key in another project is another event',
    spoil: (store) => mapEvents(store, (event) => ({ ...event, project: 'acme' })),
  },
  {
    fault: 'claim that ignores concurrency keys',
    noticedBy: 'keys: one task of a key runs at a time, also within a batch',
    spoil: (store) => mapTasks(store, (task) => ({ ...task, concurrencyKey: null })),
  },
  {
    fault: 'claim that ignores strict order',
    noticedBy: 'ordering: an older task that is retried or waits holds the newer ones back',
    spoil: (store) => mapTasks(store, (task) => ({ ...task, ordered: false })),
  },
  {
    fault: 'tasks that are never superseded',
    noticedBy: 'superseding: a late retry is superseded by newer work that is done',
    spoil: (store) => mapClaims(store, (claimed) => ({ ...claimed, superseded: false })),
  },
  {
    fault: 'follow-ups that forget the order of their chain',
    noticedBy: 'recording: an event keeps the order it is given, and its tasks share it',
    spoil: (store) => mapEvents(store, ({ order: _, ...event }) => event),
  },
  {
    fault: 'append that drops documents',
    noticedBy: 'recording: documents are written with the recording',
    spoil: (store) => ({ append: ({ documents: _, ...recording }, options) => store.append(recording, options) }),
  },
  {
    fault: 'append that drops receipts',
    noticedBy: 'receipts: a delivery id seen before writes nothing and names the first event',
    spoil: (store) => ({ append: ({ receipt: _, ...recording }, options) => store.append(recording, options) }),
  },
  {
    fault: 'append event by event instead of all at once',
    noticedBy: 'recording: an id that is taken refuses the whole recording',
    spoil: (store) => ({
      async append({ events, ...rest }, options) {
        const answers = []
        for (const event of events) {
          const answer = await store.append({ events: [event] }, options)
          if (answer.status === 'recorded') answers.push(...answer.events)
        }
        const last = await store.append({ events: [], ...rest }, options)
        return last.status === 'recorded' ? { ...last, events: answers } : last
      },
    }),
  },
  {
    fault: 'follow-ups recorded apart from the settlement',
    noticedBy: 'leases: a settlement by a lost lease leaves no attempt and no follow-up',
    spoil: (store) => ({
      async settle(settlements) {
        for (const { followUps } of settlements) if (followUps !== undefined) await store.append(followUps)
        return store.settle(settlements.map(({ followUps: _, ...rest }) => rest))
      },
    }),
  },
  {
    fault: 'waits that count as attempts',
    noticedBy: 'settling: a wait counts no attempt and keeps its lane',
    spoil: (store) =>
      mapSettlements(store, (settlement) => ({
        attempt: { startedAt: 0, endedAt: 0, outcome: 'retry', error: null, details: null },
        ...settlement,
      })),
  },
  {
    fault: 'leases that cannot be extended',
    noticedBy: 'leases: an extended lease holds until its new end',
    spoil: () => ({ extend: async (leases) => leases.map(() => true) }),
  },
  {
    fault: 'leases that never run out',
    noticedBy: 'leases: a task whose lease ran out is taken over, and the lost run counts',
    spoil: (store) => ({ claim: (request) => store.claim({ ...request, leaseMs: 1e12 }) }),
  },
  {
    fault: 'signals that are lost while a task runs',
    noticedBy: 'signals: a signal that comes while the task runs is not lost',
    spoil: (store) => ({
      async wake(signal, at) {
        const waiting = await store.query.tasks({ statuses: ['waiting'] })
        return waiting.some(({ wakeOn }) => wakeOn === signal) ? store.wake(signal, at) : 0
      },
    }),
  },
  {
    fault: 'document versions checked before the write, not with it',
    noticedBy: 'documents: parallel writes of one version: one wins',
    spoil: (store) => ({
      documents: {
        ...store.documents,
        async put({ expectedVersion, ...write }) {
          const row = await store.documents.get(write.project, write.collection, write.key)
          if (expectedVersion !== undefined && expectedVersion !== (row?.version ?? 0)) return false
          await yieldOnce()
          return store.documents.put(write)
        },
      },
    }),
  },
  {
    fault: 'reads that leak to other projects',
    noticedBy: 'querying: another project sees nothing',
    spoil: (store) => ({ query: { ...store.query, task: (id) => store.query.task(id) } }),
  },
  {
    fault: 'append that answers what anybody may claim',
    noticedBy: 'taking at once: nobody else claims it while its lease holds',
    spoil: (store) => ({
      async append(recording, options) {
        const result = await store.append(recording, options)
        if (result.status === 'recorded')
          for (const { task } of result.events.flatMap(({ claimed = [] }) => claimed)) {
            await store.cancel(task.id, 0)
            await store.redrive({ at: 0, limit: 1, statuses: ['cancelled'], taskIds: [task.id] })
          }
        return result
      },
    }),
  },
  {
    fault: 'append that takes and does not say so',
    noticedBy: 'taking at once: what is answered is what claim would answer',
    spoil: (store) => ({
      async append(recording, options) {
        const result = await store.append(recording, options)
        if (result.status !== 'recorded') return result
        return { ...result, events: result.events.map(({ id, status }) => ({ id, status })) }
      },
    }),
  },
  {
    fault: 'pages by event where several tasks share one',
    noticedBy: 'paging: pages of tasks are complete and without overlap, several to an event',
    spoil: (store) => ({
      query: {
        ...store.query,
        tasks: async (filter) => (await store.query.tasks(filter)).map((task) => ({ ...task, sequence: task.order })),
      },
    }),
  },
  {
    fault: 'JSON without null characters',
    noticedBy: 'json: null characters come back as they went in',
    spoil: (store) =>
      mapEvents(store, (event) => ({
        ...event,
        data: JSON.parse(JSON.stringify(event.data).replaceAll('\\u0000', '')),
      })),
  },
  {
    fault: 'an audit chain that starts anew with each call',
    noticedBy: 'auditing: entries form a chain, over several calls',
    spoil: (store) => ({
      query: {
        ...store.query,
        audit: async (filter) => (await store.query.audit(filter)).map((entry) => ({ ...entry, previousHash: '0' })),
      },
    }),
  },
  {
    fault: 'prune that does not look at the chain',
    noticedBy: 'pruning: an event stays while one of its tasks has not ended',
    spoil: (store) => ({
      async prune(request) {
        for (const { id } of await store.query.tasks({ limit: 1000 })) await store.cancel(id, 0)
        return store.prune(request)
      },
    }),
  },
  {
    fault: 'forget that does nothing',
    noticedBy: 'forgetting: nothing about the person is left, but ids, types and times are',
    spoil: () => ({ forget: async () => 1 }),
  },
  {
    fault: 'schedules without an owner',
    noticedBy: 'shelves: a schedule is claimed when it is due, by one',
    spoil: (store) => ({
      schedules: {
        ...store.schedules,
        claim: async ({ names: [name = ''], now }) =>
          ((await store.schedules.nextDueAt([name])) ?? now + 1) <= now ? { name, token: 'all' } : null,
      },
    }),
  },
  {
    fault: 'watchers called from within the verb',
    noticedBy: 'watching: a watcher is never called from within the verb',
    spoil: (store) => {
      const listeners = new Set<() => void>()
      return {
        watch(listener) {
          listeners.add(listener)
          return store.watch(listener)
        },
        nudge() {
          for (const listener of listeners) listener()
        },
      }
    },
  },
  {
    fault: 'a transaction that is silently ignored',
    noticedBy: 'transactions: a rollback of the host leaves nothing, or the store refuses',
    spoil: (store) => ({ append: (recording) => store.append(recording) }),
  },
]

describe('the conformance suite notices', () => {
  test.each(FAULTS)('$fault', async ({ noticedBy, spoil }) => {
    const cases = storeConformance({
      async create() {
        const store = memoryStore()
        return { store: { ...store, ...spoil(store) } }
      },
    })
    const named = cases.find(({ name }) => name === noticedBy)
    expect(named, `no case is called "${noticedBy}"`).toBeDefined()
    await expect(named?.run()).rejects.toThrow()
  })
})
