import { demand } from '../../model/access.ts'
import { latestStatuses } from '../../operations/merge-state.ts'
import { createStatus } from '../../operations/statuses.ts'
import { combinedStatus, statusBody } from '../bodies/status-bodies.ts'
import { paged, type RestCall, type RestRoutes, repositoryOf, required, text } from '../rest-call.ts'
import { noCommit } from './git-routes.ts'

const COMMIT = '/repos/{owner}/{repo}/commits/{ref}'

export const statusRoutes: RestRoutes = {
  'POST /repos/{owner}/{repo}/statuses/{sha}': async (call) => {
    const repository = repositoryOf(call)
    const status = await createStatus(call.world, call.session, repository, call.params.sha ?? '', {
      state: required(call, 'state'),
      context: text(call, 'context') ?? 'default',
      description: text(call, 'description'),
      targetUrl: text(call, 'target_url'),
    })
    return { status: 201, body: statusBody(call.world, repository, status) }
  },
  [`GET ${COMMIT}/status`]: async (call) => {
    const { repository, sha } = await commitOf(call, 'statuses')
    const latest = latestStatuses(repository.statuses, sha)
    return { status: 200, body: combinedStatus(call.world, call.session, repository, sha, latest) }
  },
  [`GET ${COMMIT}/statuses`]: async (call) => {
    const { repository, sha } = await commitOf(call, 'statuses')
    const all = repository.statuses.filter((status) => status.sha === sha).reverse()
    return paged(call, all, (status) => statusBody(call.world, repository, status))
  },
}

/** The commit of the path, for whoever may read this of it. */
export async function commitOf(call: RestCall, permission: 'statuses' | 'checks') {
  const repository = repositoryOf(call)
  demand(call.session, repository, { permissions: [permission], level: 'read' })
  const sha = await repository.git.resolve(call.params.ref ?? '')
  if (sha === null) throw noCommit(call.params.ref ?? '')
  return { repository, sha }
}
