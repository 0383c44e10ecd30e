import { PullwrightError } from '../errors.ts'
import type { AnyEventDefinition } from '../events/define-event.ts'
import type { EventRecord, KeptPart } from '../events/event.ts'
import type { EventRegistry } from '../events/event-registry.ts'
import type { JsonValue } from '../json.ts'
import type {
  AppendResult,
  DocumentWrite,
  HostTransaction,
  NewEvent,
  Receipt,
  Recording,
  Store,
} from '../ports/store.ts'
import type { TraceCarrier } from '../ports/telemetry.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { matchesType } from '../webhooks/plan.ts'
import { type DeploymentData, LAST_CONFIG, prepareDeployment, snapshotKey } from './deployment.ts'
import { attributesOf, peopleIn } from './event-facts.ts'
import { newId } from './ids.ts'
import { createKeyedLock } from './keyed-lock.ts'
import { planTasks, type Targets } from './plan.ts'
import { createEventPseudonyms } from './pseudonyms.ts'
import { createRecorder } from './recorder.ts'
import { traceOf, withTrace } from './tracing.ts'

/** Data that fits its type, as a plain JSON copy: what the giver changes afterwards changes nothing. */
export interface Checked {
  type: string
  input: JsonValue
}

/** One event as it comes in: from a host's `emit`, a forge's webhook, or a handler. */
export interface Incoming extends Checked {
  project: string
  source: string
  subject?: string | undefined
  idempotencyKey?: string | undefined
  orderingKey?: string | undefined
  /** Milliseconds since the epoch; default: now. */
  occurredAt?: number | undefined
  /** Its tasks are not due before; milliseconds since the epoch. */
  runAt?: number | undefined
  /** Where its trace goes on. */
  trace?: TraceCarrier | null | undefined
  /** The event and task it follows from. */
  cause?: { event: EventRecord; taskId: string }
}

export interface Accept {
  /** Validates, at once. Throws `unknown-event`, `invalid-event` or `too-large`, with every problem named by path. */
  check(event: string | AnyEventDefinition, data: unknown): Checked
  /** Diffs, redacts, plans: everything before the record. Reads the store, writes nothing. */
  prepare(incoming: readonly Incoming[]): Promise<Recording>
  /** Prepares and records, in one transaction: the host's, if it gives one. */
  accept(incoming: readonly Incoming[], options?: AcceptOptions): Promise<Accepted>
}

export interface AcceptOptions {
  transaction?: HostTransaction | undefined
  receipt?: Receipt | undefined
}

export type Accepted =
  | { status: 'recorded'; events: { id: string; status: 'recorded' | 'duplicate' }[] }
  | { status: 'duplicate-receipt'; eventId: string | null }

export interface AcceptParts {
  store: Store
  registry: EventRegistry
  redactor: Redactor
  hashKey: () => Promise<Buffer>
  now: () => number
  /** Called after our own commit, with what was newly recorded. */
  recorded: (events: readonly NewEvent[]) => void
}

/** Two processes that remember the same app's configuration at once: each try loses to one winner at most. */
const MOST_TRIES = 20

/** Events whose data has a configuration, which is recorded as what changed in it. */
const CARRY_CONFIG: ReadonlySet<string> = new Set(['environment.deployed', 'deployment.proposed'])

export function createAccept(parts: AcceptParts): Accept {
  const { store } = parts
  const inTurn = createKeyedLock()
  const append = createRecorder(store)
  const withPseudonyms = createEventPseudonyms()
  return { check, prepare, accept }

  function check(event: string | AnyEventDefinition, data: unknown): Checked {
    return { type: typeof event === 'string' ? event : event.type, input: parts.registry.validate(event, data) }
  }

  /** Deployments of one app take turns here, so that only other processes can get between its snapshot and its record. */
  function accept(incoming: readonly Incoming[], options: AcceptOptions = {}): Promise<Accepted> {
    const deployment = incoming.find(({ type }) => type === 'environment.deployed')
    if (!deployment) return record(incoming, options)
    const { app_name, environment } = deployment.input as DeploymentData
    const turn = JSON.stringify([deployment.project, app_name, environment])
    return inTurn(turn, () => record(incoming, options))
  }

  async function record(incoming: readonly Incoming[], options: AcceptOptions): Promise<Accepted> {
    for (let attempt = 1; ; attempt++) {
      const recording = await prepare(incoming)
      // Beside a host's open transaction the version read here may be behind what that transaction has written.
      if (options.transaction)
        recording.documents = recording.documents?.map(({ expectedVersion: _, ...write }) => write) ?? []
      if (options.receipt) recording.receipt = { ...options.receipt, eventId: recording.events[0]?.id ?? null }
      const { transaction } = options
      const result = await (transaction ? store.append(recording, { transaction }) : append(recording))
      if (result.status !== 'conflict') {
        if (!options.transaction) parts.recorded(newlyRecorded(recording, result))
        return result
      }
      if (attempt >= MOST_TRIES) throw stillChanging(result)
    }
  }

  async function prepare(incoming: readonly Incoming[]): Promise<Recording> {
    const events: NewEvent[] = []
    const documents = new Map<string, DocumentWrite>()
    for (const one of incoming) {
      const { event, snapshot, dueAt } = await prepareOne(one, parts, documents)
      if (snapshot) documents.set(snapshot.key + snapshot.project, snapshot)
      const targets = await readTargets(store, one.project)
      const hashKey = await parts.hashKey()
      const tasks = planTasks(event, targets, { dueAt, pseudonymise: (one) => withPseudonyms(one, hashKey) })
      const { sequence: _sequence, order: _order, ...row } = { ...event, kept: keptFor(event, targets) }
      events.push({ ...row, ...(one.cause ? { order: one.cause.event.order } : {}), tasks })
    }
    return documents.size === 0 ? { events } : { events, documents: [...documents.values()] }
  }
}

