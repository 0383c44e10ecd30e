import { demandRole } from '../../model/access.ts'
import type { Deployment, Environment, PipelineStatus, Project } from '../../model/entities.ts'
import { badParameter, notFound, refusal, unauthorized } from '../../model/refusal.ts'
import { startPipeline } from '../../operations/follow-refs.ts'
import { runAutoMerges } from '../../operations/merging.ts'
import { type Call, created, ok, paged, projectOf, type Routes, reads, required, text } from '../call.ts'
import { deploymentBody, environmentBody, pipelineBody, statusBody } from '../delivery-bodies.ts'
import { resolve } from './repository-routes.ts'

export const deliveryRoutes: Routes = {
  'POST /projects/:id/statuses/:sha': postStatus,
  'GET /projects/:id/repository/commits/:sha/statuses': (call) => {
    reads(call)
    const found = projectOf(call).statuses.filter(({ sha }) => sha === call.params.sha)
    const latest = new Map(found.map((one) => [one.name, one]))
    return paged(call, [...latest.values()], (one) => statusBody(call.world, one))
  },
  'GET /projects/:id/pipelines': (call) => {
    reads(call)
    const project = projectOf(call)
    const sha = call.query.get('sha')
    const found = project.pipelines.filter((one) => sha === null || one.sha === sha).reverse()
    return paged(
      call,
      found,
      (one) => pipelineBody(call.world, project, one),
      ({ id }) => id,
    )
  },
  'GET /projects/:id/environments': (call) => {
    reads(call)
    const name = call.query.get('name')
    const found = projectOf(call).environments.filter((one) => name === null || one.name === name)
    return paged(call, found, environmentBody)
  },
  'GET /projects/:id/deployments': (call) => {
    reads(call)
    const environment = call.query.get('environment')
    const found = projectOf(call).deployments.filter(
      (one) => environment === null || one.environment.name === environment,
    )
    const sorted = call.query.get('sort') === 'desc' ? [...found].reverse() : found
    return paged(
      call,
      sorted,
      (one) => deploymentBody(call.world, one),
      ({ id }) => id,
    )
  },
  'POST /projects/:id/deployments': postDeployment,
  'GET /projects/:id/deployments/:deployment_id': (call) => {
    reads(call)
    return ok(deploymentBody(call.world, deploymentOf(call)))
  },
  'PUT /projects/:id/deployments/:deployment_id': (call) => {
    const deployment = deploymentOf(call)
    demandRole(call.session, projectOf(call), 'developer')
    const status = deploymentStatus(call)
    if (['success', 'failed', 'canceled'].includes(deployment.status) && status !== deployment.status) {
      throw refusal(400, { status: [`cannot transition via "${status}"`] })
    }
    if (status === deployment.status) throw refusal(400, `Status cannot transition via "${status}"`)
    deployment.status = status
    deployment.updatedAt = call.world.now()
    return ok(deploymentBody(call.world, deployment))
  },
}

const STATES: readonly PipelineStatus[] = ['pending', 'running', 'success', 'failed', 'canceled', 'skipped']

async function postStatus(call: Call) {
  const project = projectOf(call)
  const { user } = call.session
  demandRole(call.session, project, 'developer')
  if (user === null) throw unauthorized()
  const state = STATES.find((one) => one === required(call, 'state'))
  if (state === undefined) throw badParameter('state does not have a valid value')
  const sha = call.params.sha ?? ''
  if ((await project.git.commitAt(sha)) === null) throw notFound('Commit')
  const name = text(call, 'name') ?? text(call, 'context') ?? 'default'
  const description = text(call, 'description')
  if (description !== null && [...description].length > 255) {
    throw refusal(400, { description: ['is too long (maximum is 255 characters)'] })
  }
  const before = project.statuses.findLast((one) => one.sha === sha && one.name === name)
  if (before?.status === state) throw refusal(400, `Cannot transition status via :${TRANSITION[state]} from :${state}`)
  const ref =
    text(call, 'ref') ?? project.mergeRequests.find((one) => one.sha === sha)?.sourceBranch ?? project.defaultBranch
  const pipeline =
    project.pipelines.findLast((one) => one.sha === sha) ??
    startPipeline(call.world, project, sha, ref, 'pending', 'external')
  const made = { id: call.world.nextId(), sha, name, status: state, description, pipeline, author: user }
  const status = { ...made, targetUrl: text(call, 'target_url'), createdAt: call.world.now() }
  project.statuses.push(status)
  if (pipeline.source === 'external') pipeline.status = state
  await runAutoMerges(call.world, project.mergeRequests)
  return created(statusBody(call.world, status))
}

const TRANSITION: Record<PipelineStatus, string> = {
  created: 'enqueue',
  pending: 'enqueue',
  running: 'run',
  success: 'success',
  failed: 'drop',
  canceled: 'cancel',
  skipped: 'skip',
}

async function postDeployment(call: Call) {
  const project = projectOf(call)
  const { user } = call.session
  demandRole(call.session, project, 'developer')
  if (user === null) throw unauthorized()
  const sha = await resolve(project, required(call, 'sha'))
  if (sha === null) throw refusal(400, { sha: ['The commit does not exist'] })
  const name = required(call, 'environment')
  const at = call.world.now()
  const deployment: Deployment = {
    id: call.world.nextId(),
    iid: project.deployments.length + 1,
    environment: project.environments.find((one) => one.name === name) ?? newEnvironment(call, project, name),
    sha,
    ref: required(call, 'ref'),
    status: deploymentStatus(call),
    user,
    createdAt: at,
    updatedAt: at,
  }
  project.deployments.push(deployment)
  return created(deploymentBody(call.world, deployment))
}

function newEnvironment(call: Call, project: Project, name: string): Environment {
  const tier = /^prod/i.test(name) ? 'production' : 'other'
  const environment: Environment = { id: call.world.nextId(), name, state: 'available', externalUrl: null, tier }
  project.environments.push(environment)
  return environment
}

function deploymentOf(call: Call): Deployment {
  const found = projectOf(call).deployments.find(({ id }) => id === Number(call.params.deployment_id))
  if (found === undefined) throw notFound('Deployment')
  return found
}

function deploymentStatus(call: Call): Deployment['status'] {
  const status = required(call, 'status')
  if (status !== 'running' && status !== 'success' && status !== 'failed' && status !== 'canceled') {
    throw badParameter('status does not have a valid value')
  }
  return status
}
