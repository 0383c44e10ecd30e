import type { CheckRun, PullRequest, Status } from '../model/entities.ts'
import { protectionOf } from './branch-rules.ts'
import { ownersApproved } from './code-owners.ts'
import { baseOf, headOf } from './pull-requests.ts'

/** The part of `MergeStateStatus` that the fake can be in. */
export type MergeState = 'UNKNOWN' | 'DRAFT' | 'DIRTY' | 'BLOCKED' | 'UNSTABLE' | 'CLEAN'

export async function mergeState(pullRequest: PullRequest): Promise<MergeState> {
  const { repository } = pullRequest
  if (pullRequest.state !== 'OPEN') return 'UNKNOWN'
  const [base, head] = [await baseOf(pullRequest), await headOf(pullRequest)]
  if ((await repository.git.mergeTree(base, head)) === null) return 'DIRTY'
  if (pullRequest.draft) return 'DRAFT'
  const protection = protectionOf(repository, pullRequest.baseRefName)
  const contexts = latestContexts(pullRequest, head)
  if (protection !== null) {
    const decision = await reviewDecision(pullRequest)
    if (decision !== null && decision !== 'APPROVED') return 'BLOCKED'
    if (!protection.requiredChecks.every((name) => contexts.get(name) === 'success')) return 'BLOCKED'
  }
  return [...contexts.values()].every((state) => state === 'success') ? 'CLEAN' : 'UNSTABLE'
}

/** What reviews that the base asks for amount to; null where it asks for none. */
export async function reviewDecision(
  pullRequest: PullRequest,
): Promise<'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | null> {
  const protection = protectionOf(pullRequest.repository, pullRequest.baseRefName)
  const { requiredApprovals = 0, requireCodeOwnerReviews = false } = protection ?? {}
  if (requiredApprovals === 0 && !requireCodeOwnerReviews) return null
  const given = approvals(pullRequest)
  if (given < 0) return 'CHANGES_REQUESTED'
  const [base, head] = [await baseOf(pullRequest), await headOf(pullRequest)]
  const owned = !requireCodeOwnerReviews || (await ownersApproved(pullRequest, base, head))
  return given >= requiredApprovals && owned ? 'APPROVED' : 'REVIEW_REQUIRED'
}

/** The newest status of each context, newest first. */
export function latestStatuses(statuses: readonly Status[], sha: string): Status[] {
  const latest = new Map<string, Status>()
  for (const status of statuses) {
    if (status.sha !== sha) continue
    latest.delete(status.context)
    latest.set(status.context, status)
  }
  return [...latest.values()].reverse()
}

function latestContexts(pullRequest: PullRequest, head: string): Map<string, 'success' | 'pending' | 'failure'> {
  const { statuses, checkRuns } = pullRequest.repository
  const states = new Map<string, 'success' | 'pending' | 'failure'>()
  for (const status of latestStatuses(statuses, head)) {
    states.set(status.context, status.state === 'error' ? 'failure' : status.state)
  }
  for (const run of checkRuns) if (run.sha === head) states.set(run.name, checkState(run))
  return states
}

function checkState(run: CheckRun): 'success' | 'pending' | 'failure' {
  if (run.status !== 'COMPLETED') return 'pending'
  return ['SUCCESS', 'NEUTRAL', 'SKIPPED'].includes(run.conclusion ?? '') ? 'success' : 'failure'
}

/** Each reviewer's last word counts; one that asks for changes outweighs every approval. */
function approvals(pullRequest: PullRequest): number {
  const last = new Map<string, string>()
  for (const review of pullRequest.reviews) {
    if (review.state !== 'COMMENTED') last.set(review.author.id, review.state)
  }
  const words = [...last.values()]
  return words.includes('CHANGES_REQUESTED') ? -1 : words.filter((word) => word === 'APPROVED').length
}
