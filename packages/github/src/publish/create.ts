import { type PublishSteps, VcsError } from '@pullwright/core'
import { type Attempt, askedSteps, bodyOf, type CreateDecision } from '@pullwright/core/vcs'
import type { GraphQLAnswer } from '../client.ts'
import type { PullRequestNode } from '../graphql/fragments.ts'
import type { Change, MutationData } from '../graphql/mutations.ts'
import { type GraphQLProblem, isDuplicate, isRace, isReplicationLag, problemAt } from '../graphql-problem.ts'
import { cleanUp } from './clean-up.ts'
import { decorate, postStatuses } from './decorate.ts'
import { createLabelChanges, decorationsFor, labelIds } from './decorations.ts'
import type { Plan } from './plan.ts'
import { commitChange, contextOf, mutate, type Run, viewOf, ZERO_OID } from './run.ts'
import { newTarget } from './target.ts'

type Written = { commit: string; labels: Map<string, string | null>; node: PullRequestNode }

/** Branch, commit, labels and pull request in one mutation; the rest, which needs its id, in a second. */
export async function create(run: Run, plan: Plan, decision: CreateDecision): Promise<Attempt> {
  const { job } = run
  const decorated = Object.keys(askedSteps(job.spec, { status: 'applied' })).length > 0
  const written = await write(run, plan, decision, decorated)
  if ('kind' in written) return written
  const { commit, node } = written
  run.opened = null
  const steps: PublishSteps = {
    branch: { status: decision.branch === 'keep' ? 'already' : 'applied' },
    commit: { status: decision.changes.length > 0 ? 'applied' : 'already' },
    pullRequest: { status: 'applied' },
    ...(decorated ? await postStatuses(run, plan, commit) : {}),
  }
  const target = newTarget(node, commit)
  const decorations = decorationsFor(job, plan, target, written.labels)
  const body = bodyOf(job)
  const { steps: more, merged } = await decorate(run, plan, target, decorations, decorated ? body : null)
  const pullRequest = viewOf(run, plan, node, {
    head: commit,
    body,
    labels: more.labels?.status === 'applied' ? [...job.labels] : [],
    ...(merged === null ? {} : { state: 'merged' as const, mergeCommit: merged.oid }),
  })
  return { kind: 'done', result: { outcome: 'created', pullRequest, commit, steps: { ...steps, ...more } } }
}

async function write(run: Run, plan: Plan, decision: CreateDecision, decorated: boolean): Promise<Written | Attempt> {
  const labels = createLabelChanges(run.job, plan)
  const pull = pullChange(run, plan, decorated)
  const moves = decision.branch === 'keep' ? [] : [branchChange(run, plan, decision)]
  const commits = decision.changes.length === 0 ? [] : [commitChange(run, plan, decision.from.oid, decision.changes)]
  const answer = await mutate(run, 'CreatePullRequest', [...moves, ...commits, ...labels, pull], DOING)
  const { data, problems } = answer
  const node = data.pull?.pullRequest ?? null
  const commit = commits.length === 0 ? decision.from.oid : (data.commit?.commit?.oid ?? null)
  const failed = problemAt(problems, 'branch') ?? problemAt(problems, 'commit')
  noteMade(run, plan, decision, answer, commit)
  if (node !== null) run.opened = { id: node.id, number: node.number }
  if (failed !== null || commit === null) return afterFailure(run, plan, failed, commitNeeds(failed), problems)
  const made = labelIds(
    plan,
    labels.map(({ alias }) => data[alias] ?? null),
  )
  if (node !== null) return { commit, labels: made, node }
  return openAgain(run, plan, pull, problemAt(problems, 'pull'), { commit, labels: made })
}

const DOING = 'open the pull request'

/** The commit is there and the pull request is not: GitHub may have been too quick for itself, so ask once more. */
async function openAgain(
  run: Run,
  plan: Plan,
  pull: Change,
  problem: GraphQLProblem | null,
  rest: Omit<Written, 'node'>,
): Promise<Written | Attempt> {
  if (problem === null || !isReplicationLag(problem)) return afterFailure(run, plan, problem, ['pull_requests=write'])
  const answer = await mutate(run, 'OpenPullRequest', [pull], DOING)
  const node = answer.data.pull?.pullRequest ?? null
  if (node !== null) return { ...rest, node }
  const second = problemAt(answer.problems, 'pull')
  if (second === null || !isReplicationLag(second)) return afterFailure(run, plan, second, ['pull_requests=write'])
  const message = `GitHub does not see the commit on ${run.job.spec.branch} yet, so the pull request cannot be opened. Try again in a minute.`
  throw new VcsError('unavailable', message, { retryAfter: 60_000 })
}

/** A race is worth a fresh look, with all that was made left in place; anything else is undone and thrown. */
async function afterFailure(
  run: Run,
  plan: Plan,
  problem: GraphQLProblem | null,
  needs: readonly string[],
  all: readonly GraphQLProblem[] = [],
): Promise<Attempt> {
  const races = problem === null ? [] : [problem, ...all]
  if (races.some((one) => isRace(one) || isDuplicate(one))) return { kind: 'again', reason: problem?.message ?? '' }
  const left = await cleanUp(run, plan)
  if (problem === null) throw new VcsError('unavailable', `GitHub answered nothing about the pull request.${left}`)
  const error = run.client.refused(problem, contextOf(run, DOING, needs))
  if (left === '') throw error
  const { cause, retryAfter, missing, status } = error
  const options = { cause, missing: [...missing], ...(retryAfter === undefined ? {} : { retryAfter }) }
  throw new VcsError(error.code, error.message + left, { ...options, ...(status === undefined ? {} : { status }) })
}

function branchChange({ job }: Run, plan: Plan, { from, branch }: CreateDecision): Change {
  const beforeOid = branch === 'create' ? ZERO_OID : plan.head?.oid
  const update = { name: `refs/heads/${job.spec.branch}`, beforeOid, afterOid: from.oid, force: false }
  return { alias: 'branch', field: 'updateRefs', input: { repositoryId: plan.repositoryId, refUpdates: [update] } }
}

function pullChange({ job }: Run, plan: Plan, decorated: boolean): Change {
  const { spec } = job
  const input = {
    repositoryId: plan.repositoryId,
    baseRefName: spec.base,
    headRefName: spec.branch,
    title: spec.title,
    body: bodyOf(job, decorated ? { pending: 'created' } : {}),
    draft: spec.draft ?? false,
  }
  return { alias: 'pull', field: 'createPullRequest', input }
}

/** What would have to be removed again: a branch that was not there before, at the last commit of ours. */
function noteMade(
  run: Run,
  plan: Plan,
  decision: CreateDecision,
  { problems }: GraphQLAnswer<MutationData>,
  commit: string | null,
): void {
  const { branch } = run.job.spec
  const created = decision.branch === 'create' && problemAt(problems, 'branch') === null
  const ours = created || run.made?.branch === branch
  if (ours) run.made = { branch, oid: commit ?? plan.base.oid }
}

function commitNeeds(problem: GraphQLProblem | null): string[] {
  return problem === null ? [] : ['contents=write']
}
