import { iso } from '../../graphql/context.ts'
import { changes, knownMergeState } from '../../graphql/pull-request-view.ts'
import type { Session } from '../../model/access.ts'
import type { Account, IssueComment, Label, PullRequest, Review, Team } from '../../model/entities.ts'
import { nameWithOwner, type World } from '../../model/world.ts'
import { baseOf, headOf } from '../../operations/pull-requests.ts'
import { simpleTeam, simpleUser } from './account-bodies.ts'
import { repositoryBody } from './repository-body.ts'

/** `pull-request-simple`, as it stands in lists. */
export async function simplePullRequest(world: World, session: Session, pullRequest: PullRequest) {
  const { repository, number } = pullRequest
  const api = `${world.apiUrl}/repos/${nameWithOwner(repository)}`
  const url = `${api}/pulls/${number}`
  const web = `${world.webUrl}/${nameWithOwner(repository)}/pull/${number}`
  const [head, base] = [await headOf(pullRequest), await baseOf(pullRequest)]
  const end = (ref: string, sha: string) => ({
    label: `${repository.owner.login}:${ref}`,
    ref,
    sha,
    user: simpleUser(world, repository.owner),
    repo: repositoryBody(world, session, repository),
  })
  return {
    url,
    id: pullRequest.databaseId,
    node_id: pullRequest.id,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: `${api}/issues/${number}`,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${api}/pulls/comments{/number}`,
    comments_url: `${api}/issues/${number}/comments`,
    statuses_url: `${api}/statuses/${head}`,
    number,
    state: pullRequest.state === 'OPEN' ? 'open' : 'closed',
    locked: false,
    title: pullRequest.title,
    user: simpleUser(world, pullRequest.author),
    body: pullRequest.body === '' ? null : pullRequest.body,
    labels: pullRequest.labels.map((label) => labelBody(world, label)),
    milestone: null,
    active_lock_reason: null,
    created_at: iso(pullRequest.createdAt),
    updated_at: iso(pullRequest.updatedAt),
    closed_at: iso(pullRequest.closedAt),
    merged_at: iso(pullRequest.mergedAt),
    merge_commit_sha: pullRequest.mergeCommitOid,
    assignee: pullRequest.assignees[0] === undefined ? null : simpleUser(world, pullRequest.assignees[0]),
    assignees: pullRequest.assignees.map((account) => simpleUser(world, account)),
    ...reviewersBody(world, pullRequest),
    head: fromFork(end(pullRequest.headRefName, head), pullRequest.fork),
    base: end(pullRequest.baseRefName, base),
    _links: linksBody(api, url, web, number, head),
    author_association: 'MEMBER',
    auto_merge: autoMergeBody(world, pullRequest),
    draft: pullRequest.draft,
  }
}

function fromFork<End extends { ref: string; label: string; repo: object }>(end: End, fork: string | null): End {
  if (fork === null) return end
  const [owner = ''] = fork.split('/')
  return { ...end, label: `${owner}:${end.ref}`, repo: { ...end.repo, full_name: fork, fork: true } }
}

/** `pull-request`, one by one. */
export async function fullPullRequest(world: World, session: Session, pullRequest: PullRequest) {
  const state = await knownMergeState(pullRequest)
  const files = await changes(pullRequest)
  const { commits } = await pullRequest.repository.git.compare(await baseOf(pullRequest), await headOf(pullRequest))
  return {
    ...(await simplePullRequest(world, session, pullRequest)),
    merged: pullRequest.state === 'MERGED',
    mergeable: state === 'UNKNOWN' ? null : state !== 'DIRTY',
    rebaseable: state === 'UNKNOWN' ? null : state !== 'DIRTY',
    mergeable_state: state.toLowerCase(),
    merged_by: pullRequest.mergedBy === null ? null : simpleUser(world, pullRequest.mergedBy),
    comments: pullRequest.comments.length,
    review_comments: 0,
    maintainer_can_modify: pullRequest.maintainerCanModify,
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  }
}

export function reviewersBody(world: World, pullRequest: PullRequest) {
  const users = pullRequest.reviewRequests.filter((one): one is Account => one.kind !== 'Team')
  const teams = pullRequest.reviewRequests.filter((one): one is Team => one.kind === 'Team')
  return {
    requested_reviewers: users.map((account) => simpleUser(world, account)),
    requested_teams: teams.map((team) => simpleTeam(world, team)),
  }
}

export function labelBody(world: World, label: Label) {
  return {
    id: label.databaseId,
    node_id: label.id,
    url: `${world.apiUrl}/repos/${nameWithOwner(label.repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: false,
    description: label.description,
  }
}

/** `issue-comment`. */
export function commentBody(world: World, comment: IssueComment) {
  const { repository, number } = comment.pullRequest
  const api = `${world.apiUrl}/repos/${nameWithOwner(repository)}`
  return {
    url: `${api}/issues/comments/${comment.databaseId}`,
    html_url: `${world.webUrl}/${nameWithOwner(repository)}/pull/${number}#issuecomment-${comment.databaseId}`,
    issue_url: `${api}/issues/${number}`,
    id: comment.databaseId,
    node_id: comment.id,
    user: simpleUser(world, comment.author),
    created_at: iso(comment.createdAt),
    updated_at: iso(comment.updatedAt),
    body: comment.body,
    author_association: 'MEMBER',
    performed_via_github_app: null,
  }
}

/** `pull-request-review`. */
export function reviewBody(world: World, pullRequest: PullRequest, review: Review) {
  const path = `${nameWithOwner(pullRequest.repository)}/pull`
  const html = `${world.webUrl}/${path}/${pullRequest.number}#pullrequestreview-${review.databaseId}`
  const url = `${world.apiUrl}/repos/${nameWithOwner(pullRequest.repository)}/pulls/${pullRequest.number}`
  return {
    id: review.databaseId,
    node_id: review.id,
    user: simpleUser(world, review.author),
    body: review.body,
    state: review.state,
    html_url: html,
    pull_request_url: url,
    _links: { html: { href: html }, pull_request: { href: url } },
    submitted_at: iso(review.submittedAt),
    commit_id: review.commitOid,
    author_association: 'MEMBER',
  }
}

function linksBody(api: string, url: string, web: string, number: number, head: string) {
  return {
    self: { href: url },
    html: { href: web },
    issue: { href: `${api}/issues/${number}` },
    comments: { href: `${api}/issues/${number}/comments` },
    review_comments: { href: `${url}/comments` },
    review_comment: { href: `${api}/pulls/comments{/number}` },
    commits: { href: `${url}/commits` },
    statuses: { href: `${api}/statuses/${head}` },
  }
}

function autoMergeBody(world: World, { autoMerge }: PullRequest) {
  if (autoMerge === null) return null
  return {
    enabled_by: simpleUser(world, autoMerge.enabledBy),
    merge_method: autoMerge.method.toLowerCase(),
    commit_title: autoMerge.headline ?? '',
    commit_message: autoMerge.body ?? '',
  }
}
