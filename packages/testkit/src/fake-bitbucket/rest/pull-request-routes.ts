import type { FakeResponse } from '../../http/fake-server.ts'
import { demandPermission } from '../model/access.ts'
import { badFields, notFound, Refusal } from '../model/refusal.ts'
import { fullName } from '../model/world.ts'
import { headOf, tipOf } from '../operations/heads.ts'
import { mergePullRequest } from '../operations/merging.ts'
import { createPullRequest, declinePullRequest, updatePullRequest } from '../operations/pull-requests.ts'
import { accountBody, pullRequestBody } from './bodies.ts'
import { accountOf, type Call, jsonOf, page, pullRequestOf, repositoryOf } from './call.ts'
import { ok, type Route } from './route.ts'

const LIST = '/repositories/{workspace}/{repo_slug}/pullrequests'
const ONE = `${LIST}/{pull_request_id}`

export const pullRequestRoutes: readonly Route[] = [
  { method: 'GET', template: LIST, scope: 'pullrequest', answer: list },
  { method: 'POST', template: LIST, scope: 'pullrequest:write', answer: create },
  {
    method: 'GET',
    template: ONE,
    scope: 'pullrequest',
    answer: async (call) => ok(await pullRequestBody(call.world, pullRequestOf(call))),
  },
  { method: 'PUT', template: ONE, scope: 'pullrequest:write', answer: update },
  { method: 'POST', template: `${ONE}/decline`, scope: 'pullrequest:write', answer: decline },
  { method: 'POST', template: `${ONE}/merge`, scope: 'pullrequest:write', answer: merge },
  { method: 'GET', template: `${ONE}/merge/task-status/{task_id}`, scope: 'pullrequest:write', answer: taskStatus },
  { method: 'GET', template: `${ONE}/diffstat`, scope: 'pullrequest', answer: changes },
  { method: 'POST', template: `${ONE}/approve`, scope: 'pullrequest:write', answer: (call) => judge(call, 'approved') },
  {
    method: 'POST',
    template: `${ONE}/request-changes`,
    scope: 'pullrequest:write',
    answer: (call) => judge(call, 'changes_requested'),
  },
]

const STATES = new Set(['OPEN', 'MERGED', 'DECLINED', 'SUPERSEDED'])

async function list(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const asked = call.query.getAll('state')
  for (const state of asked) if (!STATES.has(state)) throw new Refusal(400, `Invalid state: ${state}`)
  // A filter that speaks of states takes the place of the parameter.
  const filtered = /\bstate\b/.test(call.query.get('q') ?? '')
  const wanted = asked.length > 0 ? new Set(asked) : filtered ? STATES : new Set(['OPEN'])
  const found = repository.pullRequests.filter(({ state }) => wanted.has(state)).reverse()
  const bodies = await Promise.all(found.map((one) => pullRequestBody(call.world, one)))
  const fields = call.query.get('fields') ?? ''
  const lean = bodies.map(({ reviewers, participants, ...rest }) => ({
    ...rest,
    ...(fields.includes('values.reviewers') ? { reviewers } : {}),
    ...(fields.includes('values.participants') ? { participants } : {}),
  }))
  return page(call, lean, 50)
}

async function create(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  demandPermission(call.world, call.session, repository, 'read')
  const input = jsonOf(call)
  const made = await repository.lock(() => createPullRequest(call.world, accountOf(call), repository, input))
  return ok(await pullRequestBody(call.world, made), 201)
}

async function update(call: Call): Promise<FakeResponse> {
  const pullRequest = pullRequestOf(call)
  if (pullRequest.author.uuid !== accountOf(call).uuid)
    demandPermission(call.world, call.session, pullRequest.repository, 'write')
  return ok(await pullRequestBody(call.world, await updatePullRequest(call.world, pullRequest, jsonOf(call))))
}

async function decline(call: Call): Promise<FakeResponse> {
  const pullRequest = pullRequestOf(call)
  if (pullRequest.author.uuid !== accountOf(call).uuid)
    demandPermission(call.world, call.session, pullRequest.repository, 'write')
  return ok(await pullRequestBody(call.world, await declinePullRequest(call.world, accountOf(call), pullRequest)))
}

async function merge(call: Call): Promise<FakeResponse> {
  const pullRequest = pullRequestOf(call)
  demandPermission(call.world, call.session, pullRequest.repository, 'write')
  const { message } = jsonOf(call)
  if (typeof message === 'string' && Buffer.byteLength(message) > 128 * 1024)
    throw badFields({ message: ['The message is too long.'] })
  const asynchronous = call.query.get('async') === 'true'
  const task = await mergePullRequest(call.world, accountOf(call), pullRequest, jsonOf(call), asynchronous)
  if (task === null) return ok(await pullRequestBody(call.world, pullRequest))
  return { status: 202, headers: { location: taskUrl(call, task) } }
}

async function taskStatus(call: Call): Promise<FakeResponse> {
  const pullRequest = pullRequestOf(call)
  const id = call.parameters.task_id ?? ''
  const task = pullRequest.repository.mergeTasks.get(id)
  if (task === undefined || task.pullRequest !== pullRequest) throw notFound('No such task')
  const links = { self: { href: taskUrl(call, id) } }
  if (task.pending-- > 0) return ok({ task_status: 'PENDING', links })
  if (pullRequest.state === 'OPEN') await task.finish()
  return ok({ task_status: 'SUCCESS', links, merge_result: await pullRequestBody(call.world, pullRequest) })
}

function taskUrl({ world, parameters }: Call, task: string): string {
  const { workspace, repo_slug, pull_request_id } = parameters
  return `${world.apiUrl}/repositories/${workspace}/${repo_slug}/pullrequests/${pull_request_id}/merge/task-status/${task}`
}

/** A redirect to the diffstat of two commits. */
async function changes(call: Call): Promise<FakeResponse> {
  const pullRequest = pullRequestOf(call)
  const { repository } = pullRequest
  const open = pullRequest.state === 'OPEN'
  const head = open ? await headOf(pullRequest) : pullRequest.sourceCommit
  const tip = open ? await tipOf(repository, pullRequest.destination) : pullRequest.destinationCommit
  const name = fullName(repository)
  const spec = `${name}:${head.slice(0, 12)}%0D${tip?.slice(0, 12)}`
  const query = new URLSearchParams(call.query)
  query.set('from_pullrequest_id', String(pullRequest.id))
  return { status: 302, headers: { location: `${call.world.apiUrl}/repositories/${name}/diffstat/${spec}?${query}` } }
}

async function judge(call: Call, state: 'approved' | 'changes_requested'): Promise<FakeResponse> {
  const pullRequest = pullRequestOf(call)
  if (pullRequest.state !== 'OPEN') throw new Refusal(400, 'This pull request is already closed.')
  const account = accountOf(call)
  pullRequest.participants.set(account.uuid, { account, state, at: call.world.now() })
  return ok({ type: 'participant', state, approved: state === 'approved', user: accountBody(account) })
}
