import type { Deployment, Environment, Pipeline, Project, Status } from '../model/entities.ts'
import { isoTime, type World } from '../model/world.ts'
import { userBody } from './user-body.ts'

export function pipelineBody(world: World, project: Project, pipeline: Pipeline) {
  return {
    id: pipeline.id,
    iid: pipeline.id,
    project_id: project.id,
    sha: pipeline.sha,
    ref: pipeline.ref,
    status: pipeline.status,
    source: pipeline.source,
    created_at: isoTime(pipeline.createdAt),
    updated_at: isoTime(pipeline.createdAt),
    web_url: `${world.webUrl}/${project.path}/-/pipelines/${pipeline.id}`,
  }
}

export function statusBody(world: World, status: Status) {
  return {
    id: status.id,
    sha: status.sha,
    ref: status.pipeline.ref,
    status: status.status,
    name: status.name,
    target_url: status.targetUrl,
    description: status.description,
    created_at: isoTime(status.createdAt),
    author: userBody(world, status.author),
    pipeline_id: status.pipeline.id,
    allow_failure: false,
  }
}

export function environmentBody(environment: Environment) {
  return {
    id: environment.id,
    name: environment.name,
    slug: environment.name.toLowerCase().replace(/[^a-z0-9]+/g, '-'),
    state: environment.state,
    external_url: environment.externalUrl,
    tier: environment.tier,
  }
}

export function deploymentBody(world: World, deployment: Deployment) {
  return {
    id: deployment.id,
    iid: deployment.iid,
    ref: deployment.ref,
    sha: deployment.sha,
    status: deployment.status,
    created_at: isoTime(deployment.createdAt),
    updated_at: isoTime(deployment.updatedAt),
    user: userBody(world, deployment.user),
    environment: environmentBody(deployment.environment),
    deployable: null,
  }
}
