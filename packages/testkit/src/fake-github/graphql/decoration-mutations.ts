import type { Account, Team } from '../model/entities.ts'
import { Refusal } from '../model/refusal.ts'
import { findAccount } from '../model/world.ts'
import { addComment, deleteComment, editComment } from '../operations/comments.ts'
import { addLabels, createLabel, removeLabels } from '../operations/labels.ts'
import { addAssignees, requestReviews } from '../operations/reviews.ts'
import { resolveNode } from './global-id.ts'
import { type Mutation, type Mutations, nodesOf, pullRequestOf, repositoryOf } from './payload.ts'
import { actor } from './pull-request-mutations.ts'

interface LabelInput {
  repositoryId: string
  name: string
  color: string
  description?: string | null
}

const newLabel: Mutation<LabelInput> = async (input, context) => {
  const repository = repositoryOf(context, input.repositoryId)
  const label = createLabel(context.graph.world, context.session, repository, input)
  return { label: context.graph.view.label(label) }
}

const editLabels =
  (change: typeof addLabels): Mutation<{ labelableId: string; labelIds: string[] }> =>
  async (input, context) => {
    const pullRequest = pullRequestOf(context, input.labelableId)
    change(context.graph.world, context.session, pullRequest, nodesOf(context, input.labelIds, 'Label'))
    return { labelable: context.graph.view.pullRequest(pullRequest) }
  }

const assign: Mutation<{ assignableId: string; assigneeIds: string[] }> = async (input, context) => {
  const pullRequest = pullRequestOf(context, input.assignableId)
  const people = nodesOf(context, input.assigneeIds, 'User', 'Bot')
  addAssignees(context.graph.world, context.session, pullRequest, people)
  return { assignable: context.graph.view.pullRequest(pullRequest) }
}

interface ReviewInput {
  pullRequestId: string
  userIds?: string[] | null
  teamIds?: string[] | null
  union?: boolean | null
}

const request: Mutation<ReviewInput> = async (input, context) => {
  const pullRequest = pullRequestOf(context, input.pullRequestId)
  const { world } = context.graph
  const find = (kind: 'User' | 'Team') => (id: string) => {
    const node = world.nodes.get(id)
    if (node?.kind === kind) return node as Account | Team
    throw new Refusal('NOT_FOUND', `Could not resolve to ${kind} node with the global id of '${id}'.`)
  }
  const reviewers = [...(input.userIds ?? []).map(find('User')), ...(input.teamIds ?? []).map(find('Team'))]
  requestReviews(world, context.session, pullRequest, reviewers, input.union ?? false)
  return { actor: actor(context), pullRequest: context.graph.view.pullRequest(pullRequest) }
}

interface ByLoginInput {
  pullRequestId: string
  userLogins?: string[] | null
  teamSlugs?: string[] | null
  union?: boolean | null
}

const requestByLogin: Mutation<ByLoginInput> = async (input, context) => {
  const pullRequest = pullRequestOf(context, input.pullRequestId)
  const { world } = context.graph
  const users = (input.userLogins ?? []).map((login) => {
    const account = findAccount(world, login)
    if (account?.kind === 'User') return account
    throw new Refusal('NOT_FOUND', `Could not resolve to a User with the login of '${login}'.`)
  })
  const teams = (input.teamSlugs ?? []).map((slug) => {
    const team = pullRequest.repository.owner.teams.get(slug.replace(/^.*\//, '').toLowerCase())
    if (team !== undefined) return team
    throw new Refusal('NOT_FOUND', `Could not resolve to a Team with the slug of '${slug}'.`)
  })
  requestReviews(world, context.session, pullRequest, [...users, ...teams], input.union ?? false)
  return { actor: actor(context), pullRequest: context.graph.view.pullRequest(pullRequest) }
}

const comment: Mutation<{ subjectId: string; body: string }> = async (input, context) => {
  const pullRequest = pullRequestOf(context, input.subjectId)
  const view = context.graph.view.comment(addComment(context.graph.world, context.session, pullRequest, input.body))
  const edge = { __typename: 'IssueCommentEdge', cursor: String(pullRequest.comments.length), node: view }
  return { commentEdge: edge, subject: context.graph.view.pullRequest(pullRequest) }
}

const changeComment: Mutation<{ id: string; body: string }> = async (input, context) => {
  const found = resolveNode(context.graph.world, input.id, 'IssueComment')
  const edited = editComment(context.graph.world, context.session, found, input.body)
  return { issueComment: context.graph.view.comment(edited) }
}

const removeComment: Mutation<{ id: string }> = async (input, context) => {
  deleteComment(context.graph.world, context.session, resolveNode(context.graph.world, input.id, 'IssueComment'))
  return {}
}

export const decorationMutations: Mutations = {
  createLabel: newLabel,
  addLabelsToLabelable: editLabels(addLabels),
  removeLabelsFromLabelable: editLabels(removeLabels),
  addAssigneesToAssignable: assign,
  requestReviews: request,
  requestReviewsByLogin: requestByLogin,
  addComment: comment,
  updateIssueComment: changeComment,
  deleteIssueComment: removeComment,
}
