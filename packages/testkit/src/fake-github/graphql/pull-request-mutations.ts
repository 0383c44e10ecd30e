import type { MergeMethodName } from '../model/entities.ts'
import { Refusal } from '../model/refusal.ts'
import { enableAutoMerge, type MergeOrder, mergePullRequest } from '../operations/merging.ts'
import { createPullRequest, editPullRequest, setDraft } from '../operations/pull-requests.ts'
import type { GraphContext } from './context.ts'
import { type Mutation, type Mutations, nodesOf, pullRequestOf, repositoryOf } from './payload.ts'

interface CreateInput {
  repositoryId: string
  baseRefName: string
  headRefName: string
  headRepositoryId?: string | null
  title: string
  body?: string | null
  draft?: boolean | null
  maintainerCanModify?: boolean | null
}

const create: Mutation<CreateInput> = async (input, context) => {
  const repository = repositoryOf(context, input.repositoryId)
  if (input.headRepositoryId != null && input.headRepositoryId !== repository.id) {
    throw new Refusal('UNPROCESSABLE', 'fakeGitHub does not model forks: headRepositoryId must be repositoryId')
  }
  const pullRequest = await createPullRequest(context.graph.world, context.session, repository, {
    base: input.baseRefName.replace(/^refs\/heads\//, ''),
    head: input.headRefName.replace(/^refs\/heads\//, ''),
    title: input.title,
    body: input.body ?? null,
    draft: input.draft ?? false,
    maintainerCanModify: input.maintainerCanModify ?? true,
  })
  return { pullRequest: context.graph.view.pullRequest(pullRequest) }
}

interface UpdateInput {
  pullRequestId: string
  title?: string | null
  body?: string | null
  baseRefName?: string | null
  state?: 'OPEN' | 'CLOSED' | null
  maintainerCanModify?: boolean | null
  labelIds?: string[] | null
  assigneeIds?: string[] | null
}

const update: Mutation<UpdateInput> = async (input, context) => {
  const pullRequest = pullRequestOf(context, input.pullRequestId)
  const labels = input.labelIds == null ? null : nodesOf(context, input.labelIds, 'Label')
  const assignees = input.assigneeIds == null ? null : nodesOf(context, input.assigneeIds, 'User')
  await editPullRequest(context.graph.world, context.session, pullRequest, {
    title: input.title,
    body: input.body,
    base: input.baseRefName,
    state: input.state,
    maintainerCanModify: input.maintainerCanModify,
  })
  pullRequest.labels = labels ?? pullRequest.labels
  pullRequest.assignees = assignees ?? pullRequest.assignees
  return { pullRequest: context.graph.view.pullRequest(pullRequest) }
}

interface ById {
  pullRequestId: string
}

const setState =
  (state: 'OPEN' | 'CLOSED'): Mutation<ById> =>
  async (input, context) => {
    const pullRequest = pullRequestOf(context, input.pullRequestId)
    await editPullRequest(context.graph.world, context.session, pullRequest, { state })
    return { pullRequest: context.graph.view.pullRequest(pullRequest) }
  }

const draft =
  (value: boolean): Mutation<ById> =>
  async (input, context) => {
    const pullRequest = pullRequestOf(context, input.pullRequestId)
    await setDraft(context.graph.world, context.session, pullRequest, value)
    return { pullRequest: context.graph.view.pullRequest(pullRequest) }
  }

interface MergeInput extends ById {
  mergeMethod?: MergeMethodName | null
  expectedHeadOid?: string | null
  commitHeadline?: string | null
  commitBody?: string | null
}

const merge: Mutation<MergeInput> = async (input, context) => {
  const pullRequest = pullRequestOf(context, input.pullRequestId)
  await mergePullRequest(context.graph.world, context.session, pullRequest, orderOf(input))
  return { actor: actor(context), pullRequest: context.graph.view.pullRequest(pullRequest) }
}

const enable: Mutation<MergeInput> = async (input, context) => {
  const pullRequest = pullRequestOf(context, input.pullRequestId)
  await enableAutoMerge(context.graph.world, context.session, pullRequest, orderOf(input))
  return { actor: actor(context), pullRequest: context.graph.view.pullRequest(pullRequest) }
}

const disable: Mutation<ById> = async (input, context) => {
  const pullRequest = pullRequestOf(context, input.pullRequestId)
  if (pullRequest.autoMerge === null) {
    throw new Refusal('UNPROCESSABLE', "Can't disable auto-merge for this pull request.")
  }
  pullRequest.autoMerge = null
  return { actor: actor(context), pullRequest: context.graph.view.pullRequest(pullRequest) }
}

export const pullRequestMutations: Mutations = {
  createPullRequest: create,
  updatePullRequest: update,
  closePullRequest: setState('CLOSED'),
  reopenPullRequest: setState('OPEN'),
  convertPullRequestToDraft: draft(true),
  markPullRequestReadyForReview: draft(false),
  mergePullRequest: merge,
  enablePullRequestAutoMerge: enable,
  disablePullRequestAutoMerge: disable,
}

export function actor({ graph, session }: GraphContext) {
  return session.account === null ? null : graph.view.account(session.account)
}

function orderOf(input: MergeInput): MergeOrder {
  return {
    method: input.mergeMethod ?? 'MERGE',
    expectedHead: input.expectedHeadOid,
    headline: input.commitHeadline,
    body: input.commitBody,
  }
}
