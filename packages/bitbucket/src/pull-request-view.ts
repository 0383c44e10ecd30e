import type { PullRequest } from '@pullwright/core'
import { readMarker } from '@pullwright/core/vcs'
import type { AccountBody, PullRequestBody } from './bodies.ts'

const STATES = { OPEN: 'open', MERGED: 'merged', DECLINED: 'closed', SUPERSEDED: 'closed' } as const

/** Bitbucket's pull request in the words of the port. */
export function toPullRequest(repository: string, body: PullRequestBody): PullRequest {
  const text = textOf(body)
  const marker = readMarker(text)
  const head = body.source.commit?.hash ?? ''
  return {
    repository,
    number: body.id,
    url: body.links?.html?.href ?? '',
    title: body.title,
    body: text,
    state: STATES[body.state],
    draft: body.draft ?? false,
    base: body.destination.branch?.name ?? '',
    branch: body.source.branch?.name ?? '',
    // Bitbucket gives twelve digits; where they are those of our own commit, it is known whole.
    head: wholeCommit(head, marker?.commit),
    labels: [],
    author: nameOf(body.author),
    marker: marker === null ? null : { kind: marker.kind, identity: marker.identity },
    headRepository: body.source.repository?.full_name ?? null,
    baseCommit: body.destination.commit?.hash ?? null,
    ...(body.state === 'MERGED'
      ? { mergeCommit: body.merge_commit?.hash ?? null, mergedBy: nameOf(body.closed_by) }
      : {}),
  }
}

export function textOf({ description, summary }: PullRequestBody): string {
  return description ?? summary?.raw ?? ''
}

export function wholeCommit(hash: string, candidate: string | undefined): string {
  return hash !== '' && candidate?.startsWith(hash) === true ? candidate : hash
}

export function nameOf(account: AccountBody | null | undefined): string | null {
  return account?.nickname ?? account?.display_name ?? account?.uuid ?? null
}
