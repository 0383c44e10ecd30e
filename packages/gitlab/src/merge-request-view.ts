import type { PullRequest } from '@pullwright/core'
import { readMarker } from '@pullwright/core/vcs'

/** A merge request as REST answers it, as far as we look. */
export interface MergeRequestBody {
  iid: number
  title: string
  description: string | null
  state: string
  draft: boolean
  web_url: string
  source_branch: string
  target_branch: string
  sha: string
  author?: { username: string } | null
  labels?: readonly (string | { name: string })[]
  assignees?: readonly { id: number; username: string }[] | null
  reviewers?: readonly { id: number; username: string }[] | null
  merge_commit_sha?: string | null
  squash_commit_sha?: string | null
  merge_user?: { username: string } | null
  merge_when_pipeline_succeeds?: boolean
  source_project_id?: number | null
  target_project_id?: number
  /** `start_sha`: the target branch when the changes were last compared. Lists leave it out. */
  diff_refs?: { start_sha?: string | null } | null
}

/** GitLab's merge request in the words of the port. */
export function toPullRequest(repository: string, one: MergeRequestBody): PullRequest {
  const merged = one.state === 'merged'
  const body = one.description ?? ''
  return {
    repository,
    number: one.iid,
    url: one.web_url,
    title: one.draft ? withoutDraft(one.title) : one.title,
    body,
    state: merged ? 'merged' : one.state === 'closed' ? 'closed' : 'open',
    draft: one.draft,
    base: one.target_branch,
    branch: one.source_branch,
    head: one.sha,
    labels: (one.labels ?? []).map((label) => (typeof label === 'string' ? label : label.name)),
    author: one.author?.username ?? null,
    marker: markerOf(body),
    ...headRepositoryOf(repository, one),
    ...(one.diff_refs?.start_sha ? { baseCommit: one.diff_refs.start_sha } : {}),
    // Without a merge commit, by fast-forward, the base got the head itself.
    ...(merged ? { mergeCommit: one.merge_commit_sha ?? one.squash_commit_sha ?? one.sha } : {}),
    ...(merged ? { mergedBy: one.merge_user?.username ?? null } : {}),
  }
}

/** GitLab names another project by its number only. A fork that is gone has none. */
function headRepositoryOf(
  repository: string,
  { source_project_id: source, target_project_id: target }: MergeRequestBody,
): Pick<PullRequest, 'headRepository'> {
  if (source === null) return { headRepository: null }
  return source === target ? { headRepository: repository } : {}
}

export function markerOf(body: string): PullRequest['marker'] {
  const marker = readMarker(body)
  return marker === null ? null : { kind: marker.kind, identity: marker.identity }
}

/** `Draft:`, `[Draft]` and `(Draft)`: https://docs.gitlab.com/user/project/merge_requests/drafts/ */
function withoutDraft(title: string): string {
  return title.replace(/^\s*(?:draft:|\[draft\]|\(draft\))\s*/i, '')
}
