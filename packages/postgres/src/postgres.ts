import {
  type AppendResult,
  type EndpointRow,
  type IntegrationRow,
  PullwrightError,
  type Recording,
  type Store,
  type SubscriptionRow,
} from '@pullwright/core'
import { createAppend, createAppendAll } from './append.ts'
import { createAuditLog } from './audit-log.ts'
import { createClaims } from './claim.ts'
import { createDatabase } from './database.ts'
import { createDocuments } from './documents.ts'
import { migrate } from './migrate.ts'
import { openPool, type PoolSource } from './pool.ts'
import { createQuery } from './query.ts'
import { createRetention } from './retention.ts'
import { createRows } from './rows.ts'
import { createSettle } from './settle.ts'
import { createBlobs, createSchedules } from './shelves.ts'
import { createTaskVerbs } from './tasks.ts'
import { createWakeUps } from './wake-ups.ts'

export interface PostgresOptions {
  /** Where all tables live: a letter or `_`, then letters, digits, `_`, 50 at most. Default `pullwright`. */
  schema?: string
  /**
   * A statement, or the wait for a connection, that takes longer fails, and the connection is given up: a server that
   * vanished says nothing. Milliseconds, default 30,000. Migrations have an hour.
   */
  timeoutMs?: number
}

const OPTIONS: ReadonlySet<string> = new Set(['schema', 'timeoutMs'])
const TIMEOUT_MS = 30_000
/** Node's limit for one timer, 2^31 - 1 ms; more would fire at once. */
const LONGEST_TIMER = 2_147_483_647

/**
 * A store on PostgreSQL 13 or newer, for any number of processes. With a connection string it keeps a pool of its own,
 * which `close()` ends; a `pg` pool of the host, or anything of its shape, stays the host's. Watching takes one
 * connection. Throws `invalid-argument` for options that can't be right; the first call that needs the server tells
 * whether it answers.
 */
export function postgres(source: PoolSource, options: PostgresOptions = {}): Store {
  const unknown = Object.keys(options).find((name) => !OPTIONS.has(name))
  if (unknown !== undefined) {
    throw new PullwrightError(
      'invalid-argument',
      `postgres() has no option \`${unknown}\`; it has ${[...OPTIONS].join(', ')}`,
    )
  }
  const schema = schemaName(options.schema ?? source?.schema ?? 'pullwright')
  const timeoutMs = timeOf(options.timeoutMs ?? TIMEOUT_MS)
  const { pool, mayListen, end } = openPool(source)
  const database = createDatabase(pool, schema, timeoutMs)
  const wakeUps = createWakeUps(database, pool, { mayListen, timeoutMs })
  const claims = createClaims(database)
  const audit = createAuditLog(database)
  const tasks = createTaskVerbs(database)
  const append = createAppend(database, claims.lowerLeases)
  const appendAll = createAppendAll(database)
  const settle = createSettle(database)
  const retention = createRetention(database)
  let closing: Promise<void> | null = null

  /** Gives the value on; tells watchers that something may have become due. */
  const telling = <T>(value: T): T => {
    wakeUps.tell()
    return value
  }

  async function close(): Promise<void> {
    claims.stop()
    await wakeUps.close()
    await end()
  }

  return {
    apiVersion: 1,
    name: 'postgres',
    durable: true,
    migrate: () => migrate(pool, schema, (text) => database.statement(text).text),
    close: () => {
      closing ??= close()
      return closing
    },
    append: async (recording, { transaction } = {}) => {
      const result = await append(recording, transaction)
      // In the host's transaction nothing is there yet; a notice in it would hold up every commit of the server.
      return transaction === undefined && brings(recording, result) ? telling(result) : result
    },
    async appendAll(recordings) {
      const results = await appendAll(recordings)
      return recordings.some((recording, n) => brings(recording, results[n])) ? telling(results) : results
    },
    claim: claims.claim,
    settle: async (settlements) => {
      const { results, freed } = await settle(settlements)
      return freed ? telling(results) : results
    },
    async extend(leases, until) {
      claims.lowerLeases(until)
      return tasks.extend(leases, until)
    },
    saveStep: tasks.saveStep,
    wake: async (signal, at) => telling(await tasks.wake(signal, at)),
    redrive: async (request) => telling(await tasks.redrive(request)),
    cancel: async (taskId, at, project) => telling(await tasks.cancel(taskId, at, project)),
    prune: retention.prune,
    forget: async (request) => telling(await retention.forget(request)),
    watch: wakeUps.watch,
    nudge: wakeUps.tell,
    query: { ...createQuery(database), nextDueAt: claims.nextDueAt, audit: audit.query },
    endpoints: createRows<EndpointRow>(database, 'endpoint', wakeUps.tell),
    subscriptions: createRows<SubscriptionRow>(database, 'subscription', wakeUps.tell),
    integrations: createRows<IntegrationRow>(database, 'integration', wakeUps.tell),
    documents: createDocuments(database),
    blobs: createBlobs(database),
    schedules: createSchedules(database),
    appendAudit: audit.append,
    auditKeeping: audit.keeping,
  }
}

/** Whether there is something to claim now that was not claimed with its record. */
function brings({ events }: Recording, result: AppendResult | undefined): boolean {
  if (result?.status !== 'recorded') return false
  return events.some(({ tasks }, n) => tasks.length > (result.events[n]?.claimed?.length ?? 0))
}

function schemaName(name: string): string {
  if (typeof name === 'string' && /^[A-Za-z_][A-Za-z0-9_]{0,49}$/.test(name)) return name
  throw new PullwrightError(
    'invalid-argument',
    '`schema` must be a letter or `_`, then letters, digits or `_`, 50 characters at most',
  )
}

function timeOf(milliseconds: number): number {
  if (Number.isFinite(milliseconds) && milliseconds >= 1 && milliseconds <= LONGEST_TIMER) return milliseconds
  throw new PullwrightError('invalid-argument', '`timeoutMs` must be milliseconds, from 1 to 2147483647')
}
