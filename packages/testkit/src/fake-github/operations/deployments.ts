import { demand, type Session } from '../model/access.ts'
import type { Deployment, DeploymentStatus, Repository } from '../model/entities.ts'
import { invalid } from '../model/refusal.ts'
import { register, type World } from '../model/world.ts'

export type NewDeployment = Pick<
  Deployment,
  'sha' | 'ref' | 'environment' | 'task' | 'description' | 'payload' | 'production'
>

export function createDeployment(
  world: World,
  session: Session,
  repository: Repository,
  input: NewDeployment,
): Deployment {
  demand(session, repository, { permissions: ['deployments'], level: 'write', action: 'CreateDeployment' })
  const deployment = register<Deployment>(world, {
    kind: 'Deployment',
    repository,
    ...input,
    statuses: [],
    creator: session.account ?? repository.owner,
    createdAt: world.now(),
  })
  repository.deployments.push(deployment)
  return deployment
}

export type NewDeploymentStatus = Pick<DeploymentStatus, 'state' | 'description' | 'environmentUrl' | 'logUrl'>

const DEPLOYMENT_STATES = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']
const MAX_DEPLOYMENT_STATUSES = 100

export function createDeploymentStatus(
  world: World,
  session: Session,
  deployment: Deployment,
  input: NewDeploymentStatus,
  autoInactive: boolean,
): DeploymentStatus {
  const { repository } = deployment
  demand(session, repository, { permissions: ['deployments'], level: 'write', action: 'CreateDeploymentStatus' })
  const wrong = (field: string, message: string) =>
    invalid(message, [{ resource: 'DeploymentStatus', code: 'custom', field, message }])
  if (!DEPLOYMENT_STATES.includes(input.state)) throw wrong('state', 'state is not included in the list')
  if ([...input.description].length > 140)
    throw wrong('description', 'description is too long (maximum is 140 characters)')
  if (deployment.statuses.length >= MAX_DEPLOYMENT_STATUSES)
    throw wrong('base', 'This deployment has reached the maximum number of statuses.')
  const add = (to: Deployment, status: NewDeploymentStatus) => {
    const made = register<DeploymentStatus>(world, {
      kind: 'DeploymentStatus',
      ...status,
      creator: session.account ?? repository.owner,
      createdAt: world.now(),
    })
    to.statuses.push(made)
    return made
  }
  if (input.state === 'success' && autoInactive) {
    const before = repository.deployments.filter(
      (one) => one !== deployment && one.environment === deployment.environment && !one.production,
    )
    for (const one of before) add(one, { ...input, state: 'inactive' })
  }
  return add(deployment, input)
}
