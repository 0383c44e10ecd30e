import { PullwrightError } from '../errors.ts'
import type { AnyEventDefinition } from '../events/define-event.ts'
import type { KeptPart, PreparedEvent } from '../events/event.ts'
import type { EventRegistry } from '../events/event-registry.ts'
import type {
  AppendResult,
  DocumentWrite,
  HostTransaction,
  NewEvent,
  Receipt,
  Recording,
  Store,
} from '../ports/store.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { matchesType } from '../webhooks/plan.ts'
import type { Began, Ready } from './at-once.ts'
import type { DeploymentData } from './deployment.ts'
import { createKeyedLock } from './keyed-lock.ts'
import { planTasks, type Targets } from './plan.ts'
import { type Checked, carriesConfig, type Incoming, prepareEvent, readDeployment } from './prepare-event.ts'
import { createEventPseudonyms } from './pseudonyms.ts'
import { createRecorder } from './recorder.ts'
import { traceOf, withTrace } from './tracing.ts'

export type { Checked, Incoming } from './prepare-event.ts'

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
  redactor: Redactor
  hashKey: () => Promise<Buffer>
  now: () => number
  registry: EventRegistry
  /** Called after our own commit, with what was newly recorded. */
  recorded: (events: readonly NewEvent[]) => void
  /** Deliveries about to be recorded, of which this process may run some at once. */
  takeAtOnce: (ready: readonly Ready[]) => Began
}

/** Two processes that remember the same app's configuration at once: each try loses to one winner at most. */
const MOST_TRIES = 20

export function createAccept(parts: AcceptParts): Accept {
  const { store, redactor } = parts
  const inTurn = createKeyedLock()
  const append = createRecorder(store)
  const withPseudonyms = createEventPseudonyms()
  return { check, prepare: async (incoming) => (await plan(incoming)).recording, accept }

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
      const { recording, ready } = await plan(incoming)
      // Beside a host's open transaction the version read here may be behind what that transaction has written.
      if (options.transaction)
        recording.documents = recording.documents?.map(({ expectedVersion: _, ...write }) => write) ?? []
      if (options.receipt) recording.receipt = { ...options.receipt, eventId: recording.events[0]?.id ?? null }
      const result = await write(recording, ready, options)
      if (result.status !== 'conflict') return result
      if (attempt >= MOST_TRIES) throw stillChanging(result)
    }
  }

  async function write(recording: Recording, ready: readonly Ready[], { transaction }: AcceptOptions) {
    // Whether and when a host's transaction is committed is not ours to know.
    if (transaction) return store.append(recording, { transaction })
    const began = parts.takeAtOnce(ready)
    try {
      const result = await append(recording)
      if (result.status === 'recorded') {
        parts.recorded(newlyRecorded(recording, result))
        began(result.events.flatMap(({ claimed = [] }) => claimed))
      } else began([])
      return result
    } catch (error) {
      began([])
      throw error
    }
  }

  async function plan(incoming: readonly Incoming[]): Promise<{ recording: Recording; ready: Ready[] }> {
    const events: NewEvent[] = []
    const documents = new Map<string, DocumentWrite>()
    const ready: Ready[] = []
    const hashKey = await parts.hashKey()
    for (const one of incoming) {
      const now = parts.now()
      const deployed = carriesConfig(one)
        ? await readDeployment(one, now, { store, redactor, hashKey, pending: documents })
        : null
      if (deployed?.snapshot) documents.set(deployed.snapshot.key + deployed.snapshot.project, deployed.snapshot)
      const { event, dueAt } = prepareEvent(one, now, { redactor, hashKey, deployed })
      const targets = await readTargets(store, one.project)
      const planned = planTasks(event, targets, { dueAt, pseudonymise: (one) => withPseudonyms(one, hashKey) })
      event.tasks = planned.tasks
      event.kept = keptFor(event, targets)
      events.push(event)
      ready.push(...planned.ready)
    }
    const recording = documents.size === 0 ? { events } : { events, documents: [...documents.values()] }
    return { recording, ready }
  }
}

async function readTargets(store: Store, project: string): Promise<Targets> {
  // One after the other: most are answered from memory.
  const endpoints = await (store.endpoints.recent ?? store.endpoints).list({ project })
  const subscriptions = await (store.subscriptions.recent ?? store.subscriptions).list()
  return { endpoints, subscriptions }
}

/** Only what some handler asked for. */
function keptFor(event: PreparedEvent, targets: Targets): PreparedEvent['kept'] {
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
