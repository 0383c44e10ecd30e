import type { InboundEvent, JsonObject } from '@pullwright/core'
import { readMarker } from '@pullwright/core/vcs'
import { wholeCommit } from './pull-request-view.ts'
import { nameAt, objectAt, present, textAt } from './source-json.ts'

/** Bitbucket's event keys, https://support.atlassian.com/bitbucket-cloud/docs/event-payloads, in our words. */
const VERBS: Readonly<Record<string, { verb: string; review?: string }>> = {
  'pullrequest:created': { verb: 'opened' },
  'pullrequest:updated': { verb: 'updated' },
  'pullrequest:fulfilled': { verb: 'merged' },
  'pullrequest:rejected': { verb: 'closed' },
  'pullrequest:comment_created': { verb: 'commented' },
  'pullrequest:approved': { verb: 'reviewed', review: 'approved' },
  'pullrequest:unapproved': { verb: 'reviewed', review: 'dismissed' },
  'pullrequest:changes_request_created': { verb: 'reviewed', review: 'changes_requested' },
  'pullrequest:changes_request_removed': { verb: 'reviewed', review: 'dismissed' },
}

export function pullRequestEvent(vcs: string, event: string, payload: JsonObject): InboundEvent | null {
  const meaning = VERBS[event]
  const pullRequest = objectAt(payload, 'pullrequest')
  const repository = textAt(payload, 'repository', 'full_name')
  const { id } = pullRequest
  if (meaning === undefined || repository === '' || typeof id !== 'number') return null
  const occurredAt = Date.parse(textAt(pullRequest, 'updated_on'))
  const marker = readMarker(textAt(pullRequest, 'description') || textAt(pullRequest, 'summary', 'raw'))
  const url = textAt(pullRequest, 'links', 'html', 'href')
  return {
    type: `pull_request.${meaning.verb}`,
    data: {
      vcs,
      repository,
      number: id,
      url,
      title: textAt(pullRequest, 'title'),
      ...present('branch', textAt(pullRequest, 'source', 'branch', 'name')),
      ...present('base', textAt(pullRequest, 'destination', 'branch', 'name')),
      ...present('head', wholeCommit(textAt(pullRequest, 'source', 'commit', 'hash'), marker?.commit)),
      ...(meaning.verb === 'merged' ? present('merge_commit', textAt(pullRequest, 'merge_commit', 'hash')) : {}),
      ...present('actor', nameAt(payload, 'actor')),
      ...present('review_state', meaning.review ?? ''),
      ...(marker === null ? {} : { kind: marker.kind, identity: marker.identity }),
    },
    orderingKey: `${repository}#${id}`,
    // Merged once, however many webhooks tell of it.
    ...(meaning.verb === 'merged' ? { idempotencyKey: `pull_request.merged:${url}` } : {}),
    ...(Number.isNaN(occurredAt) ? {} : { occurredAt }),
  }
}
