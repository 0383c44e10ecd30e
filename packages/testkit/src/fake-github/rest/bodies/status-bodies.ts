import { iso } from '../../graphql/context.ts'
import type { Session } from '../../model/access.ts'
import type { CheckRun, Deployment, Repository, Status } from '../../model/entities.ts'
import { nameWithOwner, type World } from '../../model/world.ts'
import { simpleUser } from './account-bodies.ts'
import { repositoryBody } from './repository-body.ts'

/** `status`. */
export function statusBody(world: World, repository: Repository, status: Status) {
  return {
    url: `${world.apiUrl}/repos/${nameWithOwner(repository)}/statuses/${status.sha}`,
    avatar_url: `${world.webUrl}/avatars/${status.creator.databaseId}`,
    id: status.databaseId,
    node_id: status.id,
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: iso(status.createdAt),
    updated_at: iso(status.createdAt),
    creator: simpleUser(world, status.creator),
  }
}

/** `combined-commit-status`: `pending` where there is none. */
export function combinedStatus(
  world: World,
  session: Session,
  repository: Repository,
  sha: string,
  latest: readonly Status[],
) {
  const states = latest.map((status) => status.state)
  const failed = states.includes('failure') || states.includes('error')
  const pending = states.length === 0 || states.includes('pending')
  const url = `${world.apiUrl}/repos/${nameWithOwner(repository)}/commits/${sha}`
  return {
    state: failed ? 'failure' : pending ? 'pending' : 'success',
    statuses: latest.map((status) => statusBody(world, repository, status)),
    sha,
    total_count: latest.length,
    repository: repositoryBody(world, session, repository),
    commit_url: url,
    url: `${url}/status`,
  }
}

/** `check-run`. */
export function checkRunBody(world: World, run: CheckRun) {
  const full = nameWithOwner(run.repository)
  const url = `${world.apiUrl}/repos/${full}/check-runs/${run.databaseId}`
  return {
    id: run.databaseId,
    node_id: run.id,
    head_sha: run.sha,
    external_id: run.externalId,
    url,
    html_url: `${world.webUrl}/${full}/runs/${run.databaseId}`,
    details_url: run.detailsUrl,
    name: run.name,
    status: run.status.toLowerCase(),
    conclusion: run.conclusion?.toLowerCase() ?? null,
    started_at: iso(run.startedAt),
    completed_at: iso(run.completedAt),
    output: { ...run.output, annotations_count: 0, annotations_url: `${url}/annotations` },
    check_suite: null,
    app: null,
    pull_requests: [],
  }
}

/** `deployment`. */
export function deploymentBody(world: World, deployment: Deployment) {
  const api = `${world.apiUrl}/repos/${nameWithOwner(deployment.repository)}`
  const url = `${api}/deployments/${deployment.databaseId}`
  return {
    url,
    id: deployment.databaseId,
    node_id: deployment.id,
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: simpleUser(world, deployment.creator),
    created_at: iso(deployment.createdAt),
    updated_at: iso(deployment.createdAt),
    statuses_url: `${url}/statuses`,
    repository_url: api,
    transient_environment: false,
    production_environment: deployment.environment === 'production',
  }
}
