import { type PullRequestSpec, VcsError } from '@pullwright/core'
import { checkBranchName, parentNames } from '../branch-name.ts'
import { blobId, filesDigest } from '../git-blob.ts'
import { LIMITS } from '../limits.ts'
import { isOrder, MARKER_ROOM, MAX_IDENTITY } from '../marker.ts'
import { repositoryName } from '../repository-name.ts'
import { checkFiles } from './check-files.ts'
import { type Names, namesOf } from './names.ts'

/** A specification that was checked, with what can be worked out before the first request. */
export interface Job extends Names {
  spec: PullRequestSpec
  /** The branch asked for; `spec.branch` is another where that one was taken. */
  requested: string
  owner: string
  name: string
  files: JobFile[]
  /** Digest of the files as they shall stand. */
  digest: string
}

export interface JobFile {
  path: string
  /** Null: to be deleted. */
  content: Uint8Array | null
  /** Git's id of the content; null for a deletion. */
  oid: string | null
}

/** Refuses with `invalid` or `too-large` what GitHub would refuse halfway. No request is made. */
export function toJob(spec: PullRequestSpec): Job {
  const { owner, name } = repositoryName(spec.repository)
  checkBranchName(spec.base, 'base')
  checkBranchName(spec.branch, 'branch')
  if (spec.base === spec.branch) throw invalid(`the branch and its base are both ${JSON.stringify(spec.base)}`)
  checkTexts(spec)
  const files = checkFiles(spec.files).map(({ path, content }) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'utf8') : content
    return { path, content: bytes, oid: bytes === null ? null : blobId(bytes) }
  })
  return {
    spec,
    requested: spec.branch,
    owner,
    name,
    files,
    digest: filesDigest(new Map(files.map(({ path, oid }) => [path, oid]))),
    ...namesOf(spec, owner),
  }
}

/** The same job on another branch. */
export function jobOnBranch(job: Job, branch: string): Job {
  return { ...job, spec: { ...job.spec, branch } }
}

export function jobParents(job: Job): string[] {
  return parentNames(job.spec.branch)
}

function checkTexts(spec: PullRequestSpec): void {
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
  if ([...title].length > LIMITS.title) throw tooLong('title', LIMITS.title)
  const room = LIMITS.body - MARKER_ROOM
  if ([...body].length > room) throw tooLong('body', room, `${LIMITS.body} less ${MARKER_ROOM} for our marker`)
}

function invalid(reason: string): VcsError {
  return new VcsError('invalid', `Cannot publish the pull request: ${reason}.`)
}

function tooLong(what: string, limit: number, note = ''): VcsError {
  const aside = note === '' ? '' : ` (${note})`
  return new VcsError(
    'too-large',
    `The ${what} is longer than the ${limit} characters GitHub takes${aside}. Shorten it.`,
  )
}
