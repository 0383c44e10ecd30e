import type { Issue, IssueComment, Label, Review } from '../model/entities.ts'
import { nameWithOwner } from '../model/world.ts'
import { connection, type PageArguments } from './connection.ts'
import { type Graph, type GraphContext, iso, type View } from './context.ts'

export function labelView(graph: Graph, label: Label): View {
  const path = `/${nameWithOwner(label.repository)}/labels/${encodeURIComponent(label.name)}`
  return {
    __typename: 'Label',
    id: label.id,
    name: label.name,
    color: label.color,
    description: label.description,
    isDefault: false,
    createdAt: iso(label.createdAt),
    url: graph.world.webUrl + path,
    resourcePath: path,
    repository: () => graph.view.repository(label.repository),
  }
}

export function commentView(graph: Graph, comment: IssueComment): View {
  const { pullRequest } = comment
  const path = `/${nameWithOwner(pullRequest.repository)}/pull/${pullRequest.number}#issuecomment-${comment.databaseId}`
  return {
    __typename: 'IssueComment',
    id: comment.id,
    databaseId: comment.databaseId,
    fullDatabaseId: String(comment.databaseId),
    body: comment.body,
    bodyText: comment.body,
    url: graph.world.webUrl + path,
    resourcePath: path,
    createdAt: iso(comment.createdAt),
    updatedAt: iso(comment.updatedAt),
    isMinimized: false,
    author: () => graph.view.account(comment.author),
    viewerDidAuthor: (_: never, context: GraphContext) => context.session.account === comment.author,
    pullRequest: () => graph.view.pullRequest(pullRequest),
    repository: () => graph.view.repository(pullRequest.repository),
  }
}

export function issueView(graph: Graph, issue: Issue): View {
  const path = `/${nameWithOwner(issue.repository)}/issues/${issue.number}`
  return {
    __typename: 'Issue',
    id: issue.id,
    databaseId: issue.databaseId,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    bodyText: issue.body,
    state: issue.state,
    closed: issue.state === 'CLOSED',
    url: graph.world.webUrl + path,
    resourcePath: path,
    createdAt: iso(issue.createdAt),
    updatedAt: iso(issue.updatedAt),
    closedAt: iso(issue.closedAt),
    author: () => graph.view.account(issue.author),
    viewerDidAuthor: (_: never, context: GraphContext) => context.session.account === issue.author,
    repository: () => graph.view.repository(issue.repository),
    labels: (args: PageArguments) => connection('labels', args, issue.labels, (one) => graph.view.label(one)),
  }
}

export function reviewView(graph: Graph, review: Review): View {
  return {
    __typename: 'PullRequestReview',
    id: review.id,
    databaseId: review.databaseId,
    state: review.state,
    body: review.body,
    submittedAt: iso(review.submittedAt),
    author: () => graph.view.account(review.author),
    onBehalfOf: (args: PageArguments) =>
      connection('onBehalfOf', args, review.onBehalfOf, (team) => graph.view.team(team)),
  }
}
