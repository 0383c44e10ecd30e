import { demand, hasRole, type Session } from '../model/access.ts'
import type { IssueComment, PullRequest } from '../model/entities.ts'
import { invalid, Refusal } from '../model/refusal.ts'
import { register, type World } from '../model/world.ts'
import { BODY_LIMIT, isTooLong } from './pull-request-problems.ts'

const EITHER = ['issues', 'pull_requests'] as const

export function addComment(world: World, session: Session, pullRequest: PullRequest, body: string): IssueComment {
  demand(session, pullRequest.repository, { permissions: EITHER, level: 'write', action: 'AddComment' })
  checkBody(body)
  const comment = register<IssueComment>(world, {
    kind: 'IssueComment',
    pullRequest,
    author: session.account ?? pullRequest.author,
    body,
    createdAt: world.now(),
    updatedAt: world.now(),
  })
  pullRequest.comments.push(comment)
  pullRequest.updatedAt = world.now()
  return comment
}

/** One's own comments, and anybody's for who has write access. */
export function editComment(world: World, session: Session, comment: IssueComment, body: string): IssueComment {
  demandOwn(session, comment, 'UpdateIssueComment')
  checkBody(body)
  comment.body = body
  comment.updatedAt = world.now()
  return comment
}

export function deleteComment(world: World, session: Session, comment: IssueComment): void {
  demandOwn(session, comment, 'DeleteIssueComment')
  comment.pullRequest.comments = comment.pullRequest.comments.filter((other) => other !== comment)
  world.nodes.delete(comment.id)
}

function demandOwn(session: Session, comment: IssueComment, action: string): void {
  const { repository } = comment.pullRequest
  demand(session, repository, { permissions: EITHER, level: 'write', action })
  if (comment.author === session.account) return
  if (session.account === null || !hasRole(session.account, repository, 'write')) {
    throw new Refusal(
      'FORBIDDEN',
      `${session.account?.login} does not have the correct permissions to execute \`${action}\``,
    )
  }
}

function checkBody(body: string): void {
  if (body.trim() === '') {
    throw invalid("Body can't be blank", [{ resource: 'IssueComment', code: 'missing_field', field: 'body' }])
  }
  if (isTooLong(body)) {
    const message = `body is too long (maximum is ${BODY_LIMIT} characters)`
    throw invalid(message.replace('body', 'Body'), [
      { resource: 'IssueComment', code: 'custom', field: 'body', message },
    ])
  }
}
