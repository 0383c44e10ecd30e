import { MergeRequestNotes } from '@gitbeaker/rest'
import type { CallOptions, CommentResult, CommentSpec, PullRequestRef } from '@pullwright/core'
import { checkLength, hasCommentMarker, writeComment } from '@pullwright/core/vcs'
import type { GitLabClient } from './client.ts'
import { escapeQuickActions } from './escape-quick-actions.ts'
import { mergeRequestId } from './project-path.ts'
import { contextOf } from './pull-requests.ts'
import { LIMITS, RULES } from './rules.ts'

/**
 * Our comment of this marker, whoever else wrote the marker down: created, edited, or left alone where it is equal.
 * The oldest of ours counts, so that two processes which met settle on one. Looks at all pages.
 */
export async function upsertComment(
  client: GitLabClient,
  ref: PullRequestRef,
  comment: CommentSpec,
  options: CallOptions = {},
): Promise<CommentResult> {
  const { project, iid } = mergeRequestId(ref)
  const body = writeComment({ ...comment, body: escapeQuickActions(comment.body) })
  checkLength('comment', body, { size: LIMITS.comment, unit: 'characters' }, RULES)
  const context = contextOf(ref, 'comment on merge request', ['role: Reporter'], options)
  const { username } = await client.viewer(context)
  const all = await client.rest(context, (to) =>
    new MergeRequestNotes(to).all(project, iid, { perPage: 100, sort: 'asc', orderBy: 'created_at' }),
  )
  const ours = all.find((one) => one.author.username === username && hasCommentMarker(one.body, comment.marker))
  const result = (outcome: CommentResult['outcome'], id: number) => ({
    outcome,
    id: String(id),
    url: `${client.host}/${project}/-/merge_requests/${iid}#note_${id}`,
  })
  if (ours === undefined) {
    const made = await client.rest(context, (to) => new MergeRequestNotes(to).create(project, iid, body))
    return result('created', made.id)
  }
  if (ours.body === body) return result('unchanged', ours.id)
  await client.rest(context, (to) => new MergeRequestNotes(to).edit(project, iid, ours.id, { body }))
  return result('updated', ours.id)
}
