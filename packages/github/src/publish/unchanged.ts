import type { PublishResult } from '@pullwright/core'
import type { PullRequestNode } from '../graphql/fragments.ts'
import type { Plan } from './plan.ts'
import { askedSteps, type Run, viewOf } from './run.ts'

/** Nothing is written: all is as it should be, or `reason` says why not. */
export function unchanged(
  run: Run,
  plan: Plan,
  { pullRequest: node, reason }: { pullRequest: PullRequestNode | null; reason?: string },
): PublishResult {
  const already = { status: 'already' } as const
  return {
    outcome: 'unchanged',
    pullRequest: node === null ? null : viewOf(run, plan, node),
    commit: node === null ? plan.base.oid : node.headRefOid,
    steps: { branch: already, commit: already, pullRequest: already, ...askedSteps(run.job, already) },
    ...(reason === undefined ? {} : { reason }),
  }
}
