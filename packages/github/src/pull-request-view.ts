import type { PullRequest } from '@pullwright/core'
import { readMarker } from '@pullwright/core/vcs'
import { nodesOf, type PullRequestNode } from './graphql/fragments.ts'

const STATES = { OPEN: 'open', CLOSED: 'closed', MERGED: 'merged' } as const

/** GitHub's pull request in the words of the port. */
export function toPullRequest(repository: string, node: PullRequestNode): PullRequest {
  const marker = readMarker(node.body)
  return {
    repository,
    number: node.number,
    url: node.url,
    title: node.title,
    body: node.body,
    state: STATES[node.state],
    draft: node.isDraft,
    base: node.baseRefName,
    branch: node.headRefName,
    head: node.headRefOid,
    labels: nodesOf(node.labels).map(({ name }) => name),
    author: node.author?.login ?? null,
    marker: marker === null ? null : { kind: marker.kind, identity: marker.identity },
    headRepository: node.headRepository?.nameWithOwner ?? null,
    baseCommit: node.baseRefOid,
    ...(node.state === 'MERGED'
      ? { mergeCommit: node.mergeCommit?.oid ?? null, mergedBy: loginOf(node.mergedBy) }
      : {}),
  }
}

/** As webhooks name people: GraphQL leaves the end of an app's name out. */
export function loginOf(actor: { __typename: string; login: string } | null): string | null {
  if (actor === null) return null
  return actor.__typename === 'Bot' && !actor.login.endsWith('[bot]') ? `${actor.login}[bot]` : actor.login
}
