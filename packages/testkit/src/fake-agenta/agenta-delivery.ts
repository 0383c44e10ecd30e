import { createHmac, randomUUID } from 'node:crypto'
import type { JsonObject } from '@pullwright/core'
import type { AgentaRevision, EnvironmentCommit } from './agenta-state.ts'
import { pythonJson } from './python-json.ts'

/** A webhook as Agenta sends it: these headers, these bytes. */
export interface AgentaDelivery {
  deliveryId: string
  eventId: string
  headers: Record<string, string>
  /** The exact text that was signed. */
  body: string
  payload: JsonObject
}

export interface DeliverySettings {
  secret: string
  mode: 'signature' | 'authorization'
  projectId: string
  now: () => number
}

/** Signed as Agenta signs: HMAC-SHA256, keyed with the secret's UTF-8 bytes, over `{unix seconds}.{body}`. */
export function agentaDelivery(type: string, attributes: JsonObject, settings: DeliverySettings): AgentaDelivery {
  const at = new Date(settings.now()).toISOString()
  const eventId = randomUUID()
  const payload: JsonObject = {
    event: { event_id: eventId, event_type: type, timestamp: at, created_at: at, attributes },
    subscription: {
      id: '019c0000-0000-7000-8000-00000000a001',
      name: 'Pull requests for deployments',
      flags: { is_valid: true },
      tags: {},
      meta: {},
      created_at: at,
      updated_at: at,
    },
    scope: { project_id: settings.projectId },
  }
  return signedDelivery({ deliveryId: randomUUID(), eventId, type, payload, body: pythonJson(payload) }, settings)
}

/** The same delivery sent again: same ids and bytes, a new time and so a new signature. */
export function signedDelivery(
  parts: { deliveryId: string; eventId: string; type: string; payload: JsonObject; body: string },
  { secret, mode, now }: DeliverySettings,
): AgentaDelivery {
  const { deliveryId, eventId, type, payload, body } = parts
  const seconds = Math.floor(now() / 1000)
  const signature = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  const proof: Record<string, string> =
    mode === 'authorization' ? { Authorization: secret } : { 'X-Agenta-Signature': `t=${seconds},v1=${signature}` }
  const headers = {
    'Content-Type': 'application/json',
    'User-Agent': 'Agenta-Webhook/1.0',
    'X-Agenta-Event-Type': type,
    'X-Agenta-Delivery-Id': deliveryId,
    'X-Agenta-Event-Id': eventId,
    'Idempotency-Key': deliveryId,
    ...proof,
  }
  return { deliveryId, eventId, headers, body, payload }
}

/** The `attributes` of an `environments.revisions.committed`. */
export function committedAttributes(
  commit: EnvironmentCommit,
  who: { userId: string; message: string | undefined },
): JsonObject {
  const { environment } = commit
  return {
    user_id: who.userId,
    ...(who.message === undefined ? {} : { message: who.message }),
    references: {
      environment: { id: environment.id, slug: environment.slug },
      environment_variant: { id: environment.variantId, slug: environment.slug },
      environment_revision: {
        id: environment.revisionId,
        slug: `${environment.slug}-${environment.version}`,
        version: environment.version,
      },
    },
    state: { references: keyed(commit.state, references) },
    diff: {
      created: keyed(commit.created, (entry) => ({ new: references(entry.new) })),
      updated: keyed(commit.updated, (entry) => ({ old: references(entry.old), new: references(entry.new) })),
      deleted: keyed(commit.deleted, (entry) => ({ old: references(entry.old) })),
    },
  }
}

function keyed<T>(entries: Record<string, T>, render: (entry: T) => JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(entries).map(([app, entry]) => [`${app}.revision`, render(entry)]))
}

function references({ id, slug, version, app, variant }: AgentaRevision): JsonObject {
  return {
    application: { ...app },
    application_variant: { ...variant },
    application_revision: { id, slug, version },
  }
}
