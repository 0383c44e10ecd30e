import { type InboundEvent, type InboundSource, verifyWebhook } from '@pullwright/core'
import { commitStatusEvent, pushEvents, repositoryEvent } from './source-events.ts'
import { objectAt } from './source-json.ts'
import { pullRequestEvent } from './source-pull-request.ts'

/**
 * Bitbucket's webhooks about pull requests, pushes, build statuses and new repositories. Everything else is acknowledged
 * and means nothing. A delivery keeps its `X-Request-UUID` when Bitbucket sends it again.
 */
export function bitbucketSource(name: string, secret: string | readonly string[]): InboundSource {
  return {
    name,
    verify({ headers, body }) {
      const verdict = verifyWebhook('bitbucket', { secrets: secret, headers, body })
      return verdict.ok ? { ok: true } : { ok: false, reason: verdict.reason }
    },
    deliveryId: ({ headers }) => headers['x-request-uuid'] || null,
    normalise({ headers, json }) {
      const event = headers['x-event-key'] ?? ''
      const payload = objectAt(json)
      if (event === 'repo:push') return pushEvents(name, payload)
      return [oneEvent(name, event, payload)].filter((one): one is InboundEvent => one !== null)
    },
  }
}

function oneEvent(name: string, event: string, payload: ReturnType<typeof objectAt>): InboundEvent | null {
  if (event.startsWith('pullrequest:')) return pullRequestEvent(name, event, payload)
  if (event === 'repo:created') return repositoryEvent(name, payload)
  if (/^repo:commit_status_(created|updated)$/.test(event)) return commitStatusEvent(name, payload)
  return null
}
