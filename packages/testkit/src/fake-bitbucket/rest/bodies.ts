import type { GitCommit } from '../../git/parse-commit.ts'
import type { Account, BuildStatus, Comment, Issue, PullRequest, Repository, Task } from '../model/entities.ts'
import { fullName, type World } from '../model/world.ts'
import { headOf, tipOf } from '../operations/heads.ts'
import { renderHtml } from '../render-html.ts'

const time = (at: number) => new Date(at).toISOString().replace('Z', '+00:00')
const content = (raw: string) => ({ type: 'rendered', raw, markup: 'markdown', html: renderHtml(raw) })
const link = (href: string) => ({ href })

export function accountBody(account: Account) {
  return {
    type: account.type,
    uuid: account.uuid,
    account_id: account.accountId,
    nickname: account.nickname,
    display_name: account.displayName,
  }
}

export function repositoryBody(world: World, repository: Repository) {
  return {
    type: 'repository',
    uuid: repository.uuid,
    full_name: fullName(repository),
    name: repository.slug,
    slug: repository.slug,
    is_private: repository.private,
    has_issues: repository.hasIssues,
    scm: 'git',
    mainbranch: { type: 'branch', name: repository.mainBranch },
    workspace: { type: 'workspace', slug: repository.workspace },
    created_on: time(repository.createdOn),
    links: { html: link(`${world.webUrl}/${fullName(repository)}`) },
  }
}

export async function branchBody(world: World, repository: Repository, name: string, oid: string) {
  const commit = await repository.git.commitAt(oid)
  const [first] = repository.mergeStrategies
  return {
    type: 'branch',
    name,
    target: commit === null ? { type: 'commit', hash: oid } : commitBody(world, repository, commit),
    merge_strategies: repository.mergeStrategies,
    default_merge_strategy: first ?? 'merge_commit',
    links: { html: link(`${world.webUrl}/${fullName(repository)}/branch/${name}`) },
  }
}

export function commitBody(world: World, repository: Repository, commit: GitCommit) {
  const account = [...world.accounts.values()].find(({ email }) => email === commit.author.email)
  return {
    type: 'commit',
    hash: commit.oid,
    date: time(commit.author.at),
    message: commit.message,
    parents: commit.parents.map((hash) => ({ type: 'commit', hash })),
    author: {
      type: 'author',
      raw: `${commit.author.name} <${commit.author.email}>`,
      ...(account === undefined ? {} : { user: accountBody(account) }),
    },
    links: { html: link(`${world.webUrl}/${fullName(repository)}/commits/${commit.oid}`) },
  }
}

/** Lists leave reviewers and participants out unless `fields` asks for them. */
export async function pullRequestBody(world: World, pullRequest: PullRequest) {
  const { repository } = pullRequest
  const open = pullRequest.state === 'OPEN'
  const source = open ? await headOf(pullRequest) : pullRequest.sourceCommit
  const destination = open ? await tipOf(repository, pullRequest.destination) : pullRequest.destinationCommit
  const self = `${world.apiUrl}/repositories/${fullName(repository)}/pullrequests/${pullRequest.id}`
  const end = (branch: string, hash: string | null) => ({
    branch: { name: branch },
    commit: hash === null ? null : { type: 'commit', hash: hash.slice(0, 12) },
    repository: { type: 'repository', full_name: fullName(repository), uuid: repository.uuid },
  })
  return {
    type: 'pullrequest',
    id: pullRequest.id,
    title: pullRequest.title,
    description: pullRequest.description,
    summary: content(pullRequest.description),
    state: pullRequest.state,
    draft: pullRequest.draft,
    author: accountBody(pullRequest.author),
    source: end(pullRequest.source, source),
    destination: end(pullRequest.destination, destination),
    merge_commit:
      pullRequest.mergeCommit === null ? null : { type: 'commit', hash: pullRequest.mergeCommit.slice(0, 12) },
    closed_by: pullRequest.closedBy === null ? null : accountBody(pullRequest.closedBy),
    close_source_branch: pullRequest.closeSourceBranch,
    reason: pullRequest.reason,
    comment_count: pullRequest.comments.filter(({ deleted }) => !deleted).length,
    task_count: pullRequest.tasks.length,
    created_on: time(pullRequest.createdOn),
    updated_on: time(pullRequest.updatedOn),
    reviewers: pullRequest.reviewers.map(accountBody),
    participants: participantBodies(pullRequest),
    links: { self: link(self), html: link(`${world.webUrl}/${fullName(repository)}/pull-requests/${pullRequest.id}`) },
  }
}

function participantBodies(pullRequest: PullRequest) {
  const reviewers = new Set(pullRequest.reviewers.map(({ uuid }) => uuid))
  const idle = pullRequest.reviewers.filter(({ uuid }) => !pullRequest.participants.has(uuid))
  const all = [...idle.map((account) => ({ account, state: null, at: 0 })), ...pullRequest.participants.values()]
  return all.map(({ account, state, at }) => ({
    type: 'participant',
    user: accountBody(account),
    role: reviewers.has(account.uuid) ? 'REVIEWER' : 'PARTICIPANT',
    approved: state === 'approved',
    state,
    participated_on: at === 0 ? null : time(at),
  }))
}

export function commentBody(world: World, pullRequest: PullRequest, comment: Comment) {
  const { repository, id } = pullRequest
  const raw = comment.deleted ? '' : comment.raw
  return {
    type: 'pullrequest_comment',
    id: comment.id,
    content: content(raw),
    user: accountBody(comment.author),
    deleted: comment.deleted,
    created_on: time(comment.createdOn),
    updated_on: time(comment.updatedOn),
    pullrequest: { type: 'pullrequest', id, title: pullRequest.title },
    links: { html: link(`${world.webUrl}/${fullName(repository)}/pull-requests/${id}/_/diff#comment-${comment.id}`) },
  }
}

export function taskBody(task: Task) {
  return {
    id: task.id,
    state: task.state,
    content: content(task.raw),
    creator: accountBody(task.author),
    created_on: time(task.createdOn),
    ...(task.comment === null ? {} : { comment: { id: task.comment } }),
  }
}

export function statusBody(world: World, repository: Repository, status: BuildStatus) {
  const { commit, createdOn, updatedOn, ...rest } = status
  const self = `${world.apiUrl}/repositories/${fullName(repository)}/commit/${commit}/statuses/build/${status.key}`
  return {
    type: 'build',
    ...rest,
    commit: { type: 'commit', hash: commit },
    created_on: time(createdOn),
    updated_on: time(updatedOn),
    links: { self: link(self) },
  }
}

export function issueBody(world: World, repository: Repository, issue: Issue) {
  return {
    type: 'issue',
    id: issue.id,
    title: issue.title,
    content: content(issue.raw),
    state: issue.state,
    reporter: accountBody(issue.reporter),
    created_on: time(issue.createdOn),
    links: { html: link(`${world.webUrl}/${fullName(repository)}/issues/${issue.id}`) },
  }
}

export function diffstatBodies(
  files: readonly { path: string; status: string; additions: number; deletions: number }[],
) {
  return files.map(({ path, status, additions, deletions }) => ({
    type: 'diffstat',
    status: status === 'A' ? 'added' : status === 'D' ? 'removed' : 'modified',
    lines_added: additions,
    lines_removed: deletions,
    old: status === 'A' ? null : { type: 'commit_file', path, escaped_path: encodeURI(path) },
    new: status === 'D' ? null : { type: 'commit_file', path, escaped_path: encodeURI(path) },
  }))
}
