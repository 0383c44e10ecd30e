import { VcsError } from '../errors.ts'
import type { PullRequestSpec } from '../ports/vcs.ts'
import { checkBranchName } from './branch-name.ts'
import { checkFiles } from './check-files.ts'
import { bodyLimit, checkLength, type ForgeRules } from './forge-rules.ts'
import { blobId, filesDigest } from './git-blob.ts'
import { isOrder, MARKER_ROOM, MAX_IDENTITY, type Marker, type MarkerStyle, markerText, writeMarker } from './marker.ts'

/** A specification that was checked, with what can be worked out before the first request. */
export interface Job {
  spec: PullRequestSpec
  /** The branch asked for; `spec.branch` is another where that one was taken. */
  requested: string
  files: JobFile[]
  /** Digest of the files as they shall stand. */
  digest: string
  markerStyle: MarkerStyle
}

export interface JobFile {
  path: string
  /** Null: to be deleted. */
  content: Uint8Array | null
  /** Git's id of the content; null for a deletion. */
  oid: string | null
}

/** Refuses with `invalid` or `too-large` what the forge would refuse halfway. No request is made. */
export function toJob(spec: PullRequestSpec, rules: ForgeRules): Job {
  checkBranchName(spec.base, 'base', rules.branchNames)
  checkBranchName(spec.branch, 'branch', rules.branchNames)
  if (spec.base === spec.branch) throw invalid(`the branch and its base are both ${JSON.stringify(spec.base)}`)
  checkTexts(spec, rules)
  const files = checkFiles(spec.files, rules).map(({ path, content }) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
    return { path, content: bytes, oid: bytes === null ? null : blobId(bytes) }
  })
  const digest = filesDigest(new Map(files.map(({ path, oid }) => [path, oid])))
  const job: Job = { spec, requested: spec.branch, files, digest, markerStyle: rules.markerStyle }
  // A name that needs many escapes takes more than it seems.
  const largest = { ...markerOf(job), branch: spec.branch, commit: 'f'.repeat(40), pending: 'updated' as const }
  if (Buffer.byteLength(markerText(largest, rules.markerStyle)) + 2 > MARKER_ROOM) {
    throw invalid('the identity and the branch together are too long to be kept in its text')
  }
  return job
}

/** The same job on another branch. */
export function jobOnBranch<J extends Job>(job: J, branch: string): J {
  return { ...job, spec: { ...job.spec, branch } }
}

/**
 * The body as it is sent, with our marker. `pending` while decorations are still to come; `commit` where it is known
 * by then.
 */
export function bodyOf(job: Job, { pending, commit }: Pick<Marker, 'pending' | 'commit'> = {}): string {
  const marker: Marker = {
    ...markerOf(job),
    ...(commit === undefined ? {} : { commit }),
    ...(job.spec.branch === job.requested ? {} : { branch: job.requested }),
    ...(pending === undefined ? {} : { pending }),
  }
  return writeMarker(job.spec.body, marker, job.markerStyle)
}

function markerOf({ spec, digest }: Job): Marker {
  return {
    kind: spec.kind,
    identity: spec.identity,
    files: digest,
    ...(spec.order === undefined ? {} : { order: spec.order }),
  }
}

function checkTexts(spec: PullRequestSpec, rules: ForgeRules): void {
  const { title, body, commitMessage, identity, order, expectedHead, statuses = [] } = spec
  if (title.trim() === '') throw invalid('the title is empty')
  if (commitMessage.trim() === '') throw invalid('the commit message is empty')
  if (identity === '' || identity.length > MAX_IDENTITY) {
    throw invalid(`the identity must have 1 to ${MAX_IDENTITY} characters`)
  }
  if (order !== undefined && !isOrder(order)) {
    throw invalid('the order needs an origin of 1 to 64 letters and digits, and a whole number as its sequence')
  }
  if (expectedHead !== undefined && !/^[0-9a-f]{40}$/i.test(expectedHead)) {
    throw invalid('expectedHead must be a full commit id of 40 hexadecimal digits')
  }
  if (statuses.some(({ context }) => context.trim() === '')) throw invalid('a commit status needs a context')
  checkLength('title', title, { size: rules.title, unit: 'characters' }, rules)
  const note = `${rules.body.size} less ${MARKER_ROOM} for our marker`
  checkLength('body', body, bodyLimit(rules), { forge: rules.forge, note })
}

function invalid(reason: string): VcsError {
  return new VcsError('invalid', `Cannot publish the pull request: ${reason}.`)
}
