import type { EventRecord } from '../events/event.ts'
import type { JsonValue } from '../json.ts'

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

/**
 * Entries are never changed otherwise. Both verbs throw, and do nothing, for an entry that no later `audit.pruned` entry
 * of its chain names: see `AuditCheckpoint`.
 */
export interface AuditKeeping {
  /** Those that have entries. */
  projects(): Promise<string[]>
  /** Puts `erasedAudit(entry)` in the place of each; answers how many were not erased before. */
  erase(project: string, sequences: readonly number[]): Promise<number>
  /** Deletes the entries up to this sequence, and answers how many. */
  prune(project: string, through: number): Promise<number>
}

/** Details of an `audit.pruned` entry: what was taken out of the chain before it. */
export type AuditCheckpoint = {
  /** Every entry up to this one was deleted; 0 for none. */
  through: number
  /** Hash of that entry, which the first one left names as the one before it. Empty for none. */
  hash: string
  /** First and last sequence of what was emptied in its place. */
  erased: [from: number, to: number][]
}

/** A client in an open transaction: a `pg` client fits. */
export interface HostTransaction {
  query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>
}

export type NewEvent = Omit<EventRecord, 'sequence' | 'order'> & {
  /** Absent: its own sequence. Follow-ups inherit. */
  order?: number
  tasks: NewTask[]
}

/** What is written together. */
export interface Recording {
  events: NewEvent[]
  /** Optimistic: a wrong `expectedVersion` makes the whole recording a `conflict`. */
  documents?: DocumentWrite[]
  /** Inbound deliveries: a receipt seen before makes the whole recording a `duplicate`. */
  receipt?: Receipt
}

export interface Receipt {
  source: string
  deliveryId: string | null
  /** SHA-256 of the body, hex. Sources whose delivery ids are not signed are deduplicated by both, within `bodyWindowMs`. */
  bodyHash: string
  bodyWindowMs: number
  receivedAt: number
  /** The event to name in the answer to a duplicate. */
  eventId: string | null
}

export type AppendResult =
  /** One for each event: those whose idempotency key was known are `duplicate`, with the first id. */
  | { status: 'recorded'; events: { id: string; status: 'recorded' | 'duplicate' }[] }
  | { status: 'duplicate-receipt'; eventId: string | null }
  | { status: 'conflict'; collection: string; key: string }

export type TaskTarget = { kind: 'endpoint'; endpointId: string } | { kind: 'handler'; handler: string }

export type TaskStatus = 'pending' | 'running' | 'retrying' | 'waiting' | 'done' | 'dead' | 'cancelled'

export interface NewTask {
  /** `dlv_…` for deliveries, `tsk_…` for handlers. No `.` in it. */
  id: string
  target: TaskTarget
  dueAt: number
  /** One at a time over all processes. */
  concurrencyKey: string | null
  /** With a key: strictly in order of recording, each waits for the end of the one before. */
  ordered: boolean
  /** With a key: superseded by a task of the same key whose event is newer. */
  supersede: boolean
  /** Deliveries: the bytes to send, fixed now. */
  body: string | null
}

export interface TaskRecord extends NewTask {
  eventId: string
  eventType: string
  project: string
  rootId: string
  status: TaskStatus
  /** Runs that count: waits do not. */
  attempts: number
  /** First tries and retries are claimed apart, so that one dead endpoint starves nobody. */
  lane: Lane
  wakeOn: string | null
  result: JsonValue
  /** Why it is dead, waiting or was skipped. */
  reason: string | null
  progress: string | null
  createdAt: number
  settledAt: number | null
  sequence: number
  order: number
}

export type Lane = 'first' | 'retry'

export interface Lease {
  taskId: string
  /** Fences: a worker whose lease was taken over can settle nothing. */
  token: string
}

export interface ClaimRequest {
  worker: string
  now: number
  leaseMs: number
  limit: number
  lane: Lane
  /** Handlers this worker has, and whether it delivers webhooks. */
  handlers: readonly string[]
  endpoints: boolean
  /** Endpoints not to be claimed for now: at their limit in this process. */
  exceptEndpoints?: readonly string[]
  exceptHandlers?: readonly string[]
}

