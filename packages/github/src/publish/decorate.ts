import { isVcsError, type PublishStep, type PublishSteps, type VcsError } from '@pullwright/core'
import type { GraphQLAnswer } from '../client.ts'
import type { Change, MutationData } from '../graphql/mutations.ts'
import { type GraphQLProblem, problemAt } from '../graphql-problem.ts'
import { editLabels } from '../pull-requests.ts'
import { setStatus } from '../statuses.ts'
import { GRAPHQL_METHOD, isReadyToMerge, mergeMethod } from './auto-merge.ts'
import type { Decoration, Target } from './decoration.ts'
import { askReviewers, reviewersToAsk } from './decorations.ts'
import type { Plan } from './plan.ts'
import { contextOf, mutate, type Run } from './run.ts'
import { mutateText } from './write-text.ts'

export interface Decorated {
  steps: PublishSteps
  /** The merge commit, where nothing was left to wait for. */
  merged: { oid: string | null } | null
}

/** Sends what is to be sent, with `body` as the last word on the text. What fails is told in the steps. */
export async function decorate(
  run: Run,
  plan: Plan,
  target: Target,
  decorations: readonly Decoration[],
  body: string | null,
): Promise<Decorated> {
  const changes = decorations.flatMap(({ change }) => (change === null ? [] : [change]))
  if (body !== null) {
    // Before auto-merge, which may merge at once; the others may come in any order.
    const last = changes.at(-1)?.field === 'enablePullRequestAutoMerge' ? changes.length - 1 : changes.length
    changes.splice(last, 0, { alias: 'text', field: 'updatePullRequest', input: { pullRequestId: target.id, body } })
  }
  if (changes.length === 0) return settle(run, plan, target, decorations, { data: {}, problems: [], headers: {} })
  try {
    return await settle(run, plan, target, decorations, await sendTwice(run, changes, target))
  } catch (error) {
    run.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    return { steps: allFailed(decorations, error), merged: null }
  }
}

/** Reads what became of each decoration, and takes the second step where GitHub asks for one. */
export async function settle(
  run: Run,
  plan: Plan,
  target: Target,
  decorations: readonly Decoration[],
  { data, problems }: GraphQLAnswer<MutationData>,
): Promise<Decorated> {
  const steps: PublishSteps = {}
  let merged: Decorated['merged'] = null
  for (const decoration of decorations) {
    const { change, step } = decoration
    const problem = change === null ? null : problemAt(problems, change.alias)
    steps[step] = decoration.settle(problem, change === null ? null : (data[change.alias] ?? null))
    if (decoration.byName?.length && problem === null) {
      const added = await addByName(run, plan, target, decoration.byName)
      steps[step] = bothOf(steps[step], added)
    }
    if (step === 'reviewers' && problem !== null) steps.reviewers = await askOneByOne(run, plan, target, problem)
    if (step === 'autoMerge' && isReadyToMerge(problem)) {
      const outcome = await mergeNow(run, plan, target)
      steps.autoMerge = outcome.step
      merged = outcome.merged
    }
  }
  return { steps, merged }
}

/** Statuses on the new commit; before auto-merge, which a required one may hold. */
export async function postStatuses(run: Run, plan: Plan, sha: string): Promise<PublishSteps> {
  const { statuses = [] } = run.job.spec
  if (statuses.length === 0) return {}
  const problems: string[] = []
  for (const status of statuses) {
    try {
      await setStatus(run.client, plan.repository, sha, status, run.options)
    } catch (error) {
      run.options.signal?.throwIfAborted()
      if (!isVcsError(error)) throw error
      problems.push(`${status.context}: ${error.message}`)
    }
  }
  return { statuses: problems.length === 0 ? { status: 'applied' } : { status: 'failed', error: problems.join('; ') } }
}

/** All of it may be sent again: each part only adds what is not there. */
async function sendTwice(run: Run, changes: readonly Change[], { id }: Target): Promise<GraphQLAnswer<MutationData>> {
  const send = async () => {
    const { answer } = await mutateText(run, 'DecoratePullRequest', changes, 'add labels and reviewers', id)
    return answer
  }
  try {
    return await send()
  } catch (error) {
    if (!isVcsError(error) || error.code !== 'unavailable') throw error
    return send()
  }
}

/** What failed in either has failed. */
function bothOf(first: PublishStep | undefined, second: PublishStep): PublishStep {
  if (first?.status !== 'failed') return second
  const errors = [first.error, second.error].filter((error) => error !== undefined)
  return { status: 'failed', error: errors.join('; ') }
}

/** REST makes a label that is not there, and takes one that is. */
async function addByName(run: Run, plan: Plan, target: Target, names: readonly string[]): Promise<PublishStep> {
  try {
    await editLabels(
      run.client,
      { repository: plan.repository, number: target.number },
      { add: [...names] },
      run.options,
    )
    return { status: 'applied' }
  } catch (error) {
    run.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    return { status: 'failed', error: error.message }
  }
}

/** One who may not review spoils it for all: GitHub is asked for each alone, in one more request. */
async function askOneByOne(run: Run, plan: Plan, target: Target, first: GraphQLProblem): Promise<PublishStep> {
  const { ask, problems } = reviewersToAsk(run.job, plan, target)
  const [only] = ask
  if (ask.length < 2) {
    return { status: 'failed', error: [...problems, `${only?.name}: ${first.message}`].join('; ') }
  }
  const changes = ask.map((reviewer, n) => askReviewers(`reviewer${n}`, target, [reviewer]))
  const answer = await mutate(run, 'RequestReviews', changes, 'request reviews')
  const refused = ask.flatMap(({ name }, n) => {
    const problem = problemAt(answer.problems, `reviewer${n}`)
    return problem === null ? [] : [`${name}: ${problem.message}`]
  })
  const all = [...problems, ...refused]
  return all.length === 0 ? { status: 'applied' } : { status: 'failed', error: all.join('; ') }
}

interface Merging {
  step: PublishStep
  merged: Decorated['merged']
}

async function mergeNow(run: Run, plan: Plan, target: Target): Promise<Merging> {
  const method = mergeMethod(run.job.spec, plan) ?? 'merge'
  const input = { pullRequestId: target.id, mergeMethod: GRAPHQL_METHOD[method], expectedHeadOid: target.head }
  const doing = 'merge the pull request'
  const answer = await mutate(run, 'MergePullRequest', [{ alias: 'merge', field: 'mergePullRequest', input }], doing)
  const problem = problemAt(answer.problems, 'merge')
  if (problem !== null) {
    const { message } = run.client.refused(problem, contextOf(run, doing, ['contents=write']))
    return { step: { status: 'failed', error: message }, merged: null }
  }
  const oid = answer.data.merge?.pullRequest?.mergeCommit?.oid ?? null
  return { step: { status: 'applied' }, merged: { oid } }
}

function allFailed(decorations: readonly Decoration[], error: VcsError): PublishSteps {
  const failed: PublishStep = { status: 'failed', error: error.message }
  const entries = decorations.map((one) => {
    const idle = one.change === null && !one.byName?.length
    return [one.step, idle ? one.settle(null, null) : failed] as const
  })
  return Object.fromEntries(entries)
}
