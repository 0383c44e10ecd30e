import type { Account, PullRequest, Repository, Team } from '../model/entities.ts'
import { nameWithOwner, type World } from '../model/world.ts'
import { baseOf, headOf } from '../operations/pull-requests.ts'

/** A pull request as it stands, for assertions. */
export interface PullRequestSnapshot {
  id: string
  number: number
  url: string
  title: string
  body: string
  state: 'open' | 'merged' | 'closed'
  draft: boolean
  base: string
  head: string
  baseOid: string
  headOid: string
  author: string
  labels: string[]
  assignees: string[]
  /** Logins asked for a review. */
  reviewers: string[]
  /** Slugs asked for a review. */
  teamReviewers: string[]
  autoMerge: { method: string; enabledBy: string } | null
  mergeCommit: string | null
  comments: { id: number; author: string; body: string }[]
  reviews: { author: string; state: string }[]
}

export interface StatusSnapshot {
  sha: string
  context: string
  state: string
  description: string | null
  targetUrl: string | null
  creator: string
}

export interface LabelSnapshot {
  name: string
  color: string
  description: string | null
}

export interface CheckRunSnapshot {
  sha: string
  name: string
  status: string
  conclusion: string | null
  app: string
  title: string | null
  summary: string | null
  detailsUrl: string | null
  annotations: { path: string; line: number; level: string; title: string | null; message: string }[]
}

export interface IssueSnapshot {
  number: number
  title: string
  body: string
  state: 'open' | 'closed'
  author: string
  labels: string[]
}

export interface DeploymentSnapshot {
  id: string
  sha: string
  ref: string
  environment: string
  task: string
  payload: string
  production: boolean
  /** Oldest first. */
  statuses: { state: string; description: string; environmentUrl: string }[]
}

export interface CommitSnapshot {
  oid: string
  message: string
  author: { name: string; email: string }
  committer: { name: string; email: string }
  parents: string[]
}

const STATE = { OPEN: 'open', MERGED: 'merged', CLOSED: 'closed' } as const

export async function snapshotOf(world: World, pullRequest: PullRequest): Promise<PullRequestSnapshot> {
  const order = pullRequest.autoMerge
  return {
    id: pullRequest.id,
    number: pullRequest.number,
    url: `${world.webUrl}/${nameWithOwner(pullRequest.repository)}/pull/${pullRequest.number}`,
    title: pullRequest.title,
    body: pullRequest.body,
    state: STATE[pullRequest.state],
    draft: pullRequest.draft,
    base: pullRequest.baseRefName,
    head: pullRequest.headRefName,
    baseOid: await baseOf(pullRequest),
    headOid: await headOf(pullRequest),
    author: pullRequest.author.login,
    labels: pullRequest.labels.map((label) => label.name),
    assignees: pullRequest.assignees.map((account) => account.login),
    reviewers: pullRequest.reviewRequests.filter(isAccount).map((account) => account.login),
    teamReviewers: pullRequest.reviewRequests.filter(isTeam).map((team) => team.slug),
    autoMerge: order === null ? null : { method: order.method, enabledBy: order.enabledBy.login },
    mergeCommit: pullRequest.mergeCommitOid,
    comments: pullRequest.comments.map((one) => ({ id: one.databaseId, author: one.author.login, body: one.body })),
    reviews: pullRequest.reviews.map((review) => ({ author: review.author.login, state: review.state })),
  }
}

export function checkRunsOf({ checkRuns }: Repository): CheckRunSnapshot[] {
  return checkRuns.map(({ sha, name, status, conclusion, app, output, detailsUrl, annotations }) => ({
    ...{ sha, name, status, conclusion, app: app.login, title: output.title, summary: output.summary, detailsUrl },
    annotations: annotations.map(({ path, start_line: line, annotation_level: level, title, message }) => ({
      ...{ path, line, level, title, message },
    })),
  }))
}

export function deploymentsOf({ deployments }: Repository): DeploymentSnapshot[] {
  return deployments.map(({ databaseId, sha, ref, environment, task, payload, production, statuses }) => ({
    ...{ id: String(databaseId), sha, ref, environment, task, payload, production },
    statuses: statuses.map(({ state, description, environmentUrl }) => ({ state, description, environmentUrl })),
  }))
}

export function issuesOf({ issues }: Repository): IssueSnapshot[] {
  return issues.map(({ number, title, body, state, author, labels }) => ({
    ...{ number, title, body, author: author.login },
    state: state === 'OPEN' ? 'open' : 'closed',
    labels: labels.map(({ name }) => name),
  }))
}

export function statusesOf(repository: Repository, sha?: string): StatusSnapshot[] {
  return repository.statuses
    .filter((status) => sha === undefined || status.sha === sha)
    .map(({ sha: of, context, state, description, targetUrl, creator }) => ({
      sha: of,
      context,
      state,
      description,
      targetUrl,
      creator: creator.login,
    }))
}

/** Newest first. */
export async function commitsOf(repository: Repository, ref: string, limit: number): Promise<CommitSnapshot[]> {
  const oid = await repository.git.resolve(ref)
  if (oid === null) return []
  const commits = await Promise.all(
    (await repository.git.log(oid)).slice(0, limit).map((one) => repository.git.commitAt(one)),
  )
  return commits.flatMap((commit) => {
    if (commit === null) return []
    const { message, author, committer, parents } = commit
    const name = (who: typeof author) => ({ name: who.name, email: who.email })
    return [{ oid: commit.oid, message, author: name(author), committer: name(committer), parents }]
  })
}

/** Every file of a commit, path to text. */
export async function filesOf(repository: Repository, ref: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const path of await repository.git.paths(ref)) {
    files[path] = (await repository.git.read(`${ref}:${path}`))?.data.toString('utf8') ?? ''
  }
  return files
}

function isTeam(one: Account | Team): one is Team {
  return one.kind === 'Team'
}

function isAccount(one: Account | Team): one is Account {
  return one.kind !== 'Team'
}
