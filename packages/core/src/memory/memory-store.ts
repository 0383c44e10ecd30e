import { PullwrightError } from '../errors.ts'
import type { EndpointRow, IntegrationRow, Store, SubscriptionRow } from '../ports/store.ts'
import { createAuditLog } from './audit-log.ts'
import { createBlobs } from './blobs.ts'
import { claim } from './claim.ts'
import { createQuery } from './query.ts'
import { record, refuse } from './record.ts'
import { forget, prune } from './retention.ts'
import { createRows } from './rows.ts'
import { createSchedules } from './schedules.ts'
import { settle } from './settle.ts'
import { createState } from './state.ts'
import { cancel, extend, redrive, saveStep, wake } from './tasks.ts'
import { createWatchers } from './watchers.ts'

/**
 * The reference store: every verb of the port, in this process's memory. Nothing survives a restart. Values are copied
 * on the way in and out, and each verb does its work in one turn of the event loop, so all of them are atomic.
 */
export function memoryStore(): Store {
  const watchers = createWatchers()
  const endpoints = createRows<EndpointRow>(watchers.notify)
  const state = createState((id) => endpoints.peek(id)?.enabled === true)
  const audit = createAuditLog()
  /** Gives the value on; tells watchers that something may have become due. */
  const notifying = <T>(value: T): T => {
    watchers.notify()
    return value
  }

  return {
    apiVersion: 1,
    name: 'memory',
    durable: false,
    async migrate() {},
    // Nothing to let go of: another Pullwright of this process may work on the same store, and goes on.
    async close() {},
    async append(recording, options) {
      if (options?.transaction !== undefined) throw transactionUnsupported()
      const refused = refuse(state, recording)
      if (refused !== null) return refused
      const before = state.queues.arrivals()
      const result = record(state, recording)
      return state.queues.arrivals() === before ? result : notifying(result)
    },
    claim: async (request) => claim(state, request),
    async settle(settlements) {
      const before = state.queues.arrivals()
      const results = settlements.map((settlement) => settle(state, settlement))
      return state.queues.arrivals() === before ? results : notifying(results)
    },
    extend: async (leases, until) => extend(state, leases, until),
    saveStep: async (lease, step) => saveStep(state, lease, step),
    wake: async (signal, at) => notifying(wake(state, signal, at)),
    redrive: async (request) => notifying(redrive(state, request)),
    cancel: async (taskId, at, project) => notifying(cancel(state, taskId, at, project)),
    prune: async (request) => prune(state, request),
    forget: async (request) => forget(state, request),
    watch: watchers.watch,
    nudge: watchers.notify,
    query: createQuery(state, audit.query),
    endpoints,
    subscriptions: createRows<SubscriptionRow>(watchers.notify),
    integrations: createRows<IntegrationRow>(watchers.notify),
    documents: state.documents,
    blobs: createBlobs(),
    schedules: createSchedules(),
    appendAudit: audit.append,
    auditKeeping: audit.keeping,
  }
}

function transactionUnsupported(): PullwrightError {
  return new PullwrightError(
    'transaction-unsupported',
    'The memory store cannot join a transaction of the host. Use @pullwright/postgres or @pullwright/sqlite, which can, or emit after the commit.',
  )
}
