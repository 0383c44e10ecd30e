import type { AppendResult } from './store/appended.ts'
import type { AuditEntry, AuditKeeping, NewAuditEntry } from './store/audit.ts'
import type { StoreQuery } from './store/query.ts'
import type { HostTransaction, Recording } from './store/recording.ts'
import type { EndpointRow, IntegrationRow, Rows, SubscriptionRow } from './store/rows.ts'
import type { BlobStore, DocumentStore, ScheduleStore } from './store/shelves.ts'
import type {
  ClaimedTask,
  ClaimRequest,
  Lease,
  RedriveRequest,
  Settlement,
  SettleResult,
  StepRow,
  TaskRecord,
} from './store/tasks.ts'

export type * from './store/appended.ts'
export type * from './store/audit.ts'
export type * from './store/query.ts'
export type * from './store/recording.ts'
export type * from './store/rows.ts'
export type * from './store/shelves.ts'
export type * from './store/tasks.ts'

/**
 * Where everything durable lives. Times are milliseconds since the epoch and always come in as arguments: a store
 * reads no clock. `storeConformance` of the testkit covers every verb.
 */
export interface Store {
  readonly apiVersion: 1
  /** For logs, such as `memory`. */
  readonly name: string
  /** False where nothing survives a restart. */
  readonly durable: boolean

  /** Creates or upgrades the schema. Safe when several processes call it at once. */
  migrate(): Promise<void>
  close(): Promise<void>

  /** All of it or nothing. With `transaction`, inside the host's own; stores that cannot throw `transaction-unsupported`. */
  append(recording: Recording, options?: { transaction?: HostTransaction }): Promise<AppendResult>
  /**
   * Several in one transaction: each is written, or not, and answered as `append` alone would, one after the other; an
   * error is one for all of them. Without it every received delivery is a transaction of its own.
   */
  appendAll?(recordings: readonly Recording[]): Promise<AppendResult[]>
  /** Takes tasks that are due, and those whose lease ran out (each gets an attempt with the outcome `lost`). */
  claim(request: ClaimRequest): Promise<ClaimedTask[]>
  /** Ends runs. Each settlement is atomic and fenced by its lease. */
  settle(settlements: readonly Settlement[]): Promise<SettleResult[]>
  /** Prolongs leases; false for each that is no longer held. */
  extend(leases: readonly Lease[], until: number): Promise<boolean[]>
  /** Keeps a step's result with a running task; false when the lease is lost. Gone when the task is settled `done` or `dead`. */
  saveStep(lease: Lease, step: StepRow): Promise<boolean>
  /** Makes tasks that wait on this signal due at `at`; answers how many. */
  wake(signal: string, at: number): Promise<number>
  /** Makes ended tasks due again, oldest first, at most `limit`. Their attempts are kept, the count starts anew. */
  redrive(request: RedriveRequest): Promise<TaskRecord[]>
  /** Ends a task that is not running. A running one loses its lease and ends too. Null where there is none or it has ended. */
  cancel(taskId: string, at: number, project?: string): Promise<TaskRecord | null>
  /** Deletes ended work and its events older than `before`, at most `limit` events; answers how many went. */
  prune(request: { before: number; limit: number; project?: string }): Promise<number>
  /** Empties what is kept about a person (an entry of `people`): data, attributes, bodies, results, captures. Answers how many events. */
  forget(request: { project: string; person: string; at: number }): Promise<number>
  /** Calls back when something may have become due. Returns a function that stops it. */
  watch(listener: () => void): () => void
  /** Tells watchers, also in other processes where the store can. */
  nudge(): void

  readonly query: StoreQuery
  readonly endpoints: Rows<EndpointRow>
  readonly subscriptions: Rows<SubscriptionRow>
  readonly integrations: Rows<IntegrationRow>
  readonly documents: DocumentStore
  readonly blobs: BlobStore
  readonly schedules: ScheduleStore
  /** Adds entries to each project's chain, in order; the store fills in `sequence`, `previousHash` and `hash` with `chainAudit`. */
  appendAudit(entries: readonly NewAuditEntry[]): Promise<AuditEntry[]>
  /** What retention and the right to be forgotten need of the audit log. Without it every entry stays for ever. */
  readonly auditKeeping?: AuditKeeping
}
