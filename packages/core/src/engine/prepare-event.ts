import type { EventRecord } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { DocumentWrite, NewEvent, Store } from '../ports/store.ts'
import type { TraceCarrier } from '../ports/telemetry.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { type DeploymentData, LAST_CONFIG, prepareDeployment, snapshotKey } from './deployment.ts'
import { attributesOf, peopleIn } from './event-facts.ts'
import { newId } from './ids.ts'
import { withTrace } from './tracing.ts'

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

/** Events whose data has a configuration, which is recorded as what changed in it. */
const CARRY_CONFIG: ReadonlySet<string> = new Set(['environment.deployed', 'deployment.proposed'])

/** Diffed and redacted: nothing raw is in it. */
interface Preparation {
  /** Not planned yet. */
  event: NewEvent
  snapshot: DocumentWrite | null
  dueAt: number
}

export interface PrepareParts {
  store: Store
  redactor: Redactor
  hashKey: () => Promise<Buffer>
  now: () => number
}

/** One event as it is recorded. Deployments `pending` in the same recording count as recorded before it. */
export async function prepareEvent(
  incoming: Incoming,
  parts: PrepareParts,
  pending: ReadonlyMap<string, DocumentWrite>,
): Promise<Preparation> {
  const { input, type } = incoming
  const now = parts.now()
  const id = newId('evt', now)
  const hashKey = await parts.hashKey()
  const deployed = CARRY_CONFIG.has(type) ? await deployment(input as DeploymentData, hashKey) : null
  const safe = deployed ?? parts.redactor.valueWithReport(input)
  const data = deployed ? deployed.data : (safe as { value: JsonValue }).value
  const event: NewEvent = {
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
    tasks: [],
  }
  if (incoming.cause !== undefined) event.order = incoming.cause.event.order
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
