import type { AuditNote } from '../audit/audit.ts'
import type { AnyEventDefinition } from '../events/define-event.ts'
import type { EventRecord, KeptPart } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { RetrySchedule } from '../retry/retry-schedule.ts'
import type { Caller, Capability } from './caller.ts'
import type { Logger } from './logger.ts'
import type { PastDeployment, Policy } from './policy.ts'
import type { InboundSource } from './source.ts'
import type { DocumentRow, IntegrationRow } from './store.ts'
import type { Vcs } from './vcs.ts'

/** A function returns it; its state lives in that function's closure. */
export interface Plugin {
  readonly apiVersion: 1
  /** Lower case letters, digits and `-`; unique in one Pullwright. */
  readonly name: string
  readonly events?: readonly AnyEventDefinition[]
  readonly sources?: readonly InboundSource[]
  readonly handlers?: Readonly<Record<string, Handler>>
  readonly schedules?: Readonly<Record<string, Schedule>>
  readonly routes?: readonly PluginRoute[]
  /** Judged for every deployment that a flow documents, beside the policies of its route. */
  readonly policies?: readonly Policy[]
  /** Called once by `start()` and before the first `drain()`. Throw here for a mistake in the configuration. */
  start?(context: PluginContext): void | Promise<void>
  stop?(): void | Promise<void>
  /** Credentials it was given, asked for once: they are hidden wherever they turn up. */
  secrets?(): readonly string[]
}

/** Given to `start` and to routes, which belong to no one project. */
export interface PluginContext {
  log: Logger
  vcs: VcsLookup
  /** The plugin's own, of no one project: schedules see the same. */
  documents: PluginDocuments
  /** Needs a `key`; `key-required` without. */
  secrets: { seal(text: string): Promise<string>; open(text: string): Promise<string> }
  /** Adds to a project's audit log what was done outside of handlers; secrets in it are hidden. */
  audit: { record(note: AuditNote): Promise<unknown> }
  /** Milliseconds since the epoch, by the instance's clock. */
  now(): number
}

export interface VcsLookup {
  /**
   * An adapter given in code, by its name, or the adapter itself. Throws `not-found` with the names there are. A handler's
   * writes through what it is given here are noted in the audit log.
   */
  (adapter: string | Vcs): Vcs
  /** The adapter of a tenant's integration, with its own credential. */
  (integration: IntegrationRow): Promise<Vcs>
}

/**
 * Work on one kind of event. What decides planning (`on`, `key`, `supersede`) is data: it is written to the store at
 * `start()`, so that a process without this plugin plans for the one that has it.
 */
export interface Handler {
  /** Event types; `pull_request.*` and `*` match many. */
  readonly on: readonly string[]
  /**
   * Paths into the event, such as `['project', 'data.app_name']`. Events with equal values run one at a time, over all
   * processes. Absent: no limit.
   */
  readonly key?: readonly string[]
  /** With `key`: once a newer event of the same key is recorded, older ones end `done` without acting. */
  readonly supersede?: boolean
  /** Parts of the deployment, redacted, to keep with the event for this handler. */
  readonly needs?: readonly KeptPart[]
  /** At most so many at once in one process. Default 10. */
  readonly concurrency?: number
  /** A run that takes longer is aborted and tried again. Default 60,000 ms. */
  readonly timeoutMs?: number
  readonly retry?: RetrySchedule
  run(context: HandlerContext): Outcome | undefined | Promise<Outcome | undefined>
}

