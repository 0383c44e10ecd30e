import {
  type CallOptions,
  isVcsError,
  type LabelEdit,
  type MergeRequest,
  type MergeResult,
  type PullRequest,
  type PullRequestQuery,
  type PullRequestRef,
  VcsError,
} from '@pullwright/core'
import type { CallContext, GitHubClient, GraphQLAnswer } from './client.ts'
import { nodesOf, type PullRequestNode } from './graphql/fragments.ts'
import {
  FIND_PULL_REQUESTS,
  type FindPullRequestsData,
  GET_PULL_REQUEST,
  type GetPullRequestData,
  type MergedNode,
} from './graphql/queries.ts'
import { missing } from './missing.ts'
import { toPullRequest } from './pull-request-view.ts'
import { repositoryName } from './repository-name.ts'

const STATES = { open: ['OPEN'], merged: ['MERGED'], closed: ['CLOSED'], all: null } as const

/** Newest first, all pages. `state` defaults to open. Those from forks are left out where a branch is asked for. */
export async function findPullRequests(
  client: GitHubClient,
  repository: string,
  { state = 'open', branch, base, limit = Number.POSITIVE_INFINITY }: PullRequestQuery,
  { signal }: CallOptions = {},
): Promise<PullRequest[]> {
  const context = { repository, doing: 'list the pull requests', needs: ['pull_requests=read'], signal }
  const first = Math.min(limit, 100)
  const filter = { states: STATES[state], branch: branch ?? null, base: base ?? null, first }
  const found: PullRequestNode[] = []
  let after: string | null = null
  for (;;) {
    const variables = { ...repositoryName(repository), ...filter, after }
    const answer: GraphQLAnswer<FindPullRequestsData> = await client.graphql(FIND_PULL_REQUESTS, variables, context)
    const page = answer.data.repository?.pullRequests
    if (!page) throw missing(client, answer.problems, context)
    found.push(...nodesOf(page))
    if (!page.pageInfo.hasNextPage || page.pageInfo.endCursor === null || found.length >= limit) break
    after = page.pageInfo.endCursor
  }
  const own = branch === undefined ? found : found.filter((one) => !one.isCrossRepository)
  return own.map((node) => toPullRequest(repository, node))
}

export async function getPullRequest(
  client: GitHubClient,
  repository: string,
  number: number,
  options: CallOptions = {},
): Promise<PullRequest> {
  const node = await read(client, { repository, number }, options)
  const baseCommit = mergedOnto(node)
  return { ...toPullRequest(repository, node), ...(baseCommit === null ? {} : { baseCommit }) }
}

/**
 * `baseRefOid` may lag behind the branch that was merged into: the merge commit's first parent tells better, but where
 * a rebase wrote that commit too.
 */
function mergedOnto({ number, merged }: PullRequestNode & MergedNode): string | null {
  const parents = nodesOf(merged?.parents)
  const [first] = parents
  if (first === undefined) return null
  const rebased = parents.length === 1 && nodesOf(first.associatedPullRequests).some((one) => one.number === number)
  return rebased ? null : first.oid
}

/**
 * Pinned to the commit that was looked at. One that is merged already, at that commit, answers so. Reviews that the base
 * asks for, of code owners too, are looked for first: GitHub lets administrators, and apps on a bypass list, merge without.
 */
export async function mergePullRequest(
  client: GitHubClient,
  ref: PullRequestRef,
  { expectedHead, method }: MergeRequest,
  options: CallOptions = {},
): Promise<MergeResult> {
  const context = contextOf(ref, 'merge pull request', ['contents=write'], options)
  const before = await read(client, ref, options)
  if (before.state === 'OPEN') refuseUnreviewed(ref, before)
  try {
    const { data } = await client.rest(
      (request, common) =>
        request('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
          ...parametersOf(ref),
          sha: expectedHead,
          ...(method === undefined ? {} : { merge_method: method }),
          ...common,
        }),
      context,
    )
    return { merged: data.merged, commit: data.sha }
  } catch (error) {
    if (!isVcsError(error) || error.status !== 405) throw error
    const node = await read(client, ref, options)
    if (node.state === 'MERGED' && node.headRefOid === expectedHead) {
      return { merged: true, commit: node.mergeCommit?.oid ?? null }
    }
    throw error
  }
}

function refuseUnreviewed(
  { repository, number }: PullRequestRef,
  { reviewDecision, baseRefName }: MergedNode & PullRequestNode,
) {
  if (reviewDecision === null || reviewDecision === 'APPROVED') return
  const lacking =
    reviewDecision === 'CHANGES_REQUESTED'
      ? 'somebody asked for changes'
      : 'approvals are missing, perhaps of code owners'
  throw new VcsError(
    'policy',
    `Pull request #${number} in ${repository} may not be merged into ${baseRefName}: ${lacking}.`,
  )
}

/** Closing one that is closed changes nothing. */
export async function closePullRequest(
  client: GitHubClient,
  ref: PullRequestRef,
  options: CallOptions = {},
): Promise<void> {
  await client.rest(
    (request, common) =>
      request('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...parametersOf(ref), state: 'closed', ...common }),
    contextOf(ref, 'close pull request', ['pull_requests=write'], options),
  )
}

/** Labels that are not there yet are made by GitHub; removing one that is not on the pull request changes nothing. */
export async function editLabels(
  client: GitHubClient,
  ref: PullRequestRef,
  { add = [], remove = [] }: LabelEdit,
  options: CallOptions = {},
): Promise<void> {
  const { pull_number: issue_number, ...place } = parametersOf(ref)
  const context = contextOf(ref, 'change the labels of pull request', ['pull_requests=write'], options)
  if (add.length > 0) {
    await client.rest(
      (request, common) =>
        request('POST /repos/{owner}/{repo}/issues/{issue_number}/labels', {
          ...place,
          issue_number,
          labels: [...add],
          ...common,
        }),
      context,
    )
  }
  for (const name of remove) {
    try {
      await client.rest(
        (request, common) =>
          request('DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}', {
            ...place,
            issue_number,
            name,
            ...common,
          }),
        context,
      )
    } catch (error) {
      if (!isVcsError(error) || !/Label does not exist/i.test(error.message)) throw error
    }
  }
}

async function read(client: GitHubClient, ref: PullRequestRef, options: CallOptions) {
  const context = contextOf(ref, 'read pull request', ['pull_requests=read'], options)
  const variables = { ...repositoryName(ref.repository), number: parametersOf(ref).pull_number }
  const answer = await client.graphql<GetPullRequestData>(GET_PULL_REQUEST, variables, context)
  const node = answer.data.repository?.pullRequest
  if (!node) throw missing(client, answer.problems, context)
  return node
}

export function parametersOf({ repository, number }: PullRequestRef) {
  const { owner, name } = repositoryName(repository)
  if (!Number.isSafeInteger(number) || number < 1 || number > 2 ** 31 - 1) {
    throw new VcsError('invalid', `${number} is no number of a pull request.`)
  }
  return { owner, repo: name, pull_number: number }
}

export function contextOf(ref: PullRequestRef, doing: string, needs: string[], { signal }: CallOptions): CallContext {
  return { repository: ref.repository, doing: `${doing} #${ref.number}`, needs, signal }
}
