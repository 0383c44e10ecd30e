import {
  type CallOptions,
  isVcsError,
  type LabelEdit,
  type PullRequest,
  type PullRequestQuery,
  type PullRequestRef,
  VcsError,
} from '@pullwright/core'
import type { CommitBody, PullRequestBody } from './bodies.ts'
import type { BitbucketClient, CallContext, Parameters } from './client.ts'
import { toPullRequest } from './pull-request-view.ts'
import { pullRequestName, repositoryName } from './repository-name.ts'

export const PULL_REQUESTS = '/repositories/{workspace}/{repo_slug}/pullrequests'
export const PULL_REQUEST = `${PULL_REQUESTS}/{pull_request_id}`

const STATES = {
  open: ['OPEN'],
  merged: ['MERGED'],
  closed: ['DECLINED', 'SUPERSEDED'],
  all: ['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED'],
}

/** Newest first, all pages. `state` defaults to open. Those from forks are left out where a branch is asked for. */
export async function findPullRequests(
  client: BitbucketClient,
  repository: string,
  { state = 'open', branch, base, limit }: PullRequestQuery,
  { signal }: CallOptions = {},
): Promise<PullRequest[]> {
  const context: CallContext = { repository, doing: 'list the pull requests', needs: ['pullrequest'], signal }
  const filters = [
    ...(branch === undefined ? [] : [`source.branch.name = ${quoted(branch)}`]),
    ...(base === undefined ? [] : [`destination.branch.name = ${quoted(base)}`]),
  ]
  const parameters: Parameters = {
    ...repositoryName(repository),
    state: STATES[state],
    sort: '-created_on',
    pagelen: Math.min(limit ?? 50, 50),
    ...(filters.length === 0 ? {} : { q: filters.join(' AND ') }),
  }
  const found = await client.all<PullRequestBody>(`GET ${PULL_REQUESTS}`, parameters, context, limit)
  const own = branch === undefined ? found : found.filter((one) => isFrom(one, repository))
  return own.map((one) => toPullRequest(repository, one))
}

/** Of this repository and no fork of it. */
export function isFrom({ source }: PullRequestBody, repository: string): boolean {
  return source.repository?.full_name?.toLowerCase() === repository.toLowerCase()
}

/** A text in Bitbucket's filter language. */
export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}

/** One request; one more where the head is not a commit of ours, and for a merge commit: Bitbucket shortens them. */
export async function getPullRequest(
  client: BitbucketClient,
  repository: string,
  number: number,
  options: CallOptions = {},
): Promise<PullRequest> {
  const ref = { repository, number }
  const view = toPullRequest(repository, await readPullRequest(client, ref, options))
  const head = await wholeHead(client, ref, view.head, options)
  if (view.mergeCommit == null) return { ...view, head }
  return { ...view, head, mergeCommit: await wholeHead(client, ref, view.mergeCommit, options) }
}

export async function readPullRequest(
  client: BitbucketClient,
  ref: PullRequestRef,
  { signal }: CallOptions,
): Promise<PullRequestBody> {
  const context = contextOf(ref, 'read pull request', ['pullrequest'], signal)
  const { data } = await client.call<PullRequestBody>(
    `GET ${PULL_REQUEST}`,
    { parameters: pullRequestName(ref) },
    context,
  )
  return data
}

async function wholeHead(
  client: BitbucketClient,
  ref: PullRequestRef,
  head: string,
  { signal }: CallOptions,
): Promise<string> {
  if (head.length !== 12) return head
  const parameters = { ...repositoryName(ref.repository), commit: head }
  const context = contextOf(ref, 'read the commit of pull request', ['repository'], signal)
  const route = 'GET /repositories/{workspace}/{repo_slug}/commit/{commit}'
  try {
    return (await client.call<CommitBody>(route, { parameters }, context)).data.hash
  } catch (error) {
    // A commit that was thrown away with its branch.
    if (isVcsError(error) && error.code === 'not-found') return head
    throw error
  }
}

/** Bitbucket calls it declining. One that is closed already stays so; a declined one can never be opened again. */
export async function closePullRequest(
  client: BitbucketClient,
  ref: PullRequestRef,
  options: CallOptions = {},
): Promise<void> {
  const context = contextOf(ref, 'decline pull request', ['pullrequest:write'], options.signal)
  try {
    await client.call(`POST ${PULL_REQUEST}/decline`, { parameters: pullRequestName(ref), json: {} }, context)
  } catch (error) {
    if (!isVcsError(error) || error.status !== 400) throw error
    const { state } = await readPullRequest(client, ref, options)
    if (state === 'OPEN') throw error
  }
}

export async function editLabels(ref: PullRequestRef, { add = [], remove = [] }: LabelEdit): Promise<void> {
  pullRequestName(ref)
  if (add.length + remove.length === 0) return
  throw new VcsError('unsupported', 'Bitbucket has no labels: leave them out, or name them in the text.')
}

export function contextOf(
  { repository, number }: PullRequestRef,
  doing: string,
  needs: string[],
  signal: AbortSignal | undefined,
): CallContext {
  return { repository, doing: `${doing} #${number}`, needs, signal }
}
