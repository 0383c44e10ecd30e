import type { EventRecord, Redaction } from '../events/event.ts'
import type { JsonValue } from '../json.ts'
import type { DocumentWrite, NewEvent, Store } from '../ports/store.ts'
import type { TraceCarrier } from '../ports/telemetry.ts'
import type { Redactor } from '../redaction/redactor.ts'
import {
  type DeploymentData,
  LAST_CONFIG,
  type PreparedDeployment,
  prepareDeployment,
  snapshotKey,
} from './deployment.ts'
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
export function carriesConfig({ type }: Incoming): boolean {
  return type === 'environment.deployed' || type === 'deployment.proposed'
}

/** What such an event says, diffed and redacted. Deployments `pending` in the same recording count as recorded before it. */
export async function readDeployment(
  incoming: Incoming,
  now: number,
  parts: { store: Store; redactor: Redactor; hashKey: Buffer; pending: ReadonlyMap<string, DocumentWrite> },
): Promise<PreparedDeployment> {
  const { store, redactor, hashKey, pending } = parts
  const { project } = incoming
  const data = incoming.input as DeploymentData
  const at = snapshotKey(data, hashKey)
  const earlier = pending.get(at + project)
  const stored = await store.documents.get(project, LAST_CONFIG, at)
  const last = earlier && { ...earlier, version: stored?.version ?? 0, updatedAt: now }
  const occurredAt = incoming.occurredAt ?? null
  const deployed = prepareDeployment(data, last ?? stored, { project, redactor, hashKey, occurredAt, at: now })
  // What is only proposed does not run: the next deployment is compared with what does.
  const runs = incoming.type === 'environment.deployed' && !(await isKnown(incoming, store))
  return runs ? deployed : { ...deployed, snapshot: null }
}

/** One event as it is recorded, not planned yet: nothing raw is in it. Recorded at `now`. */
export function prepareEvent(
  incoming: Incoming,
  now: number,
  { redactor, hashKey, deployed }: { redactor: Redactor; hashKey: Buffer; deployed: PreparedDeployment | null },
): { event: NewEvent; dueAt: number } {
  const { input, type } = incoming
  const id = newId('evt', now)
  const { data, redactions } = deployed ?? plain(redactor, input)
  const event: NewEvent = {
    id,
    type,
    project: incoming.project,
    occurredAt: incoming.occurredAt ?? now,
    recordedAt: now,
    source: incoming.source,
    data,
    attributes: attributesOf(data),
    redactions,
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
  return { event, dueAt: Math.max(now, incoming.runAt ?? now) }
}

function plain(redactor: Redactor, input: JsonValue): { data: JsonValue; redactions: Redaction[] } {
  const { value, redactions } = redactor.valueWithReport(input)
  return { data: value, redactions }
}

/** A duplicate changes nothing: not what the next deployment is compared with either. */
async function isKnown({ project, idempotencyKey }: Incoming, store: Store): Promise<boolean> {
  if (idempotencyKey === undefined) return false
  return (await store.query.events({ project, idempotencyKey, limit: 1 })).length > 0
}
