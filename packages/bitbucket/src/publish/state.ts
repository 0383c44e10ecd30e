import { type Job, type KnownPullRequest, type PublishState, readMarker, type Tip } from '@pullwright/core/vcs'
import type { AccountBody, PullRequestBody } from '../bodies.ts'
import { nameOf, textOf, wholeCommit } from '../pull-request-view.ts'

/** A pull request with all that Bitbucket told of it. */
export interface Known extends KnownPullRequest {
  source: PullRequestBody
}

export type State = PublishState<Known>

/**
 * Stands for a file that was not looked at. No blob has this id, so the file is taken to differ and is sent: Bitbucket
 * itself leaves out of a commit what is equal. A look would cost a request for each file.
 */
const NOT_READ = ''

export function filesNotRead(job: Job): NonNullable<Tip['files']> {
  return new Map(job.files.map(({ path }) => [path, NOT_READ]))
}

/** Without a look: where our own commit stands, what it holds is known if it is what shall stand there now. */
export function filesAtOurCommit(job: Job, files: string | undefined): NonNullable<Tip['files']> {
  return files === job.digest ? new Map(job.files.map(({ path, oid }) => [path, oid])) : filesNotRead(job)
}

/**
 * `viewer` null: not asked for yet, and then a marker is taken for ours. It would cost a request to be sure, and whoever
 * could forge one may write to the branch already.
 */
export function toKnown(body: PullRequestBody, viewer: string | null): Known {
  const text = textOf(body)
  const marker = readMarker(text)
  return {
    number: body.id,
    base: body.destination.branch?.name ?? '',
    body: text,
    ours: viewer === null ? marker !== null : isAccount(body.author, viewer),
    author: nameOf(body.author),
    head: wholeCommit(body.source.commit?.hash ?? '', marker?.commit),
    mergedAt: body.state === 'MERGED' ? Date.parse(body.updated_on ?? '') : null,
    source: body,
  }
}

export function isAccount(account: AccountBody | null | undefined, uuid: string): boolean {
  return account?.uuid === uuid
}
