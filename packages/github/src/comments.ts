import type { CallOptions, CommentResult, CommentSpec, PullRequestRef } from '@pullwright/core'
import { checkLength, hasCommentMarker, writeComment } from '@pullwright/core/vcs'
import type { CallContext, GitHubClient, GraphQLAnswer } from './client.ts'
import { nodesOf } from './graphql/fragments.ts'
import { type CommentNode, PULL_REQUEST_COMMENTS, type PullRequestCommentsData } from './graphql/queries.ts'
import { RULES } from './limits.ts'
import { missing } from './missing.ts'
import { repositoryName } from './repository-name.ts'

/**
 * Our comment of this marker, whoever else wrote the marker down: created, edited, or left alone where it is equal.
 * The oldest of ours counts, so that two processes which met settle on one.
 */
export async function upsertComment(
  client: GitHubClient,
  ref: PullRequestRef,
  comment: CommentSpec,
  { signal }: CallOptions = {},
): Promise<CommentResult> {
  const body = writeComment(comment, RULES.markerStyle)
  checkLength('comment', body, RULES.body, RULES)
  const context: CallContext = { repository: ref.repository, doing: `comment on pull request #${ref.number}`, signal }
  const ours = await findComment(client, ref, comment.marker, context)
  if (ours?.body === body) return { outcome: 'unchanged', id: String(ours.fullDatabaseId), url: ours.url }
  const { owner, name } = repositoryName(ref.repository)
  const writing = { ...context, needs: ['pull_requests=write'] }
  const { data } = await client.rest<{ status: number; data: { id: number | bigint; html_url: string } }>(
    (request, common) => {
      const place = { owner, repo: name, body, ...common }
      if (ours !== null) {
        const comment_id = Number(ours.fullDatabaseId)
        return request('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', { ...place, comment_id })
      }
      return request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
        ...place,
        issue_number: ref.number,
      })
    },
    writing,
  )
  return { outcome: ours === null ? 'created' : 'updated', id: String(data.id), url: data.html_url }
}

async function findComment(
  client: GitHubClient,
  ref: PullRequestRef,
  marker: string,
  context: CallContext,
): Promise<CommentNode | null> {
  let after: string | null = null
  for (;;) {
    const variables = { ...repositoryName(ref.repository), number: ref.number, after }
    const answer: GraphQLAnswer<PullRequestCommentsData> = await client.graphql(
      PULL_REQUEST_COMMENTS,
      variables,
      context,
    )
    const page = answer.data.repository?.pullRequest?.comments
    if (!page) throw missing(client, answer.problems, context)
    const ours = nodesOf(page).find((one) => one.viewerDidAuthor && hasCommentMarker(one.body, marker))
    if (ours !== undefined) return ours
    if (!page.pageInfo.hasNextPage || page.pageInfo.endCursor === null) return null
    after = page.pageInfo.endCursor
  }
}
