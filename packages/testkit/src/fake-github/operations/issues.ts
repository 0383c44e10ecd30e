import { demand, hasRole, type Session } from '../model/access.ts'
import type { Issue, Label, Repository } from '../model/entities.ts'
import { invalid, Refusal } from '../model/refusal.ts'
import { register, type World } from '../model/world.ts'
import { BODY_LIMIT, isTooLong } from './pull-request-problems.ts'

export interface IssueFields {
  title: string
  body: string
  labels: Label[]
}

export function createIssue(world: World, session: Session, repository: Repository, fields: IssueFields): Issue {
  demandIssues(session, repository, 'write')
  checkFields(fields)
  const issue = register<Issue>(world, {
    ...{ kind: 'Issue', repository, ...fields, number: repository.nextNumber++, state: 'OPEN' },
    author: session.account ?? repository.owner,
    createdAt: world.now(),
    updatedAt: world.now(),
    closedAt: null,
  })
  repository.issues.push(issue)
  return issue
}

export function editIssue(
  world: World,
  session: Session,
  issue: Issue,
  edit: Partial<IssueFields & Pick<Issue, 'state'>>,
): Issue {
  demandIssues(session, issue.repository, 'write')
  if (session.account !== issue.author && !(session.account && hasRole(session.account, issue.repository, 'triage'))) {
    throw new Refusal('FORBIDDEN', 'Must have admin rights to Repository.')
  }
  checkFields({ ...issue, ...edit })
  Object.assign(issue, edit, { updatedAt: world.now() })
  issue.closedAt = issue.state === 'CLOSED' ? (issue.closedAt ?? world.now()) : null
  return issue
}

/** GitHub answers 410 where a repository has its issues switched off. */
export function demandIssues(session: Session, repository: Repository, level: 'read' | 'write'): void {
  demand(session, repository, { permissions: ['issues'], level, action: 'CreateIssue' })
  if (repository.hasIssues) return
  throw new Refusal('UNPROCESSABLE', 'Issues has been disabled in this repository.', { status: 410 })
}

function checkFields({ title, body }: Pick<IssueFields, 'title' | 'body'>): void {
  const wrong = (code: string, field: string, message: string) =>
    invalid(message, [{ resource: 'Issue', code, field, ...(code === 'custom' ? { message } : {}) }])
  if (title.trim() === '') throw wrong('missing_field', 'title', "Title can't be blank")
  if ([...title].length > 256) throw wrong('custom', 'title', 'title is too long (maximum is 256 characters)')
  if (isTooLong(body)) throw wrong('custom', 'body', `body is too long (maximum is ${BODY_LIMIT} characters)`)
}
