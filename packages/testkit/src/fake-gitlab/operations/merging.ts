import { ZERO_OID } from '../../git/bare-repository.ts'
import { mayMerge, type Session } from '../model/access.ts'
import type { MergeRequest, User } from '../model/entities.ts'
import { refusal, unauthorized } from '../model/refusal.ts'
import type { World } from '../model/world.ts'
import { personOf } from './create-commit.ts'
import { followBranch } from './follow-refs.ts'

export interface MergeOrder {
  sha: string | null
  autoMerge: boolean
  squash: boolean | null
  removeSourceBranch: boolean | null
}

/** https://docs.gitlab.com/api/merge_requests/#merge-status */
export type MergeStatus =
  | 'mergeable'
  | 'not_open'
  | 'draft_status'
  | 'checking'
  | 'conflict'
  | 'ci_still_running'
  | 'ci_must_pass'
  | 'not_approved'

const WAITABLE: ReadonlySet<MergeStatus> = new Set(['ci_still_running', 'not_approved'])

/** Merges, or has it merged once what is missing is there. 401, 405, 409 and 422 as GitLab documents them. */
export function acceptMergeRequest(world: World, session: Session, mergeRequest: MergeRequest, order: MergeOrder) {
  const { user } = session
  const { project } = mergeRequest
  if (user === null || !mayMerge(user, project, mergeRequest.targetBranch)) throw unauthorized()
  return project.lock(async () => {
    const status = await mergeStatus(mergeRequest)
    if (status === 'checking') mergeRequest.checking -= 1
    const waits = order.autoMerge && (WAITABLE.has(status) || (status === 'mergeable' && runs(mergeRequest)))
    if (!waits && status !== 'mergeable') {
      throw status === 'conflict' ? refusal(422, 'Branch cannot be merged') : refusal(405, '405 Method Not Allowed')
    }
    if (order.sha !== null && order.sha !== mergeRequest.sha) {
      throw refusal(409, `SHA does not match HEAD of source branch: ${mergeRequest.sha}`)
    }
    if (order.squash !== null) mergeRequest.squash = order.squash
    if (order.removeSourceBranch !== null) mergeRequest.removeSourceBranch = order.removeSourceBranch
    if (waits) {
      mergeRequest.autoMerge = true
      mergeRequest.mergedBy = user
    } else await mergeNow(world, user, mergeRequest)
  })
}

/** 401, 405 and 406: https://docs.gitlab.com/api/merge_requests/#cancel-merge-when-pipeline-succeeds */
export function cancelAutoMerge({ user }: Session, mergeRequest: MergeRequest): void {
  if (user === null || !mayMerge(user, mergeRequest.project, mergeRequest.targetBranch)) throw unauthorized()
  if (mergeRequest.state !== 'opened') throw refusal(405, '405 Method Not Allowed')
  if (!mergeRequest.autoMerge) throw refusal(406, '406 Not Acceptable')
  mergeRequest.autoMerge = false
}

/** Merges whatever was only waiting for the last thing that happened. */
export async function runAutoMerges(world: World, mergeRequests: readonly MergeRequest[]): Promise<void> {
  for (const one of mergeRequests) {
    if (!one.autoMerge || one.state !== 'opened') continue
    if ((await mergeStatus(one)) !== 'mergeable' || runs(one)) continue
    await one.project.lock(() => mergeNow(world, one.mergedBy ?? one.author, one))
  }
}

export async function mergeStatus(mergeRequest: MergeRequest): Promise<MergeStatus> {
  const { project } = mergeRequest
  if (mergeRequest.state !== 'opened') return 'not_open'
  if (mergeRequest.checking > 0) return 'checking'
  if (isDraft(mergeRequest.title)) return 'draft_status'
  const target = await project.git.resolve(`refs/heads/${mergeRequest.targetBranch}`)
  if (target === null || (await project.git.mergeTree(target, mergeRequest.sha)) === null) return 'conflict'
  if (mergeRequest.approvals.length < project.requiredApprovals) return 'not_approved'
  const status = pipelineOf(mergeRequest)?.status
  if (project.onlyAllowMergeIfPipelineSucceeds && status !== 'success' && status !== 'skipped') {
    return runs(mergeRequest) ? 'ci_still_running' : 'ci_must_pass'
  }
  return 'mergeable'
}

/** `Draft:`, `[Draft]` and `(Draft)`: https://docs.gitlab.com/user/project/merge_requests/drafts/ */
export function isDraft(title: string): boolean {
  return /^\s*(?:draft:|\[draft\]|\(draft\))/i.test(title)
}

export function pipelineOf({ project, sha }: MergeRequest) {
  return project.pipelines.findLast((pipeline) => pipeline.sha === sha)
}

function runs(mergeRequest: MergeRequest): boolean {
  return ['created', 'pending', 'running'].includes(pipelineOf(mergeRequest)?.status ?? '')
}

async function mergeNow(world: World, by: User, mergeRequest: MergeRequest): Promise<void> {
  const { project, targetBranch, sourceBranch, sha } = mergeRequest
  const { git } = project
  const ref = `refs/heads/${targetBranch}`
  const target = await git.resolve(ref)
  const tree = target === null ? null : await git.mergeTree(target, sha)
  if (target === null || tree === null) throw refusal(422, 'Branch cannot be merged')
  const who = personOf(by, world.now())
  const squash = project.squashOption === 'always' || (mergeRequest.squash && project.squashOption !== 'never')
  const base = { tree, author: who, committer: who }
  const squashed = squash ? await git.commitTree({ ...base, parents: [target], message: mergeRequest.title }) : null
  const source = squashed ?? sha
  const message = `Merge branch '${sourceBranch}' into '${targetBranch}'\n\n${mergeRequest.title}\n\nSee merge request ${project.path}!${mergeRequest.iid}`
  const merged =
    project.mergeMethod === 'ff' ? source : await git.commitTree({ ...base, parents: [target, source], message })
  const refused = await git.updateRefs([{ name: ref, after: merged, before: target }])
  if (refused !== null) throw refusal(422, 'Branch cannot be merged')
  Object.assign(mergeRequest, {
    state: 'merged',
    mergedBy: by,
    mergedAt: world.now(),
    updatedAt: world.now(),
    autoMerge: false,
    mergedOnto: target,
    squashCommitSha: squashed,
    mergeCommitSha: project.mergeMethod === 'ff' ? null : merged,
  })
  await followBranch(world, project, targetBranch)
  if (!mergeRequest.removeSourceBranch && !project.removeSourceBranchAfterMerge) return
  await git.updateRefs([{ name: `refs/heads/${sourceBranch}`, after: ZERO_OID }])
}
