import {
  type CallOptions,
  type CommentResult,
  type CommentSpec,
  isVcsError,
  type PullRequestRef,
} from '@pullwright/core'
import { checkLength, hasCommentMarker, writeComment } from '@pullwright/core/vcs'
import type { CommentBody } from './bodies.ts'
import type { BitbucketClient, CallContext } from './client.ts'
import { contextOf, PULL_REQUEST } from './pull-requests.ts'
import { pullRequestName } from './repository-name.ts'
import { RULES } from './rules.ts'
import type { Viewer } from './viewer.ts'

const COMMENTS = `${PULL_REQUEST}/comments`

/**
 * Our comment of this marker, whoever else wrote the marker down: created, edited, or left alone where it is equal. The
 * oldest of ours counts, so that two processes which met settle on one. Where the credential may not ask who it is, the
 * forge tells what is ours: only who wrote a comment can edit it.
 */
export async function upsertComment(
  client: BitbucketClient,
  viewer: Viewer,
  ref: PullRequestRef,
  comment: CommentSpec,
  { signal }: CallOptions = {},
): Promise<CommentResult> {
  const raw = writeComment(comment, RULES.markerStyle)
  checkLength('comment', raw, RULES.body, RULES)
  const context = contextOf(ref, 'comment on pull request', ['pullrequest'], signal)
  const place = pullRequestName(ref)
  const all = await client.all<CommentBody>(`GET ${COMMENTS}`, { ...place, pagelen: 100, sort: 'created_on' }, context)
  const marked = all.filter((one) => one.deleted !== true && hasCommentMarker(one.content?.raw ?? '', comment.marker))
  const us = marked.length === 0 ? null : await viewer.find(context)
  for (const one of marked.filter(({ user }) => us === null || user?.uuid === us)) {
    if (one.content?.raw?.trimEnd() === raw) return result('unchanged', one)
    const edited = await edit(client, { ...place, comment_id: one.id }, raw, context)
    if (edited !== null) return result('updated', edited)
  }
  const call = { parameters: place, json: { content: { raw } } }
  return result('created', (await client.call<CommentBody>(`POST ${COMMENTS}`, call, context)).data)
}

/** Null: it is not ours after all. */
async function edit(
  client: BitbucketClient,
  parameters: Record<string, string | number>,
  raw: string,
  context: CallContext,
): Promise<CommentBody | null> {
  try {
    const call = { parameters, json: { content: { raw } } }
    return (await client.call<CommentBody>(`PUT ${COMMENTS}/{comment_id}`, call, context)).data
  } catch (error) {
    if (isVcsError(error) && error.status === 403) return null
    throw error
  }
}

function result(outcome: CommentResult['outcome'], { id, links }: CommentBody): CommentResult {
  return { outcome, id: String(id), url: links?.html?.href ?? null }
}