export interface ClaimedTask {
  lease: Lease
  task: TaskRecord
  event: EventRecord
  steps: StepRow[]
  /** A newer event of the same key is recorded: end it without acting. */
  superseded: boolean
}

export interface StepRow {
  name: string
  /** Sealed JSON. */
  sealed: string
}

export interface Settlement {
  lease: Lease
  at: number
  transition:
    | { status: 'done'; result: JsonValue; reason?: string }
    | { status: 'retrying'; dueAt: number; reason: string }
    /** Without `dueAt` only the signal wakes it. */
    | { status: 'waiting'; dueAt?: number; wakeOn?: string; reason?: string }
    /** Back to the queue at once, uncounted: the worker stops. */
    | { status: 'pending'; dueAt: number }
    | { status: 'dead'; reason: string; result?: JsonValue }
  progress?: string
  /** Absent for waits and for what was superseded. */
  attempt?: NewAttempt
  followUps?: Recording
}

export type SettleResult =
  | { status: 'settled' }
  | { status: 'lost' }
  /** A document of the follow-ups changed meanwhile: nothing was written. */
  | { status: 'conflict'; collection: string; key: string }

export interface NewAttempt {
  startedAt: number
  endedAt: number
  outcome: 'done' | 'retry' | 'dead' | 'lost'
  /** Redacted. */
  error: string | null
  /** Deliveries: redacted request and response, times for each phase. */
  details: JsonValue
}

export interface AttemptRecord extends NewAttempt {
  taskId: string
  /** 1, 2, 3 … over the task's whole life, redrives included. */
  number: number
}

export interface RedriveRequest {
  at: number
  limit: number
  project?: string
  taskIds?: readonly string[]
  endpointId?: string
  /** Ended as one of these. */
  statuses: readonly ('done' | 'dead' | 'cancelled')[]
  /** By the task's creation. */
  since?: number
  until?: number
}

/** Newest first. `after` is the last row's `sequence` of the page before. */
export interface Page {
  limit?: number
  after?: number
}

export interface EventFilter extends Page {
  project?: string
  /** Exact types. */
  types?: readonly string[]
  /** Given to `emit`; at most one event of a project has it. */
  idempotencyKey?: string
  rootId?: string
  attributes?: Record<string, string>
  since?: number
  until?: number
  person?: string
}

export interface TaskFilter extends Page {
  project?: string
  ids?: readonly string[]
  eventId?: string
  rootId?: string
  eventTypes?: readonly string[]
  statuses?: readonly TaskStatus[]
  kind?: TaskTarget['kind']
  endpointId?: string
  handler?: string
  attributes?: Record<string, string>
  since?: number
  until?: number
}

export interface AuditFilter extends Page {
  project: string
  action?: string
  since?: number
  until?: number
}

export interface StoreQuery {
  event(id: string, project?: string): Promise<EventRecord | null>
  events(filter: EventFilter): Promise<EventRecord[]>
  task(id: string, project?: string): Promise<TaskRecord | null>
  tasks(filter: TaskFilter): Promise<TaskRecord[]>
  /** In order. */
  attempts(taskId: string): Promise<AttemptRecord[]>
  /** Unfinished work by target: what `readyz` and dashboards show. */
  backlog(now: number): Promise<BacklogRow[]>
  /** When the next task these handlers (or the deliveries) can run becomes due; null when nothing is scheduled. */
  nextDueAt(request: Pick<ClaimRequest, 'handlers' | 'endpoints'>): Promise<number | null>
  /** Ascending by `sequence`; `after` excludes. */
  audit(filter: AuditFilter): Promise<AuditEntry[]>
}

export interface BacklogRow {
  /** `endpoint` for all deliveries, else the handler's name. */
  target: string
  status: 'pending' | 'running' | 'retrying' | 'waiting'
  count: number
  oldestDueAt: number
}

export interface Row {
  id: string
  project: string
  /** 1 at creation; each `put` carries the stored version + 1. */
  version: number
  createdAt: number
  updatedAt: number
}

