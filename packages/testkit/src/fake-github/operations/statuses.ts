import { demand, type Session } from '../model/access.ts'
import type { Repository, Status } from '../model/entities.ts'
import { invalid, Refusal } from '../model/refusal.ts'
import { register, type World } from '../model/world.ts'
import { runAutoMerges } from './merging.ts'

export interface NewStatus {
  state: string
  context: string
  description: string | null
  targetUrl: string | null
}

const STATES = ['pending', 'success', 'failure', 'error']
/** For one commit and context: https://docs.github.com/rest/commits/statuses */
const MAX_STATUSES = 1000

export async function createStatus(
  world: World,
  session: Session,
  repository: Repository,
  sha: string,
  input: NewStatus,
) {
  demand(session, repository, { permissions: ['statuses'], level: 'write', action: 'CreateStatus' })
  if ((await repository.git.resolve(sha)) !== sha) throw noCommit(sha)
  const wrong = (field: string, message: string) =>
    invalid(message, [{ resource: 'Status', code: 'custom', field, message }])
  if (!STATES.includes(input.state)) throw wrong('state', 'state is not included in the list')
  if ([...(input.description ?? '')].length > 140)
    throw wrong('description', 'description is too long (maximum is 140 characters)')
  if (input.targetUrl !== null && !/^https?:\/\//.test(input.targetUrl))
    throw wrong('target_url', 'target_url must use http(s) scheme')
  const before = repository.statuses.filter((status) => status.sha === sha && status.context === input.context)
  if (before.length >= MAX_STATUSES)
    throw wrong('base', 'This SHA and context has reached the maximum number of statuses.')
  const status = register<Status>(world, {
    kind: 'StatusContext',
    sha,
    context: input.context,
    state: input.state as Status['state'],
    description: input.description,
    targetUrl: input.targetUrl,
    creator: session.account ?? repository.owner,
    createdAt: world.now(),
  })
  repository.statuses.push(status)
  await runAutoMerges(world, repository)
  return status
}

export function noCommit(sha: string): Refusal {
  const message = `No commit found for SHA: ${sha}`
  return new Refusal('UNPROCESSABLE', message, { restMessage: message })
}
