import type { FakeResponse } from '../../http/fake-server.ts'
import { demandPermission, permissionOf } from '../model/access.ts'
import { badFields, notFound, Refusal } from '../model/refusal.ts'
import { resolveCommit } from '../operations/heads.ts'
import { accountBody, statusBody } from './bodies.ts'
import { type Call, jsonOf, page, repositoryOf } from './call.ts'
import { ok, type Route } from './route.ts'

const REPO = '/repositories/{workspace}/{repo_slug}'
const COMMIT = `${REPO}/commit/{commit}`
const MEMBERS = '/workspaces/{workspace}/members'

export const settingRoutes: readonly Route[] = [
  { method: 'GET', template: `${REPO}/default-reviewers`, scope: 'repository:admin', answer: defaultReviewers },
  {
    method: 'GET',
    template: `${REPO}/effective-default-reviewers`,
    scope: 'pullrequest',
    answer: effectiveDefaultReviewers,
  },
  { method: 'GET', template: `${REPO}/branch-restrictions`, scope: 'repository:admin', answer: branchRestrictions },
  {
    method: 'GET',
    template: `${REPO}/permissions-config/users/{selected_user_id}`,
    scope: 'repository:admin',
    answer: userPermission,
  },
  {
    method: 'GET',
    template: '/workspaces/{workspace}/permissions/repositories/{repo_slug}',
    scope: 'account',
    answer: workspacePermissions,
  },
  { method: 'GET', template: MEMBERS, scope: 'account', answer: members },
  { method: 'GET', template: `${MEMBERS}/{member}`, scope: 'account', answer: member },
  { method: 'GET', template: `${COMMIT}/statuses`, scope: 'repository', answer: listStatuses },
  { method: 'POST', template: `${COMMIT}/statuses/build`, scope: 'repository', answer: postStatus },
]

async function defaultReviewers(call: Call): Promise<FakeResponse> {
  return page(call, repositoryOf(call).defaultReviewers.map(accountBody))
}

async function effectiveDefaultReviewers(call: Call): Promise<FakeResponse> {
  const all = repositoryOf(call).defaultReviewers
  return page(
    call,
    all.map((one) => ({ type: 'default_reviewer', reviewer_type: 'repository', user: accountBody(one) })),
  )
}

async function branchRestrictions(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  demandPermission(call.world, call.session, repository, 'admin')
  const wanted = call.query.get('kind')
  const found = repository.restrictions.filter(({ kind }) => wanted === null || kind === wanted)
  return page(
    call,
    found.map((one) => ({ type: 'branchrestriction', branch_match_kind: 'glob', ...one })),
  )
}

async function userPermission(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  demandPermission(call.world, call.session, repository, 'admin')
  const wanted = call.parameters.selected_user_id
  const account = [...call.world.accounts.values()].find((one) => one.uuid === wanted || one.accountId === wanted)
  if (account === undefined) throw notFound('User not found')
  const permission = repository.permissions.get(account.uuid) ?? 'none'
  return ok({ type: 'repository_user_permission', permission, user: accountBody(account) })
}

/** Of everybody who may do something, whatever it comes from. */
async function workspacePermissions(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  demandPermission(call.world, call.session, repository, 'admin')
  const all = [...call.world.accounts.values()].map((account) => ({
    type: 'repository_permission',
    permission: permissionOf(call.world, { ...repository, private: true }, account),
    user: accountBody(account),
  }))
  return page(
    call,
    all.filter(({ permission }) => permission !== 'none'),
  )
}

async function members(call: Call): Promise<FakeResponse> {
  const uuids = membersOf(call)
  const all = [...call.world.accounts.values()].filter(({ uuid }) => uuids.has(uuid))
  return page(
    call,
    all.map((account) => ({ type: 'workspace_membership', user: accountBody(account) })),
  )
}

async function member(call: Call): Promise<FakeResponse> {
  const uuids = membersOf(call)
  const wanted = call.parameters.member
  const account = [...call.world.accounts.values()].find((one) => one.uuid === wanted || one.accountId === wanted)
  if (account === undefined || !uuids.has(account.uuid)) throw notFound('No such member')
  return ok({ type: 'workspace_membership', user: accountBody(account) })
}

function membersOf({ world, session, parameters }: Call): Set<string> {
  const uuids = world.workspaces.get((parameters.workspace ?? '').toLowerCase())
  if (uuids === undefined) throw notFound(`No workspace with identifier '${parameters.workspace}'.`)
  if (session.account === null || !uuids.has(session.account.uuid))
    throw new Refusal(403, 'You are not a member of this workspace.')
  return uuids
}

async function commitOf(call: Call): Promise<string> {
  const oid = await resolveCommit(repositoryOf(call), call.parameters.commit ?? '')
  if (oid === null) throw notFound(`Commit not found: ${call.parameters.commit}`)
  return oid
}

async function listStatuses(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  const oid = await commitOf(call)
  return page(
    call,
    repository.statuses.filter(({ commit }) => commit === oid).map((one) => statusBody(call.world, repository, one)),
  )
}

const STATUS_STATES = ['SUCCESSFUL', 'FAILED', 'INPROGRESS', 'STOPPED'] as const

/** "If the specified key already exists, the existing status object will be overwritten." */
async function postStatus(call: Call): Promise<FakeResponse> {
  const repository = repositoryOf(call)
  demandPermission(call.world, call.session, repository, 'write')
  const commit = await commitOf(call)
  const { key, state, url, name, description, refname } = jsonOf(call)
  const known = STATUS_STATES.find((one) => one === state)
  if (typeof key !== 'string' || key === '') throw badFields({ key: ['key is required'] })
  if ([...key].length > 40)
    throw badFields({ key: [`Ensure this value has at most 40 characters (it has ${[...key].length}).`] })
  if (known === undefined) throw badFields({ state: [`${String(state)} is not a valid choice.`] })
  if (typeof url !== 'string' || !URL.canParse(url)) throw badFields({ url: ['Enter a valid URL.'] })
  const now = call.world.now()
  const before = repository.statuses.find((one) => one.commit === commit && one.key === key)
  const status = {
    commit,
    key,
    state: known,
    name: typeof name === 'string' ? name : '',
    description: typeof description === 'string' ? description : '',
    url,
    refname: typeof refname === 'string' ? refname : null,
    createdOn: before?.createdOn ?? now,
    updatedOn: now,
  }
  if (before === undefined) repository.statuses.push(status)
  else Object.assign(before, status)
  return ok(statusBody(call.world, repository, status), 201)
}
