import type { Issue, Label, Repository } from '../../model/entities.ts'
import { createIssue, demandIssues, editIssue } from '../../operations/issues.ts'
import { addLabel, findLabel } from '../../operations/labels.ts'
import { issueBody } from '../bodies/issue-body.ts'
import { notFound, paged, type RestCall, type RestRoutes, repositoryOf, required, text } from '../rest-call.ts'

/** Issues that are no pull requests; GitHub's list has both, and the fake's says so where it would matter. */
export const issueListRoutes: RestRoutes = {
  'GET /repos/{owner}/{repo}/issues': (call) => {
    const repository = repositoryOf(call)
    demandIssues(call.session, repository, 'read')
    const [state, creator] = [call.query.get('state') ?? 'open', call.query.get('creator')?.toLowerCase()]
    const found = repository.issues.filter((issue) => {
      if (state !== 'all' && issue.state.toLowerCase() !== state) return false
      return creator === undefined || issue.author.login.toLowerCase() === creator
    })
    const sign = call.query.get('direction') === 'asc' ? 1 : -1
    const sorted = [...found].sort((a, b) => sign * (a.createdAt - b.createdAt || a.number - b.number))
    return paged(call, sorted, (issue) => issueBody(call.world, issue))
  },
  'POST /repos/{owner}/{repo}/issues': (call) => {
    const repository = repositoryOf(call)
    demandIssues(call.session, repository, 'write')
    const issue = createIssue(call.world, call.session, repository, {
      title: required(call, 'title'),
      body: text(call, 'body') ?? '',
      labels: namedLabels(call, repository) ?? [],
    })
    return { status: 201, body: issueBody(call.world, issue) }
  },
  'GET /repos/{owner}/{repo}/issues/{issue_number}': (call) => {
    return { status: 200, body: issueBody(call.world, issueOf(call, 'read')) }
  },
  'PATCH /repos/{owner}/{repo}/issues/{issue_number}': (call) => {
    const issue = issueOf(call, 'write')
    const [title, body, state] = [text(call, 'title'), text(call, 'body'), text(call, 'state')]
    const labels = namedLabels(call, issue.repository)
    editIssue(call.world, call.session, issue, {
      ...(title === null ? {} : { title }),
      ...(body === null ? {} : { body }),
      ...(state === null ? {} : { state: state === 'closed' ? ('CLOSED' as const) : ('OPEN' as const) }),
      ...(labels === null ? {} : { labels }),
    })
    return { status: 200, body: issueBody(call.world, issue) }
  },
}

function issueOf(call: RestCall, level: 'read' | 'write'): Issue {
  const repository = repositoryOf(call)
  demandIssues(call.session, repository, level)
  const found = repository.issues.find((issue) => issue.number === Number(call.params.issue_number))
  if (found === undefined) throw notFound()
  return found
}

/** Null where the body names none; one that is not there is made, grey, as GitHub does. */
function namedLabels(call: RestCall, repository: Repository): Label[] | null {
  const list = call.body.labels
  if (!Array.isArray(list)) return null
  const names = list.map((label: string | { name?: string }) =>
    typeof label === 'string' ? label : (label.name ?? ''),
  )
  return names.map((name) => findLabel(repository, name) ?? addLabel(call.world, repository, { name, color: 'ededed' }))
}
