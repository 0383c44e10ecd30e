import type { EndpointRow, IntegrationRow, Store, SubscriptionRow } from '@pullwright/core'
import { append, leavesWork } from './append.ts'
import { appendAudit, auditProjects, eraseAudit, pruneAudit, queryAudit } from './audit.ts'
import { backlog, nextDueAt } from './backlog.ts'
import { createBlobs } from './blobs.ts'
import { claim, isAnythingDue } from './claim.ts'
import { createDocuments } from './documents.ts'
import { forgetPerson, pruneEvents } from './erasing.ts'
import { createHostTransactions } from './host-transaction.ts'
import { isFile } from './open.ts'
import { checkOptions, type SqliteOptions } from './options.ts'
import { prepare } from './prepare.ts'
import { queryAttempts } from './query-attempts.ts'
import { queryEvent, queryEvents } from './query-events.ts'
import { queryTask, queryTasks } from './query-tasks.ts'
import { createRows } from './rows.ts'
import { createSchedules } from './schedules.ts'
import { createSession } from './session.ts'
import { settleAll } from './settle-all.ts'
import type { Steps } from './steps.ts'
import { cancel, extend, redrive, saveStep } from './tasks.ts'
import { wake } from './wake.ts'
import { createWatchers } from './watchers.ts'

/**
 * The embedded store: one SQLite file, shared by as many processes of one machine as there are. `{ file }` opens it with
 * the driver that comes with this package; `{ database }` takes one that the host has open. Opened at first use; call
 * `migrate()` before anything else.
 */
export function sqlite(options: SqliteOptions): Store {
  const checked = checkOptions(options)
  const session = createSession(checked)
  const { open } = session
  const watchers = createWatchers(session.version)
  /** Whether the last claim found something. */
  let busy = false
  const hosts = createHostTransactions()
  const read = async <T>(work: () => Steps<T>) => (await open()).read(work)
  const write = async <T>(work: () => Steps<T>) => (await open()).write(work)
  /** Gives the value on; tells watchers that something may have become due. */
  const notifying = <T>(value: T): T => {
    watchers.notify()
    return value
  }

  return {
    apiVersion: 1,
    name: 'sqlite',
    durable: 'file' in checked.source ? checked.source.file !== ':memory:' : isFile(checked.source.database),
    migrate: session.migrate,
    async close() {
      watchers.clear()
      await session.close()
    },
    async append(recording, { transaction } = {}) {
      const prepared = prepare(recording, { leases: transaction === undefined })
      if (transaction !== undefined) return hosts.append(transaction, prepared, await session.identity())
      const result = await write(() => append(prepared))
      return leavesWork(prepared, result) ? notifying(result) : result
    },
    async claim(request) {
      const asked = structuredClone(request)
      // An idle worker looks before it locks; a busy one most probably finds more.
      const claimed = busy || (await read(() => isAnythingDue(asked))) ? await write(() => claim(asked)) : []
      busy = claimed.length > 0
      return claimed
    },
    async settle(settlements) {
      const { results, freed } = await settleAll(open, settlements)
      return freed ? notifying(results) : results
    },
    extend: async (leases, until) => write(() => extend(leases, until)),
    saveStep: async (lease, step) => write(() => saveStep(lease, step)),
    wake: async (signal, at) => notifying(await write(() => wake(signal, at))),
    redrive: async (request) => notifying(await write(() => redrive(request))),
    cancel: async (taskId, at, project) => notifying(await write(() => cancel(taskId, at, project ?? null))),
    prune: async (request) => pruneEvents(await open(), request),
    async forget(request) {
      const count = await forgetPerson(await open(), request)
      await session.checkpoint()
      return count
    },
    watch: watchers.watch,
    nudge: watchers.notify,
    query: {
      event: (id, project) => read(() => queryEvent(id, project)),
      events: (filter) => read(() => queryEvents(filter)),
      task: (id, project) => read(() => queryTask(id, project)),
      tasks: (filter) => read(() => queryTasks(filter)),
      attempts: (taskId) => read(() => queryAttempts(taskId)),
      backlog: () => read(backlog),
      nextDueAt: (request) => read(() => nextDueAt(request)),
      audit: (filter) => read(() => queryAudit(filter)),
    },
    endpoints: createRows<EndpointRow>(open, 'endpoint', watchers.notify),
    subscriptions: createRows<SubscriptionRow>(open, 'subscription', watchers.notify),
    integrations: createRows<IntegrationRow>(open, 'integration', watchers.notify),
    documents: createDocuments(open),
    blobs: createBlobs(open),
    schedules: createSchedules(open),
    async appendAudit(entries) {
      const copies = entries.map((entry) => JSON.parse(JSON.stringify(entry)) as typeof entry)
      return copies.length === 0 ? [] : write(() => appendAudit(copies))
    },
    auditKeeping: {
      projects: () => read(auditProjects),
      erase: (project, sequences) => write(() => eraseAudit(project, sequences)),
      prune: (project, through) => write(() => pruneAudit(project, through)),
    },
  }
}
