import { MergeRequests, Projects } from '@gitbeaker/rest'
import {
  type CallOptions,
  isVcsError,
  type LabelEdit,
  type MergeMethod,
  type MergeRequest,
  type MergeResult,
  type PullRequest,
  type PullRequestQuery,
  type PullRequestRef,
  VcsError,
} from '@pullwright/core'
import type { CallContext, GitLabClient } from './client.ts'
import { type MergeRequestBody, toPullRequest } from './merge-request-view.ts'
import { mergeRequestId, projectPath } from './project-path.ts'

const STATES = { open: 'opened', merged: 'merged', closed: 'closed' } as const

/** Newest first, all pages. `state` defaults to open. Those from forks are left out where a branch is asked for. */
export async function findPullRequests(
  client: GitLabClient,
  repository: string,
  { state = 'open', branch, base, limit }: PullRequestQuery,
  { signal }: CallOptions = {},
): Promise<PullRequest[]> {
  const projectId = projectPath(repository)
  const context = { repository, doing: 'list the merge requests', needs: ['role: Reporter'], signal }
  const found = await client.rest(context, (to) =>
    new MergeRequests(to).all({
      projectId,
      perPage: Math.min(limit ?? 100, 100),
      ...(limit === undefined ? {} : { maxPages: Math.ceil(limit / 100) }),
      ...(state === 'all' ? {} : { state: STATES[state] }),
      ...(branch === undefined ? {} : { sourceBranch: branch }),
      ...(base === undefined ? {} : { targetBranch: base }),
    }),
  )
  const own = branch === undefined ? found : found.filter((one) => one.source_project_id === one.target_project_id)
  return own.map((one) => toPullRequest(repository, one as MergeRequestBody))
}

export async function getPullRequest(
  client: GitLabClient,
  repository: string,
  number: number,
  options: CallOptions = {},
): Promise<PullRequest> {
  return toPullRequest(repository, await readMergeRequest(client, { repository, number }, options))
}

export async function readMergeRequest(
  client: GitLabClient,
  ref: PullRequestRef,
  options: CallOptions = {},
): Promise<MergeRequestBody> {
  const { project, iid } = mergeRequestId(ref)
  const context = contextOf(ref, 'read merge request', ['role: Reporter'], options)
  return (await client.rest(context, (to) => new MergeRequests(to).show(project, iid))) as MergeRequestBody
}

/** Pinned to the commit that was looked at. One that is merged already, at that commit, answers so. */
export async function mergePullRequest(
  client: GitLabClient,
  ref: PullRequestRef,
  { expectedHead, method }: MergeRequest,
  options: CallOptions = {},
): Promise<MergeResult> {
  const { project, iid } = mergeRequestId(ref)
  const context = contextOf(
    ref,
    'merge merge request',
    ['role: Developer, and the right to merge into the target branch'],
    options,
  )
  const squash = method === undefined ? {} : { squash: await squashOf(client, ref.repository, method, options) }
  try {
    const merged = (await client.rest(context, (to) =>
      new MergeRequests(to).merge(project, iid, { sha: expectedHead, ...squash }),
    )) as MergeRequestBody
    const { state, mergeCommit } = toPullRequest(ref.repository, merged)
    return { merged: state === 'merged', commit: mergeCommit ?? null }
  } catch (error) {
    if (!isVcsError(error)) throw error
    if (error.status === 401) throw await mayNotMerge(client, ref, error, options)
    if (error.status !== 405) throw error
    const there = toPullRequest(ref.repository, await readMergeRequest(client, ref, options))
    if (there.state !== 'merged' || there.head !== expectedHead) throw error
    return { merged: true, commit: there.mergeCommit ?? null }
  }
}

/** 401 also means that a good credential may not merge here: where it may read, that is it. */
export async function mayNotMerge(
  client: GitLabClient,
  ref: PullRequestRef,
  error: VcsError,
  options: CallOptions,
): Promise<VcsError> {
  const { base } = toPullRequest(ref.repository, await readMergeRequest(client, ref, options))
  const missing = [`role: allowed to merge into ${base}`]
  const message =
    `Cannot merge merge request #${ref.number} in ${ref.repository}: the credential's account is not allowed to merge ` +
    `into ${base}. Allow it in the project's settings under protected branches.`
  return new VcsError('permission', message, { cause: error, status: 401, missing })
}

/** Whether to squash. A rebase is a setting of the project: it cannot be asked for, only be there. */
export async function squashOf(
  client: GitLabClient,
  repository: string,
  method: MergeMethod,
  { signal }: CallOptions,
): Promise<boolean> {
  if (method !== 'rebase') return method === 'squash'
  const context = { repository, doing: 'read the merge settings', signal }
  const project = await client.rest(context, (to) => new Projects(to).show(projectPath(repository)))
  if (project.merge_method !== 'merge') return false
  const message = `${repository} merges by merge commits; GitLab rebases only where the project's merge method says so. Choose merge or squash.`
  throw new VcsError('unsupported', message)
}

/** Closing one that is closed changes nothing. */
export async function closePullRequest(
  client: GitLabClient,
  ref: PullRequestRef,
  options: CallOptions = {},
): Promise<void> {
  const { project, iid } = mergeRequestId(ref)
  const context = contextOf(ref, 'close merge request', ['role: Developer'], options)
  await client.rest(context, (to) => new MergeRequests(to).edit(project, iid, { stateEvent: 'close' }))
}

/** One request. Labels that are not there yet are made by GitLab; removing one that is not there changes nothing. */
export async function editLabels(
  client: GitLabClient,
  ref: PullRequestRef,
  { add = [], remove = [] }: LabelEdit,
  options: CallOptions = {},
): Promise<void> {
  const { project, iid } = mergeRequestId(ref)
  const comma = [...add, ...remove].find((name) => name.includes(','))
  if (comma !== undefined) throw new VcsError('invalid', `${JSON.stringify(comma)} is no label: GitLab takes no comma.`)
  if (add.length + remove.length === 0) return
  const context = contextOf(ref, 'change the labels of merge request', ['role: Reporter'], options)
  const labels = {
    ...(add.length === 0 ? {} : { addLabels: add.join(',') }),
    ...(remove.length === 0 ? {} : { removeLabels: remove.join(',') }),
  }
  await client.rest(context, (to) => new MergeRequests(to).edit(project, iid, labels))
}

export function contextOf(ref: PullRequestRef, doing: string, needs: string[], { signal }: CallOptions): CallContext {
  return { repository: ref.repository, doing: `${doing} #${ref.number}`, needs, signal }
}
