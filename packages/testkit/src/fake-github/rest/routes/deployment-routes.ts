import { demand } from '../../model/access.ts'
import type { Deployment } from '../../model/entities.ts'
import { Refusal } from '../../model/refusal.ts'
import { createDeployment, createDeploymentStatus } from '../../operations/deployments.ts'
import { latestStatuses } from '../../operations/merge-state.ts'
import { deploymentBody, deploymentStatusBody } from '../bodies/status-bodies.ts'
import { notFound, paged, type RestCall, type RestRoutes, repositoryOf, required, text, texts } from '../rest-call.ts'

const ALL = '/repos/{owner}/{repo}/deployments'
const ONE = `${ALL}/{deployment_id}`

export const deploymentRoutes: RestRoutes = {
  [`GET ${ALL}`]: (call) => {
    const repository = repositoryOf(call)
    demand(call.session, repository, { permissions: ['deployments'], level: 'read' })
    const wanted = (['sha', 'ref', 'task', 'environment'] as const).flatMap((name) => {
      const value = call.query.get(name) ?? 'none'
      return value === 'none' ? [] : [{ name, value }]
    })
    const found = repository.deployments.filter((one) => wanted.every(({ name, value }) => one[name] === value))
    return paged(call, [...found].reverse(), (one) => deploymentBody(call.world, one))
  },
  [`POST ${ALL}`]: deploy,
  [`GET ${ONE}`]: (call) => ({ status: 200, body: deploymentBody(call.world, readable(call)) }),
  [`GET ${ONE}/statuses`]: (call) => {
    const deployment = readable(call)
    return paged(call, [...deployment.statuses].reverse(), (one) => deploymentStatusBody(call.world, deployment, one))
  },
  [`POST ${ONE}/statuses`]: (call) => {
    const deployment = deploymentOf(call)
    const fields = {
      state: required(call, 'state'),
      description: text(call, 'description') ?? '',
      environmentUrl: text(call, 'environment_url') ?? '',
      logUrl: text(call, 'log_url') ?? text(call, 'target_url') ?? '',
    }
    const auto = call.body.auto_inactive !== false
    const made = createDeploymentStatus(call.world, call.session, deployment, fields, auto)
    return { status: 201, body: deploymentStatusBody(call.world, deployment, made) }
  },
}

function deploymentOf(call: RestCall): Deployment {
  const id = Number(call.params.deployment_id)
  const found = repositoryOf(call).deployments.find((one) => one.databaseId === id)
  if (found === undefined) throw notFound()
  return found
}

function readable(call: RestCall): Deployment {
  demand(call.session, repositoryOf(call), { permissions: ['deployments'], level: 'read' })
  return deploymentOf(call)
}

async function deploy(call: RestCall) {
  const repository = repositoryOf(call)
  const ref = required(call, 'ref')
  if (call.body.auto_merge !== false) {
    throw new Refusal('UNPROCESSABLE', 'fakeGitHub only models deployments with auto_merge: false')
  }
  const sha = await repository.git.resolve(ref)
  if (sha === null)
    throw new Refusal('UNPROCESSABLE', `No ref found for: ${ref}`, { restMessage: `No ref found for: ${ref}` })
  const latest = latestStatuses(repository.statuses, sha)
  const missing = texts(call, 'required_contexts').filter((name) => {
    return latest.find((status) => status.context === name)?.state !== 'success'
  })
  if (missing.length > 0)
    throw new Refusal('STALE_DATA', `Conflict: Commit status checks failed for ${ref}.`, { status: 409 })
  const { payload } = call.body
  const environment = text(call, 'environment') ?? 'production'
  const { production_environment: production = environment === 'production' } = call.body
  const made = createDeployment(call.world, call.session, repository, {
    ...{ sha, ref, environment },
    task: text(call, 'task') ?? 'deploy',
    description: text(call, 'description') ?? '',
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload ?? {}),
    production: production === true,
  })
  return { status: 201, body: deploymentBody(call.world, made) }
}
