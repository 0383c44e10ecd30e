import { demand, hasRole, type Session } from '../model/access.ts'
import type { Account, MergeMethodName, PullRequest, Repository } from '../model/entities.ts'
import { Refusal } from '../model/refusal.ts'
import { nameWithOwner, type World } from '../model/world.ts'
import { protectionOf } from './branch-rules.ts'
import { personOf } from './commit-on-branch.ts'
import { followRefs } from './follow-refs.ts'
import { mergeState } from './merge-state.ts'
import { baseOf, headOf } from './pull-requests.ts'
import { rebaseCommits } from './rebase-commits.ts'

export interface MergeOrder {
  method: MergeMethodName
  expectedHead?: string | null | undefined
  headline?: string | null | undefined
  body?: string | null | undefined
}

export async function mergePullRequest(world: World, session: Session, pullRequest: PullRequest, order: MergeOrder) {
  demand(session, pullRequest.repository, { permissions: ['contents'], level: 'write', action: 'MergePullRequest' })
  return pullRequest.repository.lock(() => mergeNow(world, session.account ?? pullRequest.author, pullRequest, order))
}

/** Auto-merge waits for what is missing: GitHub refuses it where nothing is. */
export async function enableAutoMerge(world: World, session: Session, pullRequest: PullRequest, order: MergeOrder) {
  const { repository } = pullRequest
  const action = 'EnablePullRequestAutoMerge'
  demand(session, repository, { permissions: ['pull_requests'], level: 'write', action })
  demand(session, repository, { permissions: ['contents'], level: 'write', action })
  if (!repository.allowAutoMerge) throw autoMergeRefusal('Auto merge is not allowed for this repository')
  if (!repository.mergeMethods.includes(order.method)) throw autoMergeRefusal(methodRefused(order.method))
  if (pullRequest.state !== 'OPEN') throw autoMergeRefusal('Pull request is closed')
  const head = await headOf(pullRequest)
  if (order.expectedHead && order.expectedHead !== head) throw changedHead()
  const state = await mergeState(pullRequest)
  if (state === 'CLEAN') throw autoMergeRefusal('Pull request is in clean status')
  if (state === 'UNSTABLE') throw autoMergeRefusal('Pull request is in unstable status')
  if (state === 'DIRTY') throw autoMergeRefusal('Pull request is in dirty status')
  if (state === 'DRAFT') throw autoMergeRefusal('Pull request is in draft status')
  pullRequest.autoMerge = {
    method: order.method,
    enabledBy: session.account ?? pullRequest.author,
    enabledAt: world.now(),
    headline: order.headline ?? null,
    body: order.body ?? null,
  }
}

/** After a status, a check or a review: merges what was only waiting for it. */
export async function runAutoMerges(world: World, repository: Repository): Promise<void> {
  for (const pullRequest of repository.pullRequests) {
    const order = pullRequest.autoMerge
    if (order === null || pullRequest.state !== 'OPEN') continue
    const state = await mergeState(pullRequest)
    if (state !== 'CLEAN' && state !== 'UNSTABLE') continue
    await repository.lock(() => mergeNow(world, order.enabledBy, pullRequest, order))
  }
}

async function mergeNow(world: World, by: Account, pullRequest: PullRequest, order: MergeOrder): Promise<string> {
  await refuseMerge(by, pullRequest, order)
  const { repository } = pullRequest
  const [base, head] = [await baseOf(pullRequest), await headOf(pullRequest)]
  const oid = await mergedCommit(world, by, pullRequest, order, base, head)
  const ref = `refs/heads/${pullRequest.baseRefName}`
  const refused = oid === null ? 'conflict' : await repository.git.updateRefs([{ name: ref, after: oid, before: base }])
  if (refused !== null || oid === null)
    throw notMergeable('Base branch was modified. Review and try the merge again.', 405)
  Object.assign(pullRequest, {
    state: 'MERGED',
    mergeCommitOid: oid,
    mergedBy: by,
    mergedAt: world.now(),
    closedAt: world.now(),
    updatedAt: world.now(),
    headOid: head,
    baseOid: base,
    autoMerge: null,
  })
  await followRefs(world, repository, [ref])
  if (repository.deleteBranchOnMerge) {
    const gone = `refs/heads/${pullRequest.headRefName}`
    await repository.git.updateRefs([{ name: gone, after: '0'.repeat(40) }])
    await followRefs(world, repository, [gone])
  }
  return oid
}

