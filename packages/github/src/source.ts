import { type InboundEvent, type InboundSource, type JsonObject, type JsonValue, verifyWebhook } from '@pullwright/core'
import { readMarker } from '@pullwright/core/vcs'

/** GitHub's webhooks about pull requests. Everything else, its `ping` too, is acknowledged and means nothing. */
export function githubSource(name: string, secret: string | readonly string[]): InboundSource {
  return {
    name,
    verify({ headers, body }) {
      const verdict = verifyWebhook('github', { secrets: secret, headers, body })
      return verdict.ok ? { ok: true } : { ok: false, reason: verdict.reason }
    },
    deliveryId: ({ headers }) => headers['x-github-delivery'] || null,
    normalise({ headers, json }) {
      const payload = objectAt(json)
      const verb = verbOf(headers['x-github-event'] ?? '', payload)
      const event = verb === null ? null : toEvent(name, verb, payload)
      return event === null ? [] : [event]
    },
  }
}

/** GitHub's event and action to the last part of our event's type. */
const VERBS: Readonly<Record<string, string>> = {
  'pull_request opened': 'opened',
  'pull_request reopened': 'opened',
  'pull_request synchronize': 'updated',
  'pull_request edited': 'updated',
  'pull_request labeled': 'labeled',
  'issue_comment created': 'commented',
  'pull_request_review submitted': 'reviewed',
  'pull_request_review_comment created': 'commented',
}

function verbOf(event: string, payload: JsonObject): string | null {
  if (event === 'pull_request' && payload.action === 'closed') {
    return objectAt(payload.pull_request).merged === true ? 'merged' : 'closed'
  }
  return VERBS[`${event} ${textAt(payload.action)}`] ?? null
}

function toEvent(vcs: string, verb: string, payload: JsonObject): InboundEvent | null {
  const issue = objectAt(payload.issue)
  // A comment on an issue that is no pull request.
  if (payload.pull_request === undefined && issue.pull_request === undefined) return null
  const pullRequest = payload.pull_request === undefined ? issue : objectAt(payload.pull_request)
  const repository = textAt(objectAt(payload.repository).full_name)
  const { number } = pullRequest
  if (repository === '' || typeof number !== 'number') return null
  const occurredAt = Date.parse(textAt(pullRequest.updated_at))
  return {
    type: `pull_request.${verb}`,
    data: {
      vcs,
      repository,
      number,
      url: textAt(pullRequest.html_url),
      title: textAt(pullRequest.title),
      ...branches(pullRequest),
      ...present('actor', textAt(objectAt(payload.sender).login)),
      ...present('label', textAt(objectAt(payload.label).name)),
      ...present('review_state', textAt(objectAt(payload.review).state)),
      ...markerOf(pullRequest),
    },
    orderingKey: `${repository}#${number}`,
    ...(Number.isNaN(occurredAt) ? {} : { occurredAt }),
  }
}

/** Comments come with the issue, which does not name them. */
function branches(pullRequest: JsonObject): JsonObject {
  return {
    ...present('branch', textAt(objectAt(pullRequest.head).ref)),
    ...present('base', textAt(objectAt(pullRequest.base).ref)),
    ...present('head', textAt(objectAt(pullRequest.head).sha)),
    ...present('merge_commit', pullRequest.merged === true ? textAt(pullRequest.merge_commit_sha) : ''),
  }
}

function markerOf(pullRequest: JsonObject): JsonObject {
  const marker = readMarker(textAt(pullRequest.body))
  return marker === null ? {} : { kind: marker.kind, identity: marker.identity }
}

function present(name: string, value: string): JsonObject {
  return value === '' ? {} : { [name]: value }
}

function objectAt(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function textAt(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : ''
}
