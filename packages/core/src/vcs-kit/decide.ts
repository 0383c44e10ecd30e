import { createHash } from 'node:crypto'
import { VcsError } from '../errors.ts'
import { filesDigest } from './git-blob.ts'
import type { Job, JobFile } from './job.ts'
import { isLater, type Marker, readMarker } from './marker.ts'
import type { Decision, Evidence, ForeignCommit, Head, KnownPullRequest, PublishState, Tip } from './publish-state.ts'

/**
 * What to do, from what is there. Pure: no request, and the same answer for the same state. What is not known yet and
 * matters is asked for by a `read-…` decision. Throws `invalid` where git cannot hold a branch of that name.
 */
export function decide<Open extends KnownPullRequest, Merged extends KnownPullRequest>(
  job: Job,
  state: PublishState<Open, Merged>,
  evidence: Evidence,
): Decision<Open, Merged> {
  const { spec } = job
  const { head } = state
  const pullRequest = state.open.find((one) => one.base === spec.base) ?? null
  if (spec.expectedHead !== undefined && head?.oid !== spec.expectedHead.toLowerCase()) {
    const there = head === null ? 'does not exist' : `is at ${head.oid}`
    return conflict(`The branch ${spec.branch} ${there}, not at ${spec.expectedHead} as expected.`, pullRequest)
  }
  if (pullRequest !== null && head !== null) return decideOpen(job, state, { head, pullRequest, evidence })
  return decideWithout(job, state, evidence)
}

function decideOpen<Open extends KnownPullRequest, Merged extends KnownPullRequest>(
  job: Job,
  state: PublishState<Open, Merged>,
  { head, pullRequest, evidence }: { head: Head; pullRequest: Open; evidence: Evidence },
): Decision<Open, Merged> {
  const { ours } = pullRequest
  const marker = readMarker(pullRequest.body)
  if (ours && isLater(marker, job.spec.order)) return { kind: 'unchanged', pullRequest, reason: LATE }
  const intact = isIntact(marker, head)
  if (intact === null) return { kind: 'read-files', at: 'head' }
  if (intact && isSame(marker, job) && ours) {
    if (marker?.pending === undefined) return { kind: 'unchanged', pullRequest }
    return { kind: 'decorate', pullRequest, outcome: marker.pending }
  }
  if (marker === null && !ours) {
    const author = pullRequest.author ?? 'somebody else'
    return foreignBranch(job, state, pullRequest, `pull request #${pullRequest.number} of ${author} is open on it`)
  }
  const obstacle = foreignObstacle(job, state, { pullRequest, intact, evidence })
  if (obstacle !== null) return obstacle
  const changes = changesFrom(job, head)
  return changes === null ? { kind: 'read-files', at: 'head' } : { kind: 'update', pullRequest, from: head, changes }
}

/** Commits of others matter where the caller will have none, and where our files are not as we left them. */
function foreignObstacle<Open extends KnownPullRequest, Merged extends KnownPullRequest>(
  job: Job,
  state: PublishState<Open, Merged>,
  { pullRequest, intact, evidence }: { pullRequest: Open; intact: boolean; evidence: Evidence },
): Decision<Open, Merged> | null {
  const append = (job.spec.onForeignCommits ?? 'append') === 'append'
  if (append && intact) return null
  const foreign = pullRequest.foreign ?? evidence.commits?.foreign
  if (foreign === undefined) return { kind: 'read-commits' }
  const [first] = foreign
  if (first === undefined) return null
  if (!append) return foreignBranch(job, state, pullRequest, committed(first))
  if (evidence.touched === undefined) return { kind: 'read-touches', foreign }
  if (evidence.touched === null) return null
  const { author, path } = evidence.touched
  return conflict(`${author} changed ${path} on the branch ${job.spec.branch}. ${ADVICE}`, pullRequest)
}

function decideWithout<Open extends KnownPullRequest, Merged extends KnownPullRequest>(
  job: Job,
  state: PublishState<Open, Merged>,
  evidence: Evidence,
): Decision<Open, Merged> {
  const { base, head, clash, open } = state
  const relocated = newestRelocated(state, job)
  if (relocated !== undefined) return { kind: 'go-to', branch: relocated }
  const changes = changesFrom(job, base)
  if (changes === null) return { kind: 'read-files', at: 'base' }
  const settled = alreadyOnBase(job, state)
  if (settled !== null) return settled
  if (head === null) {
    if (clash !== null) throw clashOfNames(job, clash)
    return { kind: 'create', branch: 'create', from: base, changes }
  }
  const [other] = open
  if (other !== undefined) {
    return foreignBranch<never>(job, state, null, `pull request #${other.number} from it into ${other.base} is open`)
  }
  const commits = evidence.commits
  const contained = head.oid === base.oid || (head.contained ?? (commits && commits.oids.length === 0))
  if (contained === undefined) return { kind: 'read-commits' }
  if (contained) return { kind: 'create', branch: head.oid === base.oid ? 'keep' : 'forward', from: base, changes }
  return decideLeftover(job, state, head, evidence)
}

