import { createHash } from 'node:crypto'
import { VcsError } from '@pullwright/core'
import { filesDigest } from '../git-blob.ts'
import { nodesOf } from '../graphql/fragments.ts'
import type { MergedPullRequestNode, OpenPullRequestNode } from '../graphql/publish-plan.ts'
import { isLater, type Marker, readMarker } from '../marker.ts'
import { type ForeignCommit, foreignCommits } from './authors.ts'
import type { Job, JobFile } from './job.ts'
import type { Plan, Tip } from './plan.ts'

/** What had to be read besides the plan. */
export interface Evidence {
  /** The commits of a branch without an open pull request. */
  branchCommits?: { oids: string[]; foreign: ForeignCommit[] }
  /** Of the foreign commits, the one that changed a file of ours. */
  touched?: { path: string; author: string } | null
}

export type Decision =
  | { kind: 'unchanged'; pullRequest: OpenPullRequestNode | MergedPullRequestNode | null; reason?: string }
  | { kind: 'conflict'; reason: string; pullRequest: OpenPullRequestNode | null }
  /** Our pull request is on another branch, or shall be. */
  | { kind: 'go-to'; branch: string }
  | { kind: 'read-commits' }
  | { kind: 'read-touches'; foreign: ForeignCommit[] }
  | { kind: 'create'; branch: 'create' | 'forward' | 'keep'; from: Tip; changes: JobFile[] }
  | { kind: 'update'; pullRequest: OpenPullRequestNode; from: Tip; changes: JobFile[] }
  /** All is written but the labels, reviewers and so on: an earlier run was interrupted. */
  | { kind: 'decorate'; pullRequest: OpenPullRequestNode; outcome: 'created' | 'updated' }

/**
 * What to do, from what is there. Pure: no request, and the same answer for the same state. Throws `invalid` where
 * git cannot hold a branch of that name.
 */
export function decide(job: Job, plan: Plan, evidence: Evidence, context: { hosted: boolean }): Decision {
  const { spec } = job
  const pullRequest = plan.open.find((one) => one.baseRefName === spec.base) ?? null
  if (spec.expectedHead !== undefined && plan.head?.oid !== spec.expectedHead.toLowerCase()) {
    const there = plan.head === null ? 'does not exist' : `is at ${plan.head.oid}`
    return conflict(`The branch ${spec.branch} ${there}, not at ${spec.expectedHead} as expected.`, pullRequest)
  }
  if (pullRequest !== null && plan.head !== null)
    return decideOpen(job, plan, plan.head, pullRequest, evidence, context)
  return decideWithout(job, plan, evidence)
}

function decideOpen(
  job: Job,
  plan: Plan,
  head: Tip,
  pullRequest: OpenPullRequestNode,
  evidence: Evidence,
  { hosted }: { hosted: boolean },
): Decision {
  const { spec } = job
  const marker = readMarker(pullRequest.body)
  if (pullRequest.viewerDidAuthor && isLater(marker, spec.order)) return late(pullRequest)
  const intact = marker?.files !== undefined && marker.files === filesDigest(head.files)
  if (intact && isSame(marker, job) && pullRequest.viewerDidAuthor) {
    if (marker.pending === undefined) return { kind: 'unchanged', pullRequest }
    return { kind: 'decorate', pullRequest, outcome: marker.pending }
  }
  if (marker === null && !pullRequest.viewerDidAuthor) {
    const author = pullRequest.author?.login ?? 'somebody else'
    return foreignBranch(job, plan, pullRequest, `pull request #${pullRequest.number} of ${author} is open on it`)
  }
  const foreign = foreignCommits(
    nodesOf(pullRequest.commits).map(({ commit }) => commit),
    plan.viewer,
    hosted,
  )
  const policy = spec.onForeignCommits ?? 'append'
  if (foreign.length > 0 && policy !== 'append') {
    return foreignBranch(
      job,
      plan,
      pullRequest,
      `${foreign[0]?.author} committed to it (${foreign[0]?.oid.slice(0, 7)})`,
    )
  }
  if (!intact && foreign.length > 0) {
    if (evidence.touched === undefined) return { kind: 'read-touches', foreign }
    if (evidence.touched !== null) {
      const { author, path } = evidence.touched
      return conflict(`${author} changed ${path} on the branch ${spec.branch}. ${ADVICE}`, pullRequest)
    }
  }
  return { kind: 'update', pullRequest, from: head, changes: changesFrom(job, head) }
}

