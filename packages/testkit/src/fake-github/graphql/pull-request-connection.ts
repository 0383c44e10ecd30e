import type { PullRequest, Repository } from '../model/entities.ts'
import { connection, type PageArguments } from './connection.ts'
import type { Graph } from './context.ts'

export interface PullRequestFilter {
  states?: readonly string[] | null
  headRefName?: string | null
  baseRefName?: string | null
  labels?: readonly string[] | null
  orderBy?: { field: 'CREATED_AT' | 'UPDATED_AT' | 'COMMENTS'; direction: 'ASC' | 'DESC' } | null
}

/** A repository's pull requests, oldest first unless ordered. */
export function pullRequestConnection(
  graph: Graph,
  repository: Repository,
  args: PageArguments & PullRequestFilter,
  name = 'pullRequests',
) {
  const found = repository.pullRequests.filter((pullRequest) => fits(pullRequest, args))
  return connection(name, args, sorted(found, args.orderBy), (pullRequest) => graph.view.pullRequest(pullRequest))
}

function fits(pullRequest: PullRequest, filter: PullRequestFilter): boolean {
  if (filter.states && !filter.states.includes(pullRequest.state)) return false
  if (filter.headRefName != null && filter.headRefName !== pullRequest.headRefName) return false
  if (filter.baseRefName != null && filter.baseRefName !== pullRequest.baseRefName) return false
  return !filter.labels || pullRequest.labels.some((label) => filter.labels?.includes(label.name))
}

function sorted(found: PullRequest[], order: PullRequestFilter['orderBy']): PullRequest[] {
  if (!order) return found
  const key = (one: PullRequest) =>
    order.field === 'COMMENTS' ? one.comments.length : order.field === 'UPDATED_AT' ? one.updatedAt : one.createdAt
  const sign = order.direction === 'DESC' ? -1 : 1
  return [...found].sort((a, b) => sign * (key(a) - key(b) || a.number - b.number))
}
