import { demandRole } from '../../model/access.ts'
import type { Issue, Project } from '../../model/entities.ts'
import { notFound, unauthorized } from '../../model/refusal.ts'
import { labelsOf } from '../../operations/merge-requests.ts'
import { issueBody } from '../bodies.ts'
import { type Call, created, names, ok, paged, projectOf, type Routes, reads, required, text } from '../call.ts'

export const issueRoutes: Routes = {
  'GET /projects/:id/issues': (call) => {
    reads(call)
    const project = projectOf(call)
    const { query } = call
    const search = (query.get('search') ?? '').toLowerCase()
    const found = project.issues.filter(
      (one) =>
        (query.get('state') === null || one.state === query.get('state')) &&
        (query.get('scope') !== 'created_by_me' || one.author === call.session.user) &&
        `${one.title} ${one.description}`.toLowerCase().includes(search),
    )
    return paged(
      call,
      found.reverse(),
      (one) => issueBody(call.world, project, one),
      ({ id }) => id,
    )
  },
  'POST /projects/:id/issues': postIssue,
  'PUT /projects/:id/issues/:iid': (call) => {
    const project = projectOf(call)
    const issue = project.issues.find(({ iid }) => iid === Number(call.params.iid))
    if (issue === undefined) throw notFound()
    if (issue.author !== call.session.user) demandRole(call.session, project, 'reporter')
    issue.title = text(call, 'title') ?? issue.title
    issue.description = text(call, 'description') ?? issue.description
    issue.labels = issueLabels(call, project, issue.labels)
    if (text(call, 'state_event') === 'close') issue.state = 'closed'
    issue.updatedAt = call.world.now()
    return ok(issueBody(call.world, project, issue))
  },
}

function postIssue(call: Call) {
  const project = projectOf(call)
  const { user } = call.session
  demandRole(call.session, project, 'guest')
  if (user === null) throw unauthorized()
  const at = call.world.now()
  const issue: Issue = {
    id: call.world.nextId(),
    iid: project.issues.length + 1,
    title: required(call, 'title'),
    description: text(call, 'description') ?? '',
    state: 'opened',
    labels: issueLabels(call, project, []),
    author: user,
    createdAt: at,
    updatedAt: at,
  }
  project.issues.push(issue)
  return created(issueBody(call.world, project, issue))
}

function issueLabels(call: Call, project: Project, before: readonly string[]): string[] {
  const addLabels = names(call, 'add_labels') ?? []
  return labelsOf(project, { labels: names(call, 'labels'), addLabels, removeLabels: [] }, before)
}
