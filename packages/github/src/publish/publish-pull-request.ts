import type { CallOptions, PublishResult, PullRequestSpec } from '@pullwright/core'
import type { GitHubClient } from '../client.ts'
import { cleanUp } from './clean-up.ts'
import { create } from './create.ts'
import { type Decision, decide, type Evidence } from './decide.ts'
import { jobOnBranch, toJob } from './job.ts'
import type { Plan } from './plan.ts'
import { readBranchCommits, readTouches } from './read-evidence.ts'
import { readPlan } from './read-plan.ts'
import { type Attempt, type Run, viewOf } from './run.ts'
import { unchanged } from './unchanged.ts'
import { finish, update } from './update.ts'

/** Fresh looks after somebody else wrote first; then it is a conflict. */
const MAX_RACES = 1

/**
 * Reads, decides, writes. 3 requests to create a pull request, 2 to update one, 1 where there is nothing to do; 1 more
 * for each commit status; further ones only where somebody else was there before.
 */
export async function publishPullRequest(
  client: GitHubClient,
  spec: PullRequestSpec,
  options: CallOptions = {},
): Promise<PublishResult> {
  const run: Run = { client, job: toJob(spec), options, races: 0, opened: null, made: null, text: null }
  for (;;) {
    const plan = await readPlan(client, run.job, options)
    const decision = await decideWithEvidence(run, plan)
    const attempt = await act(run, plan, decision)
    if (attempt.kind === 'done') return attempt.result
    run.races += 1
    if (run.races > MAX_RACES) return lost(run, plan, attempt.reason)
  }
}

/** What to do here, or on the branch where our pull request is or shall be. */
async function decideWithEvidence(run: Run, plan: Plan): Promise<Decision> {
  const evidence: Evidence = {}
  for (;;) {
    const decision = decide(run.job, plan, evidence, run.client)
    if (decision.kind === 'read-commits') {
      evidence.branchCommits = await readBranchCommits(run.client, run.job, plan, run.options)
    } else if (decision.kind === 'read-touches') {
      const head = plan.head?.oid ?? plan.base.oid
      evidence.touched = await readTouches(run.client, run.job, head, decision.foreign, run.options)
    } else {
      return decision
    }
  }
}

async function act(run: Run, plan: Plan, decision: Decision): Promise<Attempt> {
  switch (decision.kind) {
    case 'create':
      return create(run, plan, decision)
    case 'update':
      return update(run, plan, decision)
    case 'decorate':
      return finish(run, plan, decision)
    case 'go-to':
      return elsewhere(run, decision.branch)
    case 'unchanged':
      return { kind: 'done', result: unchanged(run, plan, decision) }
    case 'conflict': {
      await cleanUp(run, plan)
      return { kind: 'done', result: conflict(run, plan, decision) }
    }
    default:
      throw new Error(`not a decision to act on: ${decision.kind}`)
  }
}

/** To the branch taken before, and from there to a new one: further no way leads. */
async function elsewhere(run: Run, branch: string, ways = 2): Promise<Attempt> {
  run.job = jobOnBranch(run.job, branch)
  const plan = await readPlan(run.client, run.job, run.options)
  const decision = await decideWithEvidence(run, plan)
  if (decision.kind !== 'go-to') return act(run, plan, decision)
  if (ways > 1) return elsewhere(run, decision.branch, ways - 1)
  const reason = `Neither ${run.job.requested} nor ${branch} can be used. Delete the one of them that is not needed.`
  return { kind: 'done', result: conflict(run, plan, { reason, pullRequest: null }) }
}

function conflict(
  run: Run,
  plan: Plan,
  { reason, pullRequest }: Pick<Extract<Decision, { kind: 'conflict' }>, 'reason' | 'pullRequest'>,
): PublishResult {
  return {
    outcome: 'conflict',
    pullRequest: pullRequest === null ? null : viewOf(run, plan, pullRequest),
    commit: plan.head?.oid ?? null,
    steps: {},
    reason,
  }
}

async function lost(run: Run, plan: Plan, said: string): Promise<PublishResult> {
  const left = await cleanUp(run, plan)
  const reason = `Somebody else wrote to ${run.job.spec.branch} at the same time, twice. Try again. GitHub says: ${said}${left}`
  return conflict(run, plan, { reason, pullRequest: null })
}
