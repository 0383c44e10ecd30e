import {
  type CallOptions,
  type Clock,
  type MergeMethod,
  type MergeRequest,
  type MergeResult,
  type PullRequestRef,
  VcsError,
} from '@pullwright/core'
import type { PullRequestBody } from './bodies.ts'
import { type BitbucketClient, ownUrl } from './client.ts'
import { pause } from './pause.ts'
import { contextOf, PULL_REQUEST, readPullRequest } from './pull-requests.ts'
import { pullRequestName } from './repository-name.ts'
import { requiredApprovals } from './reviews.ts'

/** Bitbucket's strategies for ours: a rebase that leaves no merge commit. */
const STRATEGY: Readonly<Record<MergeMethod, string>> = {
  merge: 'merge_commit',
  squash: 'squash',
  rebase: 'rebase_fast_forward',
}

/** How often, and how far apart, a merge that goes on in the background is asked after. */
const LOOKS = 15
const LOOK_SPACING_MS = 1_000

interface TaskBody {
  task_status?: string
  merge_result?: PullRequestBody
}

/**
 * Looks at the head first, for Bitbucket's merge takes no commit to be pinned to: what is pushed between the two requests
 * is merged along. One that is merged already, at that commit, answers so. A merge that Bitbucket goes on with in the
 * background is waited for, up to 15 seconds. Approvals that the base asks for are counted first, where the credential may
 * read merge checks: without Premium Bitbucket only warns of them.
 */
export async function mergePullRequest(
  client: BitbucketClient,
  clock: Clock,
  ref: PullRequestRef,
  { expectedHead, method }: MergeRequest,
  options: CallOptions = {},
): Promise<MergeResult> {
  const there = await readPullRequest(client, ref, options)
  const head = there.source.commit?.hash ?? ''
  const pinned = head !== '' && expectedHead.toLowerCase().startsWith(head)
  if (there.state === 'MERGED' && pinned) return merged(there)
  if (there.state !== 'OPEN') {
    throw new VcsError('policy', `Pull request #${ref.number} in ${ref.repository} is ${there.state.toLowerCase()}.`)
  }
  if (!pinned) {
    const message = `Pull request #${ref.number} in ${ref.repository} is at ${head}, not at ${expectedHead}. Look at it again.`
    throw new VcsError('conflict', message)
  }
  await refuseUnapproved(client, ref, there, options)
  const context = contextOf(ref, 'merge pull request', ['pullrequest:write'], options.signal)
  const json = { type: 'pullrequest', ...(method === undefined ? {} : { merge_strategy: STRATEGY[method] }) }
  const call = { parameters: pullRequestName(ref), json }
  const { status, data, headers } = await client.call<PullRequestBody>(`POST ${PULL_REQUEST}/merge`, call, context)
  if (status !== 202) return merged(data)
  const task = `GET ${ownUrl(headers.location ?? '', client.urls, context)}`
  for (let look = 0; look < LOOKS; look += 1) {
    const { data: told } = await client.call<TaskBody>(task, {}, context)
    if (told.task_status === 'SUCCESS')
      return told.merge_result === undefined ? { merged: true, commit: null } : merged(told.merge_result)
    await pause(clock, LOOK_SPACING_MS, options.signal)
  }
  const message = `Bitbucket still merges pull request #${ref.number} in ${ref.repository}. Look at it again later.`
  throw new VcsError('unavailable', message, { retryAfter: LOOKS * LOOK_SPACING_MS })
}

async function refuseUnapproved(
  client: BitbucketClient,
  { repository, number }: PullRequestRef,
  { participants = [], destination }: PullRequestBody,
  options: CallOptions,
): Promise<void> {
  const base = destination.branch?.name ?? ''
  const needed = (await requiredApprovals(client, repository, base, options)) ?? 0
  const given = participants.filter(({ state }) => state === 'approved').length
  if (given >= needed) return
  const message = `Pull request #${number} in ${repository} has ${given} of the ${needed} approvals that ${base} asks for.`
  throw new VcsError('policy', message)
}

function merged(body: PullRequestBody): MergeResult {
  return { merged: body.state === 'MERGED', commit: body.merge_commit?.hash ?? null }
}