function decideWithout(job: Job, plan: Plan, evidence: Evidence): Decision {
  const relocated = newestRelocated(plan, job)
  if (relocated !== undefined) return { kind: 'go-to', branch: relocated }
  const settled = alreadyOnBase(job, plan)
  if (settled !== null) return settled
  if (plan.head === null) {
    if (plan.clash !== null) throw clashOfNames(job, plan.clash)
    return { kind: 'create', branch: 'create', from: plan.base, changes: changesFrom(job, plan.base) }
  }
  const [other] = plan.open
  if (other !== undefined) {
    const reason = `pull request #${other.number} from it into ${other.baseRefName} is open`
    return foreignBranch(job, plan, null, reason)
  }
  if (plan.head.contained) {
    const branch = plan.head.oid === plan.base.oid ? 'keep' : 'forward'
    return { kind: 'create', branch, from: plan.base, changes: changesFrom(job, plan.base) }
  }
  return decideLeftover(job, plan, plan.head, evidence)
}

/** A branch with commits of its own and no open pull request: an interrupted run of ours, a closed one, or a stranger's. */
function decideLeftover(job: Job, plan: Plan, head: Tip, { branchCommits }: Evidence): Decision {
  if (branchCommits === undefined) return { kind: 'read-commits' }
  const { foreign, oids } = branchCommits
  if (foreign.length > 0)
    return foreignBranch(job, plan, null, `${foreign[0]?.author} committed to it (${foreign[0]?.oid.slice(0, 7)})`)
  // Merged by squash or rebase: its commits would come up again beside what became of them.
  const merged = plan.merged.find((one) => oids.includes(one.headRefOid))
  if (merged !== undefined) return goBeside(job, plan, `#${merged.number} was merged from it in another form`)
  return { kind: 'create', branch: 'keep', from: head, changes: changesFrom(job, head) }
}

function alreadyOnBase(job: Job, plan: Plan): Decision | null {
  const [last] = [...plan.merged].sort((a, b) => Date.parse(b.mergedAt ?? '') - Date.parse(a.mergedAt ?? ''))
  const onBase = filesDigest(plan.base.files)
  const marker = last === undefined ? null : readMarker(last.body)
  if (last?.viewerDidAuthor && isLater(marker, job.spec.order)) return late(last)
  if (last?.viewerDidAuthor && isSame(marker, job) && marker?.files === onBase) {
    return { kind: 'unchanged', pullRequest: last }
  }
  if (onBase !== job.digest) return null
  const reason = `${job.spec.base} already holds exactly these files, so there is nothing to open a pull request for.`
  return { kind: 'unchanged', pullRequest: null, reason }
}

/** What is there tells of a later deployment. */
function late(pullRequest: OpenPullRequestNode | MergedPullRequestNode): Decision {
  return { kind: 'unchanged', pullRequest, reason: LATE }
}

export const LATE = 'A newer deployment is published already.'

function foreignBranch(job: Job, plan: Plan, pullRequest: OpenPullRequestNode | null, why: string): Decision {
  if (job.spec.onForeignCommits === 'new-branch') return goBeside(job, plan, why)
  return conflict(`The branch ${job.spec.branch} is not only ours: ${why}. ${ADVICE}`, pullRequest)
}

/** To the branch that we took before, so that one pull request stays one; else to a new one. */
function goBeside(job: Job, plan: Plan, why: string): Decision {
  const before = job.spec.branch === job.requested ? newestRelocated(plan, job) : undefined
  const branch = before ?? besideBranch(job)
  if (branch !== job.spec.branch) return { kind: 'go-to', branch }
  return conflict(`The branch ${branch} cannot be used: ${why}. Delete it.`, null)
}

function newestRelocated({ relocated }: Plan, { spec }: Job): string | undefined {
  const [newest] = [...relocated].sort((a, b) => b.number - a.number)
  return newest?.branch === spec.branch ? undefined : newest?.branch
}

const ADVICE = 'Nothing was written. Merge or close that work, or set onForeignCommits to new-branch.'

/** Deterministic, so that the same job finds it again. */
export function besideBranch(job: Job): string {
  const suffix = createHash('sha256').update(job.spec.identity).digest('hex').slice(0, 8)
  return `${job.requested}-${suffix}`
}

function clashOfNames(job: Job, clash: string): VcsError {
  const message = `The branch ${job.spec.branch} cannot stand beside ${clash}: git has one place for both. Choose another name.`
  return new VcsError('invalid', message)
}

function isSame(marker: Marker | null, { spec }: Job): boolean {
  return marker !== null && marker.identity === spec.identity && marker.kind === spec.kind
}

/** Only what differs from what stands there: equal files are left alone, and a file that is not there is not deleted. */
function changesFrom(job: Job, tip: Tip): JobFile[] {
  return job.files.filter(({ path, oid }) => (tip.files.get(path) ?? null) !== oid)
}

function conflict(reason: string, pullRequest: OpenPullRequestNode | null): Decision {
  return { kind: 'conflict', reason, pullRequest }
}
