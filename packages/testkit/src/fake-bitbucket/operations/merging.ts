import { randomUUID } from 'node:crypto'
import { ZERO_OID } from '../../git/bare-repository.ts'
import type { Account, BranchRestriction, MergeStrategy, PullRequest } from '../model/entities.ts'
import { badFields, Refusal } from '../model/refusal.ts'
import type { World } from '../model/world.ts'
import { branchRef, headOf, rememberHeads, tipOf } from './heads.ts'

export interface MergeInput {
  message?: unknown
  merge_strategy?: unknown
  close_source_branch?: unknown
}

/** Null: it was merged. Otherwise the task to ask after. */
export async function mergePullRequest(
  world: World,
  by: Account,
  pullRequest: PullRequest,
  input: MergeInput,
  asynchronous: boolean,
): Promise<string | null> {
  const finish = () => pullRequest.repository.lock(() => mergeNow(world, by, pullRequest, input))
  if (!asynchronous && !world.merging.asynchronous) {
    await finish()
    return null
  }
  const id = randomUUID()
  pullRequest.repository.mergeTasks.set(id, { pending: world.merging.pendingLooks, finish, pullRequest })
  return id
}

async function mergeNow(world: World, by: Account, pullRequest: PullRequest, input: MergeInput): Promise<void> {
  const { repository } = pullRequest
  const strategy = strategyOf(pullRequest, input)
  if (pullRequest.state !== 'OPEN') throw new Refusal(400, 'This pull request is already closed.')
  if (pullRequest.draft) throw new Refusal(400, 'You cannot merge a draft pull request.')
  for (const restriction of restrictionsOn(pullRequest)) await checkRestriction(pullRequest, restriction)
  const [base, head] = [await tipOf(repository, pullRequest.destination), await headOf(pullRequest)]
  const oid =
    base === null ? null : await mergedCommit(world, by, pullRequest, { strategy, message: input.message, base, head })
  if (oid === null || base === null) throw new Refusal(400, "You can't merge until you resolve all merge conflicts.")
  const refused = await repository.git.updateRefs([
    { name: branchRef(pullRequest.destination), after: oid, before: base },
  ])
  if (refused !== null) throw new Refusal(409, 'One of the branches changed while the pull request was being merged.')
  const close = input.close_source_branch ?? pullRequest.closeSourceBranch
  const closing = { state: 'MERGED', mergeCommit: oid, closedBy: by, updatedOn: world.now() } as const
  Object.assign(pullRequest, closing, { sourceCommit: head, destinationCommit: base })
  if (close !== true) return
  await rememberHeads(repository, pullRequest.source)
  await repository.git.updateRefs([{ name: branchRef(pullRequest.source), after: ZERO_OID }])
}

function strategyOf({ repository }: PullRequest, input: MergeInput): MergeStrategy {
  const wanted = input.merge_strategy ?? repository.mergeStrategies[0]
  const found = repository.mergeStrategies.find((one) => one === wanted)
  if (found === undefined) throw badFields({ merge_strategy: [`${String(wanted)} is not an allowed merge strategy.`] })
  return found
}

function restrictionsOn({ repository, destination }: PullRequest): BranchRestriction[] {
  if (!repository.enforcesMergeChecks) return []
  return repository.restrictions.filter(({ pattern }) => matchesPattern(pattern, destination))
}

function matchesPattern(pattern: string, branch: string): boolean {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*+/g, '.*')
  return new RegExp(`^${escaped}$`).test(branch)
}

async function checkRestriction(pullRequest: PullRequest, { kind, value }: BranchRestriction): Promise<void> {
  const approvals = [...pullRequest.participants.values()].filter(({ state }) => state === 'approved').length
  const head = await headOf(pullRequest)
  const passing = pullRequest.repository.statuses.filter(
    (one) => one.commit === head && one.state === 'SUCCESSFUL',
  ).length
  const open = pullRequest.tasks.filter(({ state }) => state === 'UNRESOLVED').length
  const unmet =
    (kind === 'require_approvals_to_merge' && approvals < (value ?? 1)) ||
    (kind === 'require_passing_builds_to_merge' && passing < (value ?? 1)) ||
    (kind === 'require_tasks_to_be_completed' && open > 0)
  if (unmet) throw new Refusal(400, `This pull request has unmet merge checks: ${kind}`)
}

interface Merging {
  strategy: MergeStrategy
  message: unknown
  base: string
  head: string
}

async function mergedCommit(
  world: World,
  by: Account,
  pullRequest: PullRequest,
  { strategy, message, base, head }: Merging,
): Promise<string | null> {
  const { git } = pullRequest.repository
  const forward = await git.isAncestor(base, head)
  if (strategy === 'fast_forward') return forward ? head : null
  const tree = await git.mergeTree(base, head)
  if (tree === null) return null
  const who = { name: by.displayName, email: by.email, at: world.now() }
  const text =
    typeof message === 'string'
      ? message
      : `Merged in ${pullRequest.source} (pull request #${pullRequest.id})\n\n${pullRequest.title}`
  const parents = strategy === 'merge_commit' || strategy === 'rebase_merge' ? [base, head] : [base]
  return git.commitTree({ tree, parents, message: text, author: who, committer: who })
}
