import { iso } from '../../graphql/context.ts'
import type { Session } from '../../model/access.ts'
import type {
  Account,
  CheckAnnotation,
  CheckRun,
  Deployment,
  DeploymentStatus,
  Repository,
  Status,
} from '../../model/entities.ts'
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
    output: { ...run.output, annotations_count: run.annotations.length, annotations_url: `${url}/annotations` },
    check_suite: null,
    app: integrationBody(world, run.app),
    pull_requests: [],
  }
}

/** `check-annotation`. */
export function annotationBody(world: World, run: CheckRun, annotation: CheckAnnotation) {
  const blob = `${world.webUrl}/${nameWithOwner(run.repository)}/blob/${run.sha}/${annotation.path}`
  return { ...annotation, start_column: null, end_column: null, raw_details: '', blob_href: blob }
}

/** `integration`, of an app that is known by its bot. */
function integrationBody(world: World, bot: Account) {
  const slug = bot.login.replace(/\[bot\]$/, '')
  const made = iso(bot.createdAt)
  return {
    id: [...world.apps.values()].find((app) => app.bot === bot)?.id ?? bot.databaseId,
    slug,
    node_id: `A_${bot.id}`,
    owner: simpleUser(world, bot),
    name: slug,
    description: null,
    external_url: world.webUrl,
    html_url: `${world.webUrl}/apps/${slug}`,
    created_at: made,
    updated_at: made,
    permissions: {},
    events: [],
  }
}

/** `deployment-status`. */
export function deploymentStatusBody(world: World, deployment: Deployment, status: DeploymentStatus) {
  const api = `${world.apiUrl}/repos/${nameWithOwner(deployment.repository)}`
  const url = `${api}/deployments/${deployment.databaseId}`
  return {
    url: `${url}/statuses/${status.databaseId}`,
    id: status.databaseId,
    node_id: status.id,
    state: status.state,
    creator: simpleUser(world, status.creator),
    description: status.description,
    environment: deployment.environment,
    target_url: status.logUrl,
    log_url: status.logUrl,
    environment_url: status.environmentUrl,
    created_at: iso(status.createdAt),
    updated_at: iso(status.createdAt),
    deployment_url: url,
    repository_url: api,
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
    production_environment: deployment.production,
  }
}
