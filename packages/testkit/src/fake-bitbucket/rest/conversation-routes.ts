import type { FakeResponse } from '../../http/fake-server.ts'
import { demandPermission } from '../model/access.ts'
import type { Comment } from '../model/entities.ts'
import { notFound, Refusal } from '../model/refusal.ts'
import { withoutHtmlComments } from '../render-html.ts'
import { commentBody, issueBody, taskBody } from './bodies.ts'
import { accountOf, type Call, jsonOf, page, pullRequestOf, rawOf, repositoryOf } from './call.ts'
import { ok, type Route } from './route.ts'

const REPO = '/repositories/{workspace}/{repo_slug}'
const PULL = `${REPO}/pullrequests/{pull_request_id}`

export const conversationRoutes: readonly Route[] = [
  { method: 'GET', template: `${PULL}/comments`, scope: 'pullrequest', answer: listComments },
  { method: 'POST', template: `${PULL}/comments`, scope: 'pullrequest', answer: createComment },
  { method: 'PUT', template: `${PULL}/comments/{comment_id}`, scope: 'pullrequest', answer: updateComment },
  { method: 'DELETE', template: `${PULL}/comments/{comment_id}`, scope: 'pullrequest', answer: deleteComment },
  {
    method: 'GET',
    template: `${PULL}/tasks`,
    scope: 'pullrequest',
    answer: async (call) => page(call, pullRequestOf(call).tasks.map(taskBody)),
  },
  { method: 'POST', template: `${PULL}/tasks`, scope: 'pullrequest:write', answer: createTask },
  { method: 'PUT', template: `${PULL}/tasks/{task_id}`, scope: 'pullrequest:write', answer: updateTask },
  { method: 'GET', template: `${REPO}/issues`, scope: 'issue', answer: listIssues },
  { method: 'POST', template: `${REPO}/issues`, scope: 'issue:write', answer: createIssue },
  { method: 'PUT', template: `${REPO}/issues/{issue_id}`, scope: 'issue:write', answer: updateIssue },
]

async function listComments(call: Call): Promise<FakeResponse> {
  const pullRequest = pullRequestOf(call)
  return page(
    call,
    pullRequest.comments.map((comment) => commentBody(call.world, pullRequest, comment)),
  )
}

async function createComment(call: Call): Promise<FakeResponse> {
  const pullRequest = pullRequestOf(call)
  const now = call.world.now()
  const raw = withoutHtmlComments(rawOf(jsonOf(call)))
  const made = { id: call.world.nextId(), author: accountOf(call), raw, deleted: false, createdOn: now, updatedOn: now }
  pullRequest.comments.push(made)
  return ok(commentBody(call.world, pullRequest, made), 201)
}

async function updateComment(call: Call): Promise<FakeResponse> {
  const comment = ownComment(call)
  Object.assign(comment, { raw: withoutHtmlComments(rawOf(jsonOf(call))), updatedOn: call.world.now() })
  return ok(commentBody(call.world, pullRequestOf(call), comment))
}

async function deleteComment(call: Call): Promise<FakeResponse> {
  ownComment(call).deleted = true
  return { status: 204 }
}

/** Only who wrote a comment may change it. */
function ownComment(call: Call): Comment {
  const comment = pullRequestOf(call).comments.find(({ id }) => String(id) === call.parameters.comment_id)
  if (comment === undefined || comment.deleted) throw notFound('Comment not found')
  if (comment.author.uuid !== accountOf(call).uuid) throw new Refusal(403, 'You may only change comments of your own.')
  return comment
}

async function createTask(call: Call): Promise<FakeResponse> {
  const json = jsonOf(call) as { comment?: { id?: number } } & Record<string, unknown>
  const made = {
    id: call.world.nextId(),
    author: accountOf(call),
    raw: rawOf(json),
    state: 'UNRESOLVED' as const,
    comment: json.comment?.id ?? null,
    createdOn: call.world.now(),
  }
  pullRequestOf(call).tasks.push(made)
  return ok(taskBody(made), 201)
}

async function updateTask(call: Call): Promise<FakeResponse> {
  const task = pullRequestOf(call).tasks.find(({ id }) => String(id) === call.parameters.task_id)
  if (task === undefined) throw notFound('Task not found')
  const json = jsonOf(call)
  if (json.content !== undefined) task.raw = rawOf(json)
  if (json.state === 'RESOLVED' || json.state === 'UNRESOLVED') task.state = json.state
  return ok(taskBody(task))
}

function tracker(call: Call) {
  const repository = repositoryOf(call)
  if (!repository.hasIssues) throw notFound('Repository has no issue tracker.')
  return repository
}

async function listIssues(call: Call): Promise<FakeResponse> {
  const repository = tracker(call)
  return page(
    call,
    repository.issues.map((issue) => issueBody(call.world, repository, issue)),
  )
}

async function createIssue(call: Call): Promise<FakeResponse> {
  const repository = tracker(call)
  const json = jsonOf(call)
  if (typeof json.title !== 'string') throw new Refusal(400, 'title is required')
  const made = {
    id: repository.issues.length + 1,
    title: json.title,
    raw: withoutHtmlComments(rawOf(json)),
    state: 'new',
    reporter: accountOf(call),
    createdOn: call.world.now(),
  }
  repository.issues.push(made)
  return ok(issueBody(call.world, repository, made), 201)
}

async function updateIssue(call: Call): Promise<FakeResponse> {
  const repository = tracker(call)
  demandPermission(call.world, call.session, repository, 'write')
  const issue = repository.issues.find(({ id }) => String(id) === call.parameters.issue_id)
  if (issue === undefined) throw notFound('Issue not found')
  const json = jsonOf(call)
  if (typeof json.title === 'string') issue.title = json.title
  if (json.content !== undefined) issue.raw = withoutHtmlComments(rawOf(json))
  if (typeof json.state === 'string') issue.state = json.state
  return ok(issueBody(call.world, repository, issue))
}
