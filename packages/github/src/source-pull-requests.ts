import type { InboundEvent, JsonObject } from '@pullwright/core'
import { readMarker } from '@pullwright/core/vcs'
import { actorOf, objectAt, occurred, present, type Received, repositoryOf, textAt } from './source-payload.ts'

/** GitHub's event and action to the last part of our event's type; `closed` takes a closer look. */
const VERBS: Readonly<Record<string, string>> = {
  'pull_request opened': 'opened',
  'pull_request reopened': 'opened',
  'pull_request synchronize': 'updated',
  'pull_request edited': 'updated',
  'pull_request ready_for_review': 'updated',
  'pull_request converted_to_draft': 'updated',
  'pull_request labeled': 'labeled',
  'issue_comment created': 'commented',
  'pull_request_review submitted': 'reviewed',
  'pull_request_review dismissed': 'reviewed',
  'pull_request_review_comment created': 'commented',
}

export function pullRequestEvents(received: Received): InboundEvent[] {
  const { payload, vcs } = received
  const verb = verbOf(received)
  const issue = objectAt(payload.issue)
  // A comment on an issue that is no pull request.
  if (verb === null || (payload.pull_request === undefined && issue.pull_request === undefined)) return []
  const pullRequest = payload.pull_request === undefined ? issue : objectAt(payload.pull_request)
  const repository = repositoryOf(received)
  const { number } = pullRequest
  if (repository === '' || typeof number !== 'number') return []
  const url = textAt(pullRequest.html_url)
  const data = {
    ...{ vcs, repository, number, url },
    title: textAt(pullRequest.title),
    ...branches(pullRequest),
    ...actorOf(received),
    ...present('label', textAt(objectAt(payload.label).name)),
    ...present('review_state', textAt(objectAt(payload.review).state).toLowerCase()),
    ...markerOf(pullRequest),
  }
  return [
    {
      type: `pull_request.${verb}`,
      data,
      orderingKey: `${repository}#${number}`,
      // A pull request is merged once, however many webhooks tell of it.
      ...(verb === 'merged' ? { idempotencyKey: `pull_request.merged:${url}` } : {}),
      ...occurred(textAt(pullRequest.updated_at)),
    },
  ]
}

function verbOf({ event, payload }: Received): string | null {
  const action = textAt(payload.action)
  if (event === 'pull_request' && action === 'closed') {
    return objectAt(payload.pull_request).merged === true ? 'merged' : 'closed'
  }
  return VERBS[`${event} ${action}`] ?? null
}

/** Comments come with the issue, which does not name them. */
function branches(pullRequest: JsonObject): JsonObject {
  const merged = pullRequest.merged === true
  return {
    ...present('branch', textAt(objectAt(pullRequest.head).ref)),
    ...present('base', textAt(objectAt(pullRequest.base).ref)),
    ...present('head', textAt(objectAt(pullRequest.head).sha)),
    ...present('merge_commit', merged ? textAt(pullRequest.merge_commit_sha) : ''),
    ...present('merged_by', merged ? textAt(objectAt(pullRequest.merged_by).login) : ''),
  }
}

function markerOf(pullRequest: JsonObject): JsonObject {
  const marker = readMarker(textAt(pullRequest.body))
  return marker === null ? {} : { kind: marker.kind, identity: marker.identity }
}
