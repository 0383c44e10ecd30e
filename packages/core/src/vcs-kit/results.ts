import type { PublishResult, PublishStep, PublishSteps, PullRequest, PullRequestSpec } from '../ports/vcs.ts'
import type { PublishState } from './publish-state.ts'

/** Nothing is written: all is as it should be, or `reason` says why not. */
export function unchangedResult(
  { spec }: { spec: PullRequestSpec },
  { base }: Pick<PublishState, 'base'>,
  pullRequest: PullRequest | null,
  reason?: string,
): PublishResult {
  const already = { status: 'already' } as const
  return {
    outcome: 'unchanged',
    pullRequest,
    commit: pullRequest === null ? base.oid : pullRequest.head,
    steps: { branch: already, commit: already, pullRequest: already, ...askedSteps(spec, already) },
    ...(reason === undefined ? {} : { reason }),
  }
}

export function conflictResult(
  { head }: Pick<PublishState, 'head'>,
  reason: string,
  pullRequest: PullRequest | null,
): PublishResult {
  return { outcome: 'conflict', pullRequest, commit: head?.oid ?? null, steps: {}, reason }
}

/** Each decoration that was asked for, with the same state. */
export function askedSteps(spec: PullRequestSpec, step: PublishStep): PublishSteps {
  const { labels, reviewers, teamReviewers, assignees, statuses } = spec
  return {
    ...(labels?.length ? { labels: step } : {}),
    ...(reviewers?.length || teamReviewers?.length ? { reviewers: step } : {}),
    ...(assignees?.length ? { assignees: step } : {}),
    ...(spec.autoMerge ? { autoMerge: step } : {}),
    ...(statuses?.length ? { statuses: step } : {}),
  }
}

/** The state of a step where some names went wrong, each with its reason, and the others did not. */
export function stepOf(done: 'applied' | 'already', problems: readonly string[]): PublishStep {
  return problems.length === 0 ? { status: done } : { status: 'failed', error: problems.join('; ') }
}
