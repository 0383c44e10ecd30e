import { demand } from '../../model/access.ts'
import type { IssueComment, Label, PullRequest, Repository } from '../../model/entities.ts'
import { Refusal } from '../../model/refusal.ts'
import { findAccount } from '../../model/world.ts'
import { addComment, deleteComment, editComment } from '../../operations/comments.ts'
import { addLabel, addLabels, createLabel, findLabel, removeLabels } from '../../operations/labels.ts'
import { addAssignees } from '../../operations/reviews.ts'
import { simpleUser } from '../bodies/account-bodies.ts'
import { commentBody, labelBody } from '../bodies/pull-request-body.ts'
import {
  notFound,
  paged,
  pullRequestOf,
  type RestCall,
  type RestRoutes,
  repositoryOf,
  required,
  text,
  texts,
} from '../rest-call.ts'

const ISSUE = '/repos/{owner}/{repo}/issues/{issue_number}'
const COMMENT = '/repos/{owner}/{repo}/issues/comments/{comment_id}'

export const issueRoutes: RestRoutes = {
  'GET /repos/{owner}/{repo}/labels': (call) =>
    paged(call, readable(call).labels, (label) => labelBody(call.world, label)),
  'POST /repos/{owner}/{repo}/labels': (call) => {
    const label = createLabel(call.world, call.session, repositoryOf(call), {
      name: required(call, 'name'),
      color: text(call, 'color') ?? 'ededed',
      description: text(call, 'description'),
    })
    return { status: 201, body: labelBody(call.world, label) }
  },
  'GET /repos/{owner}/{repo}/labels/{name}': (call) => {
    const label = findLabel(readable(call), call.params.name ?? '')
    if (label === undefined) throw notFound()
    return { status: 200, body: labelBody(call.world, label) }
  },
  [`GET ${ISSUE}/labels`]: (call) => {
    readable(call)
    return paged(call, pullRequestOf(call).labels, (label) => labelBody(call.world, label))
  },
  [`POST ${ISSUE}/labels`]: (call) => {
    const pullRequest = pullRequestOf(call)
    addLabels(call.world, call.session, pullRequest, namedLabels(call, pullRequest))
    return labelsOf(call, pullRequest)
  },
  [`PUT ${ISSUE}/labels`]: (call) => {
    const pullRequest = pullRequestOf(call)
    const labels = namedLabels(call, pullRequest)
    removeLabels(call.world, call.session, pullRequest, pullRequest.labels)
    addLabels(call.world, call.session, pullRequest, labels)
    return labelsOf(call, pullRequest)
  },
  [`DELETE ${ISSUE}/labels/{name}`]: (call) => {
    const pullRequest = pullRequestOf(call)
    const label = pullRequest.labels.find((one) => one.name.toLowerCase() === (call.params.name ?? '').toLowerCase())
    if (label === undefined) throw new Refusal('NOT_FOUND', 'Label does not exist')
    removeLabels(call.world, call.session, pullRequest, [label])
    return labelsOf(call, pullRequest)
  },
  [`POST ${ISSUE}/assignees`]: (call) => {
    const pullRequest = pullRequestOf(call)
    const people = texts(call, 'assignees').flatMap((login) => findAccount(call.world, login) ?? [])
    addAssignees(call.world, call.session, pullRequest, people)
    return { status: 201, body: issueBody(call, pullRequest) }
  },
  [`GET ${ISSUE}/comments`]: (call) => {
    readable(call)
    return paged(call, pullRequestOf(call).comments, (comment) => commentBody(call.world, comment))
  },
  [`POST ${ISSUE}/comments`]: (call) => {
    const comment = addComment(call.world, call.session, pullRequestOf(call), required(call, 'body'))
    return { status: 201, body: commentBody(call.world, comment) }
  },
  [`GET ${COMMENT}`]: (call) => ({ status: 200, body: commentBody(call.world, commentOf(call, readable(call))) }),
  [`PATCH ${COMMENT}`]: (call) => {
    const comment = editComment(call.world, call.session, commentOf(call, repositoryOf(call)), required(call, 'body'))
    return { status: 200, body: commentBody(call.world, comment) }
  },
  [`DELETE ${COMMENT}`]: (call) => {
    deleteComment(call.world, call.session, commentOf(call, repositoryOf(call)))
    return { status: 204 }
  },
}

function readable(call: RestCall): Repository {
  const repository = repositoryOf(call)
  demand(call.session, repository, { permissions: ['issues', 'pull_requests'], level: 'read' })
  return repository
}

function commentOf(call: RestCall, repository: Repository): IssueComment {
  const id = Number(call.params.comment_id)
  const found = repository.pullRequests.flatMap((one) => one.comments).find((comment) => comment.databaseId === id)
  if (found === undefined) throw notFound()
  return found
}

/** The labels named in the body; one that is not there is made, grey, as GitHub does. */
function namedLabels(call: RestCall, { repository }: PullRequest): Label[] {
  const list = Array.isArray(call.body.labels) ? (call.body.labels as (string | { name?: string })[]) : []
  const names = list.map((label) => (typeof label === 'string' ? label : (label.name ?? '')))
  demand(call.session, repository, { permissions: ['issues', 'pull_requests'], level: 'write', action: 'AddLabels' })
  return names.map((name) => findLabel(repository, name) ?? addLabel(call.world, repository, { name, color: 'ededed' }))
}

function labelsOf(call: RestCall, pullRequest: PullRequest) {
  return { status: 200, body: pullRequest.labels.map((label) => labelBody(call.world, label)) }
}

/** `issue`, as far as a pull request is one. */
function issueBody({ world }: RestCall, pullRequest: PullRequest) {
  const { repository, number } = pullRequest
  const api = `${world.apiUrl}/repos/${repository.owner.login}/${repository.name}`
  const web = `${world.webUrl}/${repository.owner.login}/${repository.name}/pull/${number}`
  const at = (time: number) => new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z')
  return {
    id: pullRequest.databaseId,
    node_id: pullRequest.id,
    url: `${api}/issues/${number}`,
    repository_url: api,
    labels_url: `${api}/issues/${number}/labels{/name}`,
    comments_url: `${api}/issues/${number}/comments`,
    events_url: `${api}/issues/${number}/events`,
    html_url: web,
    number,
    state: pullRequest.state === 'OPEN' ? 'open' : 'closed',
    title: pullRequest.title,
    body: pullRequest.body,
    user: simpleUser(world, pullRequest.author),
    labels: pullRequest.labels.map((label) => labelBody(world, label)),
    assignee: pullRequest.assignees[0] === undefined ? null : simpleUser(world, pullRequest.assignees[0]),
    assignees: pullRequest.assignees.map((account) => simpleUser(world, account)),
    milestone: null,
    locked: false,
    comments: pullRequest.comments.length,
    pull_request: { url: `${api}/pulls/${number}`, html_url: web, diff_url: `${web}.diff`, patch_url: `${web}.patch` },
    closed_at: pullRequest.closedAt === null ? null : at(pullRequest.closedAt),
    created_at: at(pullRequest.createdAt),
    updated_at: at(pullRequest.updatedAt),
    author_association: 'MEMBER',
  }
}
