import { createHash, timingSafeEqual } from 'node:crypto'
import {
  type InboundEvent,
  type InboundRequest,
  type InboundSource,
  PullwrightError,
  type SourceVerdict,
  schemes,
  verifyWebhook,
} from '@pullwright/core'
import { readDelivery } from './read-delivery.ts'

export interface AgentaSourceOptions {
  name: string
  eventType: string
  secrets: readonly string[]
  mode: 'signature' | 'authorization'
  toleranceSeconds: number
  maxBodyBytes: number
  projectOf: (agentaProjectId: string | null) => string | undefined
}

/** Receives what Agenta sends: verifies it, knows it again, and says what it means. */
export function agentaSource(options: AgentaSourceOptions): InboundSource {
  const { name, eventType, secrets, mode, toleranceSeconds, maxBodyBytes, projectOf } = options
  return {
    name,
    maxBodyBytes,
    verify: (request) =>
      mode === 'authorization' ? verifySecret(request, secrets) : verifySignature(request, secrets, toleranceSeconds),
    deliveryId: ({ headers }) => headers['x-agenta-delivery-id'] ?? headers['idempotency-key'] ?? null,
    normalise(request) {
      const delivery = readDelivery(request)
      if (delivery === null) return []
      const { committed, occurredAt } = delivery
      const project = projectOf(committed.agenta_project_id)
      if (!project) throw noProject(committed.agenta_project_id)
      const event: InboundEvent = {
        type: eventType,
        data: JSON.parse(JSON.stringify(committed)),
        project,
        // One event of Agenta's may come by several subscriptions.
        idempotencyKey: `${name}:${committed.event_id}`,
      }
      return [occurredAt === undefined ? event : { ...event, occurredAt }]
    },
  }
}

function verifySignature(request: InboundRequest, secrets: readonly string[], toleranceSeconds: number): SourceVerdict {
  const { headers, body, receivedAt } = request
  const verdict = verifyWebhook(schemes.agenta, { secrets, headers, body, now: receivedAt, toleranceSeconds })
  return verdict.ok ? { ok: true } : { ok: false, reason: verdict.reason }
}

/** The secret itself is in the header, as it is or after `Bearer `. Compared by hash: no time tells a length or a prefix. */
function verifySecret(request: InboundRequest, secrets: readonly string[]): SourceVerdict {
  const header = request.headers.authorization
  if (header === undefined) return { ok: false, reason: 'missing-header' }
  const given = [header, header.replace(/^Bearer /i, '')].map(digest)
  let matches = 0
  for (const secret of secrets.map(digest)) {
    for (const candidate of given) matches += timingSafeEqual(secret, candidate) ? 1 : 0
  }
  return matches > 0 ? { ok: true } : { ok: false, reason: 'no-match' }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function noProject(agentaProjectId: string | null): PullwrightError {
  return new PullwrightError(
    'invalid-argument',
    `No project is mapped to the Agenta project ${JSON.stringify(agentaProjectId)}. Add it to \`agenta({ project })\`.`,
  )
}
