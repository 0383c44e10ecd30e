import { verifyWebhook } from '@pullwright/core/signing'
import express, { type Router } from 'express'

export interface Receiver {
  router: Router
  /** From now on deliveries must be signed with this. */
  trust(secret: string): void
  /** What was verified, by the id that is the same on every attempt. */
  received: Map<string, { event: string; data: Record<string, unknown> }>
}

/** Somebody's endpoint for our webhooks: verify the raw bytes, then answer quickly, and take each delivery once. */
export function receiver(): Receiver {
  const secrets: string[] = []
  const received: Receiver['received'] = new Map()
  const router = express.Router()
  router.post('/', express.raw({ type: () => true, limit: '25mb' }), ({ headers, body }, response) => {
    const verdict = verifyWebhook('standard', { secrets, headers, body })
    if (!verdict.ok) return void response.status(401).end()
    if (verdict.id !== undefined) received.set(verdict.id, JSON.parse(body))
    response.status(204).end()
  })
  return { router, received, trust: (secret) => void secrets.push(secret) }
}
