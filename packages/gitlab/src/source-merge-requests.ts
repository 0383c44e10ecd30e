import type { InboundEvent, JsonObject, JsonValue } from '@pullwright/core'
import { markerOf } from './merge-request-view.ts'
import { listAt, objectAt, occurred, present, type Received, textAt } from './payload.ts'

/** GitLab's action to the last part of our event's type; `update` takes a closer look. */
const VERBS: Readonly<Record<string, string>> = {
  open: 'opened',
  reopen: 'opened',
  close: 'closed',
  merge: 'merged',
  approval: 'reviewed',
  approved: 'reviewed',
  unapproval: 'reviewed',
  unapproved: 'reviewed',
}

/** What of a merge request makes it another one to read. */
const TELLING = ['title', 'description', 'target_branch', 'draft'] as const

export function mergeRequestEvents(received: Received): InboundEvent[] {
  const { payload } = received
  const one = objectAt(payload.object_attributes)
  const action = textAt(one.action)
  if (action !== 'update') {
    const verb = VERBS[action]
    return verb === undefined ? [] : [toEvent(received, one, verb, verb === 'reviewed' ? reviewOf(action) : {})]
  }
  const changes = objectAt(payload.changes)
  const pushed = textAt(one.oldrev) !== ''
  const updated = pushed || TELLING.some((name) => changes[name] !== undefined)
  return [
    ...(updated ? [toEvent(received, one, 'updated')] : []),
    ...addedLabels(changes).map((label) => toEvent(received, one, 'labeled', { label })),
  ]
}

/** A comment that somebody wrote on a merge request, or in its changes. */
export function noteEvents(received: Received): InboundEvent[] {
  const { payload } = received
  const note = objectAt(payload.object_attributes)
  const fresh = note.action === undefined || note.action === 'create'
  if (note.noteable_type !== 'MergeRequest' || note.system === true || !fresh) return []
  return [toEvent(received, objectAt(payload.merge_request), 'commented')]
}

function toEvent(
  { vcs, repository, payload, actor }: Received,
  one: JsonObject,
  verb: string,
  more: Record<string, JsonValue> = {},
): InboundEvent {
  const number = typeof one.iid === 'number' ? one.iid : 0
  const url = textAt(one.url) || `${textAt(objectAt(payload.project).web_url)}/-/merge_requests/${number}`
  const merged = textAt(one.state) === 'merged'
  return {
    type: `pull_request.${verb}`,
    data: {
      vcs,
      repository,
      number,
      url,
      title: textAt(one.title),
      ...present('branch', textAt(one.source_branch)),
      ...present('base', textAt(one.target_branch)),
      ...present('head', textAt(objectAt(one.last_commit).id)),
      ...present('merge_commit', merged ? mergeCommit(one) : ''),
      ...actor,
      ...more,
      ...markerOf(textAt(one.description)),
    },
    orderingKey: `${repository}#${number}`,
    // Merged once, however many webhooks tell of it.
    ...(verb === 'merged' ? { idempotencyKey: `pull_request.merged:${url}` } : {}),
    ...occurred(textAt(one.updated_at)),
  }
}

/** A fast-forward makes no commit: the base got the head itself. */
function mergeCommit(one: JsonObject): string {
  return textAt(one.merge_commit_sha) || textAt(one.squash_commit_sha) || textAt(objectAt(one.last_commit).id)
}

function reviewOf(action: string): Record<string, JsonValue> {
  return { review_state: action.startsWith('un') ? 'dismissed' : 'approved' }
}

function addedLabels(changes: JsonObject): string[] {
  const { previous, current } = objectAt(changes.labels)
  const before = new Set(titles(previous))
  return titles(current).filter((title) => !before.has(title))
}

function titles(labels: JsonValue | undefined): string[] {
  return listAt(labels).map((label) => textAt(objectAt(label).title))
}