export interface HandlerContext {
  readonly event: EventRecord
  /** 1 on the first try. */
  readonly attempt: number
  /** Names the store: `event.order` compares only within one. Letters and digits. */
  readonly origin: string
  /** Aborted at the handler's timeout and when the instance stops. */
  readonly signal: AbortSignal
  /** Milliseconds since the epoch, by the instance's clock. */
  now(): number
  readonly log: Logger
  readonly vcs: VcsLookup
  readonly documents: PluginDocuments
  readonly blobs: PluginBlobs
  readonly secrets: { seal(text: string): Promise<string>; open(text: string): Promise<string> }
  /** Another event of the same project, such as one this follows from; null where there is none. */
  find(eventId: string): Promise<EventRecord | null>
  /** The project's events of these types with these attributes, newest first. Default 20, at most 100. */
  events(filter: EventSearch): Promise<EventRecord[]>
  /** What plugins brought, all of them. */
  readonly policies: readonly Policy[]
  /** Deployments of an app to an environment before this event, newest first. Default 20, at most 100. */
  history(of: { app: string; environment: string; limit?: number }): Promise<PastDeployment[]>
  /** The project's integrations made at run time. */
  integrations(): Promise<IntegrationRow[]>
  /** Hides secrets as the instance does in all that it records. */
  redact<T>(value: T): T
  /** Keys the project's pseudonyms, as endpoints get them: for `createRedactor({ pseudonymise: { key } })`. Never to be shown. */
  readonly pseudonymKey?: string
  /** Runs `work` once for this task: a later attempt gets the first result. Results are JSON. */
  step<T extends JsonValue>(name: string, work: () => T | Promise<T>): Promise<T>
  /**
   * A follow-up event: recorded in the transaction that settles this task, or not at all. Of a run that ends in `retry`
   * only those with an idempotency key are recorded: the others will be emitted again. Throws for data that does not fit.
   */
  emit(type: string, data: JsonValue, options?: FollowUpOptions): void
  /** Makes tasks that wait on this signal due now; answers how many. */
  wake(signal: string): Promise<number>
  /** What a person watching wants to know; kept with the task. */
  progress(text: string): void
  done(result?: JsonValue): Outcome
  retry(options?: { afterMs?: number; reason?: string }): Outcome
  wait(options: { untilMs?: number; wakeOn?: string; reason?: string }): Outcome
  dead(reason: string): Outcome
}

export interface EventSearch {
  types: readonly string[]
  /** Texts and numbers at the top of the data, as text; `app` is the `app_name`. */
  attributes?: Readonly<Record<string, string>>
  limit?: number
}

export interface FollowUpOptions {
  idempotencyKey?: string
  /** Not before this time, milliseconds since the epoch. */
  runAt?: number
  /** When it happened, milliseconds since the epoch. Default: now. */
  occurredAt?: number
}

/** What became of one run. A value, so that handlers do not throw to steer; an exception counts as `retry`. */
export type Outcome =
  | { kind: 'done'; result?: JsonValue }
  | { kind: 'retry'; afterMs?: number; reason?: string }
  /** No attempt is counted. Wakes at `untilMs` (epoch) or when `wakeOn` is signalled. */
  | { kind: 'wait'; untilMs?: number; wakeOn?: string; reason?: string }
  | { kind: 'dead'; reason: string }

/** Small JSON values of a plugin, versioned: `put` with a stale version answers false. */
export interface PluginDocuments {
  get(key: string): Promise<DocumentRow | null>
  put(key: string, value: JsonValue, options?: { expectedVersion?: number }): Promise<boolean>
  remove(key: string): Promise<boolean>
  list(options?: { prefix?: string; limit?: number; after?: string }): Promise<DocumentRow[]>
}

/** Bigger things that expire: logs, patches. */
export interface PluginBlobs {
  put(key: string, bytes: Uint8Array, options: { expiresAt: number }): Promise<void>
  get(key: string): Promise<Uint8Array | null>
}

/** Work that recurs, one process at a time. */
export interface Schedule {
  everyMs: number
  run(context: {
    signal: AbortSignal
    log: Logger
    vcs: VcsLookup
    emit: ScheduleEmit
    documents: PluginDocuments
    /** The integrations made at run time, of all projects. */
    integrations(): Promise<IntegrationRow[]>
    /** A project's events, newest first, as a handler's `events`. */
    events(filter: EventSearch & { project: string }): Promise<EventRecord[]>
    /** Hides secrets as the instance does in all that it records. */
    redact<T>(value: T): T
    /** Keys a project's pseudonyms, as a handler's `pseudonymKey`. */
    pseudonymKey?(project: string): Promise<string>
  }): Promise<void>
}

export type ScheduleEmit = (
  type: string,
  data: JsonValue,
  options?: {
    /** Default `default`. `concerned`: what a forge would have told of, for each project that its webhook would have reached. */
    project?: string | { concerned: true }
    idempotencyKey?: string
  },
) => Promise<{ id: string; status: 'recorded' | 'duplicate' }>

/** A page or endpoint of the plugin's own. */
export interface PluginRoute {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Absolute below the mount point, such as `/callback`. */
  path: string
  /** `public` routes answer anybody and must check for themselves; the others need that capability of the host's `authorize`. */
  access: 'public' | Capability
  /** `caller` is whom `authorize` let in; null on public routes. */
  handle(request: Request, caller: Caller | null, context: PluginContext): Promise<Response>
}
