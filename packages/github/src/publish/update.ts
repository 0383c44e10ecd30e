import { type PublishSteps, type PullRequest, VcsError } from '@pullwright/core'
import { type Attempt, bodyOf, type Decision, LATE, type UpdateDecision, unchangedResult } from '@pullwright/core/vcs'
import { nodesOf } from '../graphql/fragments.ts'
import type { Change } from '../graphql/mutations.ts'
import type { OpenPullRequestNode } from '../graphql/publish-plan.ts'
import { type GraphQLProblem, isRace, problemAt } from '../graphql-problem.ts'
import { type Decorated, decorate, postStatuses, settle } from './decorate.ts'
import type { Decoration } from './decoration.ts'
import { createLabelChanges, decorationsFor, labelIds } from './decorations.ts'
import type { Open, Plan } from './plan.ts'
import { commitChange, contextOf, mutate, type Run, viewOf } from './run.ts'
import { openTarget } from './target.ts'
import { mutateText, restoreText } from './write-text.ts'

/** Commit, text and decorations in one mutation; a second where a label is new, or auto-merge waits for the commit. */
export async function update(run: Run, plan: Plan, decision: UpdateDecision<Open>): Promise<Attempt> {
  const { job } = run
  const { from, changes } = decision
  const pullRequest = decision.pullRequest.node
  run.text ??= { id: pullRequest.id, title: pullRequest.title, body: pullRequest.body }
  const commits = changes.length === 0 ? [] : [commitChange(run, plan, from.oid, changes)]
  const newLabels = createLabelChanges(job, plan)
  const before = openTarget(pullRequest, from.oid)
  const all = decorationsFor(job, plan, before, plan.labels)
  const later = all.filter((one) => mustWait(one, commits.length > 0, newLabels.length > 0))
  const now = all.filter((one) => !later.includes(one))
  const text = textChange(run, pullRequest, later.length > 0)
  const decorating = now.flatMap(({ change }) => change ?? [])
  const off = decorating.filter(stopsMerging)
  const sent = [...off, ...commits, ...newLabels, text, ...decorating.filter((change) => !stopsMerging(change))]
  const { answer, newer } = await mutateText(run, 'UpdatePullRequest', sent, DOING, pullRequest.id)
  if (newer !== null) {
    return { kind: 'done', result: unchangedResult(job, plan, viewOf(run, plan, newer), LATE) }
  }
  const failed = problemAt(answer.problems, 'commit')
  if (failed !== null) return afterFailedCommit(run, failed)
  const textProblem = problemAt(answer.problems, 'text')
  if (textProblem !== null) throw run.client.refused(textProblem, contextOf(run, DOING, ['pull_requests=write']))
  const commit = commits.length === 0 ? from.oid : (answer.data.commit?.commit?.oid ?? null)
  if (commit === null) throw new VcsError('unavailable', `GitHub answered no commit for ${job.spec.branch}. Try again.`)
  const target = { ...before, head: commit }
  const first = await settle(run, plan, target, now, answer)
  const statuses = await postStatuses(run, plan, commit)
  const second = later.length === 0 ? null : await finishLater()
  const steps: PublishSteps = {
    branch: { status: 'already' },
    commit: { status: commits.length > 0 ? 'applied' : 'already' },
    pullRequest: { status: 'applied' },
    ...first.steps,
    ...statuses,
    ...second?.steps,
  }
  const merged = first.merged ?? second?.merged ?? null
  const outcome = run.opened === null ? 'updated' : 'created'
  run.opened = null
  const view = viewOf(run, plan, pullRequest, changed(run, commit, pullRequest, steps, merged))
  return { kind: 'done', result: { outcome, pullRequest: view, commit, steps } }

  /** With the labels' ids and the commit's, which only the first mutation could tell. */
  function finishLater(): Promise<Decorated> {
    const ids = labelIds(
      plan,
      newLabels.map(({ alias }) => answer.data[alias] ?? null),
    )
    const waiting = new Set(later.map(({ step }) => step))
    const decorations = decorationsFor(job, plan, target, ids).filter(({ step }) => waiting.has(step))
    return decorate(run, plan, target, decorations, bodyOf(job))
  }
}

/** Everything is written but the decorations: an earlier run stopped there. */
export async function finish(
  run: Run,
  plan: Plan,
  decision: Extract<Decision<Open>, { kind: 'decorate' }>,
): Promise<Attempt> {
  const { job } = run
  const { outcome } = decision
  const pullRequest = decision.pullRequest.node
  const commit = plan.head?.oid ?? pullRequest.headRefOid
  const target = openTarget(pullRequest, commit)
  const newLabels = createLabelChanges(job, plan)
  const made = newLabels.length === 0 ? null : await mutate(run, 'CreateLabels', newLabels, 'create the labels')
  const ids = labelIds(
    plan,
    newLabels.map(({ alias }) => made?.data[alias] ?? null),
  )
  const statuses = await postStatuses(run, plan, commit)
  const decorated = await decorate(run, plan, target, decorationsFor(job, plan, target, ids), bodyOf(job))
  const already = { status: 'already' } as const
  const steps = { branch: already, commit: already, pullRequest: already, ...statuses, ...decorated.steps }
  const view = viewOf(run, plan, pullRequest, changed(run, commit, pullRequest, steps, decorated.merged))
  return { kind: 'done', result: { outcome, pullRequest: view, commit, steps } }
}

const DOING = 'update the pull request'

/** Auto-merge is pinned to the commit, and a label is named by its id: both may only come to be known by this mutation. */
function mustWait({ step, change }: Decoration, commits: boolean, newLabels: boolean): boolean {
  const merges = step === 'autoMerge' && change !== null && !stopsMerging(change)
  return (merges && commits) || (step === 'labels' && newLabels)
}

/** Goes before the commit, which a check may make ready to merge the moment it is there. */
function stopsMerging({ field }: Change): boolean {
  return field === 'disablePullRequestAutoMerge'
}

function textChange({ job }: Run, { id }: OpenPullRequestNode, more: boolean): Change {
  const body = bodyOf(job, more ? { pending: 'updated' } : {})
  return { alias: 'text', field: 'updatePullRequest', input: { pullRequestId: id, title: job.spec.title, body } }
}

/** The text was changed and the commit was not: the text goes back to what the branch holds, unless a second try mends it. */
async function afterFailedCommit(run: Run, problem: GraphQLProblem): Promise<Attempt> {
  const again = { kind: 'again', reason: problem.message } as const
  if (isRace(problem) && run.races === 0) return again
  await restoreText(run)
  if (isRace(problem)) return again
  throw run.client.refused(problem, contextOf(run, DOING, ['contents=write']))
}

function changed(
  { job }: Run,
  commit: string,
  node: OpenPullRequestNode,
  steps: PublishSteps,
  merged: Decorated['merged'],
): Partial<PullRequest> {
  const there = nodesOf(node.labels).map(({ name }) => name)
  const known = new Set(there.map((name) => name.toLowerCase()))
  const added = steps.labels?.status === 'applied' ? job.labels.filter((name) => !known.has(name.toLowerCase())) : []
  return {
    title: job.spec.title,
    body: bodyOf(job),
    head: commit,
    labels: [...there, ...added],
    ...(merged === null ? {} : { state: 'merged' as const, mergeCommit: merged.oid }),
  }
}