async function readTargets(store: Store, project: string): Promise<Targets> {
  const [endpoints, subscriptions] = await Promise.all([
    (store.endpoints.recent ?? store.endpoints).list({ project }),
    (store.subscriptions.recent ?? store.subscriptions).list(),
  ])
  return { endpoints, subscriptions }
}

interface PreparedEvent {
  event: EventRecord
  snapshot: DocumentWrite | null
  dueAt: number
}

async function prepareOne(
  incoming: Incoming,
  parts: AcceptParts,
  pending: ReadonlyMap<string, DocumentWrite>,
): Promise<PreparedEvent> {
  const { input, type } = incoming
  const now = parts.now()
  const id = newId('evt', now)
  const hashKey = await parts.hashKey()
  const deployed = CARRY_CONFIG.has(type) ? await deployment(input as DeploymentData, hashKey) : null
  const safe = deployed ?? parts.redactor.valueWithReport(input)
  const data = deployed ? deployed.data : (safe as { value: JsonValue }).value
  const event: EventRecord = {
    id,
    type,
    project: incoming.project,
    occurredAt: incoming.occurredAt ?? now,
    recordedAt: now,
    source: incoming.source,
    data,
    attributes: attributesOf(data),
    redactions: safe.redactions,
    identity: deployed?.identity ?? null,
    kept: withTrace(deployed?.kept ?? {}, incoming.trace),
    idempotencyKey: incoming.idempotencyKey ?? null,
    orderingKey: incoming.orderingKey ?? null,
    rootId: incoming.cause?.event.rootId ?? id,
    causedBy: incoming.cause?.taskId ?? null,
    subject: incoming.subject ?? null,
    people: peopleIn(input, incoming.subject, hashKey),
    sequence: 0,
    order: 0,
  }
  return { event, snapshot: deployed?.snapshot ?? null, dueAt: Math.max(now, incoming.runAt ?? now) }

  async function deployment(data: DeploymentData, key: Buffer) {
    const { project } = incoming
    const at = snapshotKey(data, key)
    const earlier = pending.get(at + project)
    const stored = await parts.store.documents.get(project, LAST_CONFIG, at)
    const last = earlier && { ...earlier, version: stored?.version ?? 0, updatedAt: now }
    const { redactor } = parts
    const occurredAt = incoming.occurredAt ?? null
    const prepared = prepareDeployment(data, last ?? stored, { project, redactor, hashKey: key, occurredAt, at: now })
    // What is only proposed does not run: the next deployment is compared with what does.
    const runs = incoming.type === 'environment.deployed' && !(await isKnown(incoming, parts.store))
    return runs ? prepared : { ...prepared, snapshot: null }
  }
}

/** A duplicate changes nothing: not what the next deployment is compared with either. */
async function isKnown({ project, idempotencyKey }: Incoming, store: Store): Promise<boolean> {
  if (idempotencyKey === undefined) return false
  return (await store.query.events({ project, idempotencyKey, limit: 1 })).length > 0
}

/** Only what some handler asked for. */
function keptFor(event: EventRecord, targets: Targets): EventRecord['kept'] {
  if (Object.keys(event.kept).length === 0) return event.kept
  const needed = new Set(
    targets.subscriptions.filter(({ on }) => matchesType(on, event.type)).flatMap(({ needs }) => needs),
  )
  const parts = (Object.keys(event.kept) as KeptPart[]).filter((part) => needed.has(part))
  return withTrace(Object.fromEntries(parts.map((part) => [part, event.kept[part]])), traceOf(event))
}

function newlyRecorded(recording: Recording, result: AppendResult): NewEvent[] {
  if (result.status !== 'recorded') return []
  return recording.events.filter((_, index) => result.events[index]?.status === 'recorded')
}

function stillChanging(result: { collection: string; key: string }): PullwrightError {
  return new PullwrightError(
    'conflict',
    `The event was not recorded: ${result.collection} ${result.key} kept changing at the same time. Emit it again`,
  )
}
