import type { MergeMethod, PublishStep, PullRequestSpec } from '@pullwright/core'
import type { GraphQLProblem } from '../graphql-problem.ts'
import { type Decoration, settled, type Target } from './decoration.ts'
import type { Plan } from './plan.ts'

export const GRAPHQL_METHOD = { merge: 'MERGE', squash: 'SQUASH', rebase: 'REBASE' } as const satisfies Record<
  MergeMethod,
  string
>

/** GitHub's own auto-merge, pinned to the commit we wrote. */
export function autoMergeDecoration(spec: PullRequestSpec, plan: Plan, target: Target): Decoration | null {
  if (spec.autoMerge === false) return switchOff(target)
  const wanted = mergeMethod(spec, plan)
  if (wanted === null) return null
  const method = GRAPHQL_METHOD[wanted]
  const enabled = spec.autoMerge === true ? target.autoMerge !== null : target.autoMerge === method
  if (enabled) return settled('autoMerge', { status: 'already' })
  const obstacle = obstacleTo(wanted, plan, target)
  if (obstacle !== null) return settled('autoMerge', obstacle)
  return {
    step: 'autoMerge',
    change: {
      alias: 'autoMerge',
      field: 'enablePullRequestAutoMerge',
      input: { pullRequestId: target.id, mergeMethod: method, expectedHeadOid: target.head },
    },
    settle: (problem) => (problem === null ? { status: 'applied' } : explain(problem)),
  }
}

/** Whoever switched it on: what is to be merged changed, and must not be merged by itself. */
function switchOff(target: Target): Decoration | null {
  if (target.autoMerge === null) return null
  return {
    step: 'autoMerge',
    change: { alias: 'autoMerge', field: 'disablePullRequestAutoMerge', input: { pullRequestId: target.id } },
    settle: (problem) => {
      if (problem === null) return { status: 'applied' }
      return /Can't disable auto-merge/i.test(problem.message)
        ? { status: 'already' }
        : { status: 'failed', error: problem.message }
    },
  }
}

/** How it shall be merged, where auto-merge is asked for: `true` takes the first method the repository allows. */
export function mergeMethod({ autoMerge }: PullRequestSpec, plan: Plan): MergeMethod | null {
  if (!autoMerge) return null
  return autoMerge === true ? (plan.mergeMethods[0] ?? 'merge') : autoMerge
}

/** Nothing is left to wait for, so GitHub will not wait: the pull request is to be merged directly. */
export function isReadyToMerge(problem: GraphQLProblem | null): boolean {
  return problem !== null && /is in (?:clean|has_hooks) status/i.test(problem.message)
}

function obstacleTo(method: MergeMethod, plan: Plan, target: Target): PublishStep | null {
  if (!plan.autoMergeAllowed) {
    const error = `${plan.repository} does not allow auto-merge. Allow it in the repository's settings.`
    return { status: 'unsupported', error }
  }
  if (!plan.mergeMethods.includes(method)) {
    const error = `${plan.repository} does not allow ${method}. It allows: ${plan.mergeMethods.join(', ')}.`
    return { status: 'failed', error }
  }
  if (target.draft)
    return { status: 'deferred', error: 'The pull request is a draft: GitHub enables auto-merge once it is ready.' }
  return null
}

function explain({ message }: GraphQLProblem): PublishStep {
  if (/already enabled/i.test(message)) return { status: 'already' }
  if (/unstable status/i.test(message)) {
    const error =
      'A check has failed or still runs, and none is required: GitHub would merge at once, so it was not asked to.'
    return { status: 'deferred', error }
  }
  return { status: 'failed', error: message }
}