/** A branch with commits of its own and no open pull request: an interrupted run of ours, a closed one, or a stranger's. */
function decideLeftover<Open extends KnownPullRequest, Merged extends KnownPullRequest>(
  job: Job,
  state: PublishState<Open, Merged>,
  head: Head,
  { commits }: Evidence,
): Decision<Open, Merged> {
  if (commits === undefined) return { kind: 'read-commits' }
  const { foreign, oids } = commits
  const [first] = foreign
  if (first !== undefined) return foreignBranch<never>(job, state, null, committed(first))
  // Merged by squash or rebase: its commits would come up again beside what became of them.
  const merged = state.merged.find((one) => oids.includes(one.head))
  if (merged !== undefined) return goBeside(job, state, `#${merged.number} was merged from it in another form`)
  const changes = changesFrom(job, head)
  if (changes === null) return { kind: 'read-files', at: 'head' }
  return { kind: 'create', branch: 'keep', from: head, changes }
}

function alreadyOnBase<Open extends KnownPullRequest, Merged extends KnownPullRequest>(
  job: Job,
  { base, merged }: PublishState<Open, Merged>,
): Decision<Open, Merged> | null {
  const [last] = [...merged].sort((a, b) => (b.mergedAt ?? 0) - (a.mergedAt ?? 0))
  const onBase = filesDigest(base.files ?? new Map())
  const marker = last === undefined ? null : readMarker(last.body)
  if (last?.ours && isLater(marker, job.spec.order)) return { kind: 'unchanged', pullRequest: last, reason: LATE }
  if (last?.ours && isSame(marker, job) && marker?.files === onBase) return { kind: 'unchanged', pullRequest: last }
  if (onBase !== job.digest) return null
  const reason = `${job.spec.base} already holds exactly these files, so there is nothing to open a pull request for.`
  return { kind: 'unchanged', pullRequest: null, reason }
}

/** The reason of a result, where what is there tells of a later deployment. */
export const LATE = 'A newer deployment is published already.'

function foreignBranch<Open extends KnownPullRequest>(
  job: Job,
  state: Pick<PublishState, 'relocated'>,
  pullRequest: Open | null,
  why: string,
): Decision<Open, never> {
  if (job.spec.onForeignCommits === 'new-branch') return goBeside(job, state, why)
  return conflict(`The branch ${job.spec.branch} is not only ours: ${why}. ${ADVICE}`, pullRequest)
}

/** To the branch that we took before, so that one pull request stays one; else to a new one. */
function goBeside(job: Job, state: Pick<PublishState, 'relocated'>, why: string): Decision<never, never> {
  const before = job.spec.branch === job.requested ? newestRelocated(state, job) : undefined
  const branch = before ?? besideBranch(job)
  if (branch !== job.spec.branch) return { kind: 'go-to', branch }
  return conflict<never>(`The branch ${branch} cannot be used: ${why}. Delete it.`, null)
}

function newestRelocated({ relocated }: Pick<PublishState, 'relocated'>, { spec }: Job): string | undefined {
  const [newest] = [...relocated].sort((a, b) => b.number - a.number)
  return newest?.branch === spec.branch ? undefined : newest?.branch
}

const ADVICE = 'Nothing was written. Merge or close that work, or set onForeignCommits to new-branch.'

/** The branch to take where the one asked for is not only ours. Deterministic, so that the same job finds it again. */
export function besideBranch(job: Job): string {
  const suffix = createHash('sha256').update(job.spec.identity).digest('hex').slice(0, 8)
  return `${job.requested}-${suffix}`
}

function clashOfNames(job: Job, clash: string): VcsError {
  const message = `The branch ${job.spec.branch} cannot stand beside ${clash}: git has one place for both. Choose another name.`
  return new VcsError('invalid', message)
}

/** Whether the branch still holds our files as we left them; null where that takes a look at them. */
function isIntact(marker: Marker | null, head: Head): boolean | null {
  if (marker?.files === undefined) return false
  if (marker.commit === head.oid) return true
  return head.files === undefined ? null : marker.files === filesDigest(head.files)
}

function isSame(marker: Marker | null, { spec }: Job): boolean {
  return marker !== null && marker.identity === spec.identity && marker.kind === spec.kind
}

/** Only what differs from what stands there: equal files are left alone, and a file that is not there is not deleted. */
function changesFrom(job: Job, { files }: Tip): JobFile[] | null {
  return files === undefined ? null : job.files.filter(({ path, oid }) => (files.get(path) ?? null) !== oid)
}

function committed({ author, oid }: ForeignCommit): string {
  return `${author} committed to it (${oid.slice(0, 7)})`
}

function conflict<Open extends KnownPullRequest>(reason: string, pullRequest: Open | null): Decision<Open, never> {
  return { kind: 'conflict', reason, pullRequest }
}