export interface Rows<T extends Row> {
  get(id: string, project?: string): Promise<T | null>
  /** By creation, oldest first. */
  list(filter?: { project?: string }): Promise<T[]>
  /** False when the stored version is not `row.version - 1`: somebody was first. */
  put(row: T): Promise<boolean>
  /** False when there is none, or when its version is not the one that is named. */
  remove(id: string, project?: string, version?: number): Promise<boolean>
  /**
   * `get` and `list` for whoever asks with every event. What is changed through this store shows at once, what others
   * change within a second. The rows are shared: not to be changed.
   */
  readonly recent?: RecentRows<T>
}

export interface RecentRows<T extends Row> {
  get(id: string, project?: string): Promise<T | null>
  list(filter?: { project?: string }): Promise<readonly T[]>
}

export interface EndpointRow extends Row {
  name: string | null
  description: string | null
  url: string
  /** Types to send; `*` and `pull_request.*` match many. */
  events: string[]
  enabled: boolean
  disabledReason: string | null
  /** Sealed, newest first. One past `expiresAt` is no longer used. */
  secrets: { sealed: string; createdAt: number; expiresAt: number | null }[]
  /** Everything else an endpoint can be told, as JSON. */
  settings: JsonValue
}

/** What a handler listens to, for planning. The id is the handler's full name, `plugin/handler`. */
export interface SubscriptionRow extends Row {
  on: string[]
  key: string[] | null
  supersede: boolean
  needs: string[]
}

/** A tenant's own connection to a repository. */
export interface IntegrationRow extends Row {
  name: string | null
  /** The adapter's name, such as `github`. */
  vcs: string
  baseUrl: string | null
  repository: string
  base: string | null
  sealedCredential: string
  credentialCreatedAt: number
  /** When it ends, where the forge told as it was saved. */
  credentialExpiresAt?: number | null
  /** It is renewed by itself: its age says nothing. */
  credentialRenews?: boolean
  enabled: boolean
  /** When it was last switched on again. Absent: it was on from the start, or never since. */
  enabledAt?: number
  /** The rules of a route, as JSON: `when`, `labels`, `reviewers`, … */
  rules: JsonValue
}

export interface DocumentRow {
  project: string
  collection: string
  key: string
  value: JsonValue
  version: number
  updatedAt: number
}

export interface DocumentWrite {
  project: string
  collection: string
  key: string
  /** `null` deletes. */
  value: JsonValue
  /** 0: must not exist. Absent: whatever is there. */
  expectedVersion?: number
  at: number
}

export interface DocumentStore {
  get(project: string, collection: string, key: string): Promise<DocumentRow | null>
  /** False on a wrong `expectedVersion`. */
  put(write: DocumentWrite): Promise<boolean>
  /** By key. */
  list(
    project: string,
    collection: string,
    options?: { prefix?: string; after?: string; limit?: number },
  ): Promise<DocumentRow[]>
}

export interface BlobStore {
  put(blob: { project: string; key: string; bytes: Uint8Array; expiresAt: number }): Promise<void>
  get(project: string, key: string, now: number): Promise<Uint8Array | null>
  /** Deletes what has expired; answers how many. */
  sweep(now: number): Promise<number>
}

export interface ScheduleStore {
  /** Adds schedules that are not there yet, due at `firstAt`. */
  register(schedules: readonly { name: string; firstAt: number }[]): Promise<void>
  /** Takes one due schedule of these names, or null. */
  claim(request: {
    names: readonly string[]
    now: number
    leaseMs: number
  }): Promise<{ name: string; token: string } | null>
  /** Ends the run; false when the lease was lost. */
  settle(claim: { name: string; token: string }, nextAt: number): Promise<boolean>
  nextDueAt(names: readonly string[]): Promise<number | null>
}

/** Who did what, with which credential, to what, and how it ended. No secret in it. */
export interface NewAuditEntry {
  project: string
  at: number
  actor: string | null
  /** Dotted, such as `endpoint.create`. */
  action: string
  target: string
  result: 'ok' | 'failed'
  details: JsonValue
}

export interface AuditEntry extends NewAuditEntry {
  /** 1, 2, 3 … in each project. */
  sequence: number
  /** Hash of the entry before; 64 zeros for the first. */
  previousHash: string
  /** SHA-256 over `previousHash` and the canonical JSON of the rest, hex. */
  hash: string
  /** Emptied by retention or at a person's wish: only its place, time and hashes are left. */
  erased?: true
}
