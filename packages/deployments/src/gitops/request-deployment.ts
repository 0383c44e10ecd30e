import type { HandlerContext, JsonObject, PullRequest, Vcs } from '@pullwright/core'
import { contentDigest } from '../content-digest.ts'
import { standingReviews } from '../standing-reviews.ts'
import type { Revision } from './gitops-options.ts'
import type { RequestedFile } from './requested-files.ts'

/** How an event says that Git asked for it. */
export const VIA_GIT = 'git'

export interface Asked {
  vcs: string
  repository: string
  number: number
  url: string
  actor: string | null
  pullRequest: PullRequest
  several: boolean
  requested: Pick<RequestedFile, 'file' | 'path'>
  /** Another environment than the file's. */
  environment?: string
}

export interface AskedFor {
  revision: Revision
  expected: Revision | null
  merged: boolean
  /** The revision was made from the file, which names the one before it. */
  edited?: boolean
  /** How often it was asked for before and came to nothing. */
  again?: number
}

/** `deployment.requested`, once for each merge or label. */
export async function request(
  context: HandlerContext,
  asked: Asked & { vcsAdapter: Vcs },
  about: AskedFor,
): Promise<void> {
  const { requested, pullRequest, vcsAdapter, actor } = asked
  const reviews = (await vcsAdapter.reviews?.list(pullRequest, { signal: context.signal })) ?? []
  const approvals = standingReviews(reviews, pullRequest)
    .filter(({ state }) => state === 'approved')
    .map(({ author }) => author)
  const { revision, expected, merged, edited = false, again = 0 } = about
  context.emit(
    'deployment.requested',
    {
      ...placeOf(asked),
      revision,
      ...(requested.file.variant === null ? {} : { variant_name: requested.file.variant }),
      expected_current_revision: expected,
      ...(actor === null ? {} : { requested_by: actor }),
      requested_via: VIA_GIT,
      approvals,
      ...(merged ? { documented: contentDigest(requested.file.config) } : {}),
      // What the file says stays as it was: the next edit of it is made from here.
      ...(edited ? { edited: { path: requested.path, revision: requested.file.revision } } : {}),
      pull_request: { ...linkOf(asked), merged, commit: pullRequest.mergeCommit ?? pullRequest.head },
    },
    { idempotencyKey: `${keyOf(asked, merged)}${again === 0 ? '' : `:again${again}`}` },
  )
}

/** `deployment.blocked`: nothing is deployed, and the pull request will say why. */
export function block(context: HandlerContext, asked: Asked, reason: string): void {
  const { pullRequest, requested } = asked
  context.log.warn({ pullRequest: pullRequest.url, reason }, 'A deployment that Git asked for is blocked')
  context.emit(
    'deployment.blocked',
    {
      ...placeOf(asked),
      revision: requested.file.revision,
      reason,
      requested_via: VIA_GIT,
      pull_request: { ...linkOf(asked), commit: pullRequest.mergeCommit ?? pullRequest.head },
    },
    { idempotencyKey: `${keyOf(asked, pullRequest.state === 'merged')}:blocked` },
  )
}

function placeOf({ requested: { file }, environment }: Asked): JsonObject {
  return { app_name: file.app, environment: environment ?? file.environment }
}

function linkOf({ vcs, repository, number, url, several }: Asked) {
  return { vcs, repository, number, url, ...(several ? { several } : {}) }
}

/** A merge counts once; a label once for each commit it was set on, and again where that came to nothing. */
function keyOf({ vcs, repository, number, pullRequest, requested, environment }: Asked, merged: boolean): string {
  const at = merged ? 'merged' : `labeled:${environment}:${pullRequest.head}`
  return `git:${vcs}:${repository.toLowerCase()}#${number}:${at}:${requested.path}`
}
