import { type ForeignCommit, readMarker, writeMarker } from '@pullwright/core/vcs'
import type { MergeRequestBody } from '../merge-request-view.ts'
import type { GitLabJob } from './job.ts'
import { type CommitNode, type MergeRequestNode, nodesOf, type UserNode } from './plan-query.ts'
import type { Known } from './state.ts'

/** A merge request as the plan found it, as far as a decision goes. */
export function toKnown(job: GitLabJob, node: MergeRequestNode, viewer: string): Known {
  const ours = node.author?.username === viewer
  const foreign = node.commits === undefined ? undefined : foreignCommits(nodesOf(node.commits), viewer)
  return {
    number: Number(node.iid),
    base: node.targetBranch,
    body: withPending(job, node),
    ours,
    author: node.author?.username ?? null,
    head: node.diffHeadSha ?? '',
    mergedAt: node.mergedAt === null ? null : Date.parse(node.mergedAt),
    node: asBody(node),
    ...(foreign === undefined ? {} : { foreign }),
  }
}

/** A run that ended before it saw to auto-merge is finished by the next: that it is not as it was asked for shows it. */
function withPending({ spec }: GitLabJob, { description, autoMergeEnabled, draft }: MergeRequestNode): string {
  const marker = readMarker(description ?? '')
  const open = spec.autoMerge ? !autoMergeEnabled && !draft : spec.autoMerge === false && autoMergeEnabled
  if (!open || marker === null) return description ?? ''
  return writeMarker('', { ...marker, pending: 'updated' })
}

/** Not by our account. GitLab names whose address a commit carries; one of nobody it knows is not ours. */
function foreignCommits(commits: readonly CommitNode[], viewer: string): ForeignCommit[] {
  return commits
    .filter(({ author }) => author?.username !== viewer)
    .map(({ sha, author, authorName, authorEmail }) => ({
      oid: sha,
      author: author?.username ?? authorName ?? authorEmail ?? 'somebody unknown',
    }))
}

function asBody(node: MergeRequestNode): MergeRequestBody {
  const people = (users: UserNode[]) => users.map(({ id, username }) => ({ id: numberOf(id), username }))
  return {
    iid: Number(node.iid),
    title: node.title,
    description: node.description,
    state: node.state,
    draft: node.draft,
    web_url: node.webUrl ?? '',
    source_branch: node.sourceBranch,
    target_branch: node.targetBranch,
    sha: node.diffHeadSha ?? '',
    author: node.author,
    labels: nodesOf(node.labels).map(({ title }) => title),
    assignees: people(nodesOf(node.assignees)),
    reviewers: people(nodesOf(node.reviewers)),
    merge_commit_sha: node.mergeCommitSha,
    merge_when_pipeline_succeeds: node.autoMergeEnabled,
  }
}

/** `gid://gitlab/User/1`, as REST knows it. */
export function numberOf(id: string): number {
  return Number(id.slice(id.lastIndexOf('/') + 1))
}