async function refuseMerge(by: Account, pullRequest: PullRequest, order: MergeOrder): Promise<void> {
  if (pullRequest.state !== 'OPEN') throw notMergeable('Pull Request is not mergeable', 405)
  if (order.expectedHead && order.expectedHead !== (await headOf(pullRequest))) throw changedHead()
  const { repository } = pullRequest
  if (!repository.mergeMethods.includes(order.method)) throw notMergeable(methodRefused(order.method), 405)
  const state = await mergeState(pullRequest)
  if (state === 'DRAFT') throw notMergeable('Pull Request is still a draft', 405)
  if (state === 'DIRTY') throw notMergeable('Pull Request is not mergeable', 405)
  const bypassed = protectionOf(repository, pullRequest.baseRefName)?.adminsBypass && hasRole(by, repository, 'admin')
  if (state === 'BLOCKED' && !bypassed) throw notMergeable(blockedBecause(pullRequest), 405)
}

function blockedBecause(pullRequest: PullRequest): string {
  const protection = protectionOf(pullRequest.repository, pullRequest.baseRefName)
  const approvals = protection?.requiredApprovals ?? 0
  if (approvals > 0) {
    return `At least ${approvals} approving review is required by reviewers with write access.`
  }
  if (protection?.requireCodeOwnerReviews) return 'Waiting on code owner review.'
  return `Required status check "${protection?.requiredChecks[0] ?? ''}" is expected.`
}

async function mergedCommit(
  world: World,
  by: Account,
  pullRequest: PullRequest,
  order: MergeOrder,
  base: string,
  head: string,
): Promise<string | null> {
  const { git } = pullRequest.repository
  const committer = { name: 'GitHub', email: 'noreply@github.com', at: world.now() }
  if (order.method === 'REBASE') return rebaseCommits(git, base, head, committer)
  const tree = await git.mergeTree(base, head)
  if (tree === null) return null
  const squash = order.method === 'SQUASH'
  const name = `${nameWithOwner(pullRequest.repository).split('/')[0]}/${pullRequest.headRefName}`
  const headline = squash
    ? `${pullRequest.title} (#${pullRequest.number})`
    : `Merge pull request #${pullRequest.number} from ${name}`
  const body = order.body ?? (squash ? '' : pullRequest.title)
  return git.commitTree({
    tree,
    parents: squash ? [base] : [base, head],
    message: [order.headline ?? headline, body].filter((part) => part !== '').join('\n\n'),
    author: personOf(by, world.now()),
    committer,
  })
}

const METHOD_REFUSED: Record<MergeMethodName, string> = {
  MERGE: 'Merge commits are not allowed on this repository.',
  SQUASH: 'Squash merges are not allowed on this repository.',
  REBASE: 'Rebase merges are not allowed on this repository.',
}

function methodRefused(method: MergeMethodName): string {
  return METHOD_REFUSED[method]
}

/** GitHub puts the words "Pull request " before its own reason. */
function autoMergeRefusal(reason: string): Refusal {
  return new Refusal('UNPROCESSABLE', `Pull request ${reason}`)
}

function notMergeable(message: string, status: number): Refusal {
  return new Refusal('UNPROCESSABLE', message, { status, restMessage: message })
}

function changedHead(): Refusal {
  return notMergeable('Head branch was modified. Review and try the merge again.', 409)
}
