import { type InboundEvent, type InboundSource, type JsonObject, verifyWebhook } from '@pullwright/core'
import { objectAt, present, type Received, textAt } from './payload.ts'
import { checkCompleted, pipelineCompleted, pushed, repositoryCreated } from './source-forge-events.ts'
import { mergeRequestEvents, noteEvents } from './source-merge-requests.ts'

/**
 * GitLab's webhooks, of projects, groups and the system. A delivery that carries `webhook-signature` is judged by it
 * alone; `X-Gitlab-Token` counts only without. What means nothing to us is acknowledged.
 */
export function gitlabSource(name: string, secret: string | readonly string[]): InboundSource {
  return {
    name,
    verify({ headers, body, receivedAt }) {
      const verdict = verifyWebhook('gitlab', { secrets: secret, headers, body, now: new Date(receivedAt) })
      return verdict.ok ? { ok: true } : { ok: false, reason: verdict.reason }
    },
    // GitLab gives webhooks that set each other off one event id, but each its own key.
    deliveryId: ({ headers }) =>
      headers['webhook-id'] || headers['idempotency-key'] || headers['x-gitlab-event-uuid'] || null,
    normalise: ({ headers, json }) => eventsOf(name, headers, objectAt(json)),
  }
}

function eventsOf(vcs: string, headers: Readonly<Record<string, string>>, payload: JsonObject): InboundEvent[] {
  if (textAt(payload.event_name) === 'project_create') {
    return repositoryCreated(vcs, payload, headers['x-gitlab-instance'] ?? '')
  }
  const repository = textAt(objectAt(payload.project).path_with_namespace)
  const normalise = BY_KIND[textAt(payload.object_kind)]
  if (repository === '' || normalise === undefined) return []
  const actor = textAt(objectAt(payload.user).username) || textAt(payload.user_username)
  return normalise({ vcs, repository, payload, actor: present('actor', actor) })
}

/** By `object_kind`: https://docs.gitlab.com/user/project/integrations/webhook_events/ */
const BY_KIND: Readonly<Record<string, (received: Received) => InboundEvent[]>> = {
  merge_request: mergeRequestEvents,
  note: noteEvents,
  push: pushed,
  pipeline: pipelineCompleted,
  build: checkCompleted,
}
