import { demand, inaccessible, roleOf } from '../../model/access.ts'
import type { Account } from '../../model/entities.ts'
import { grants } from '../../model/permissions.ts'
import { Refusal } from '../../model/refusal.ts'
import { findAccount } from '../../model/world.ts'
import { type RateResource, rateBucket } from '../../rate-limit.ts'
import { fullTeam, publicUser, simpleUser } from '../bodies/account-bodies.ts'
import { permissionsBody } from '../bodies/repository-body.ts'
import { notFound, type RestCall, type RestRoutes, repositoryOf } from '../rest-call.ts'

/** Of the collaborator endpoint, which knows four levels only. */
const LEGACY = { admin: 'admin', maintain: 'write', write: 'write', triage: 'read', read: 'read' } as const

export const accountRoutes: RestRoutes = {
  'GET /': ({ world }) => ({ status: 200, body: rootBody(world.apiUrl) }),
  'GET /rate_limit': (call) => ({ status: 200, body: rateBody(call) }),
  'GET /user': ({ world, session }) => {
    if (session.account === null || session.token === null) {
      throw new Refusal('FORBIDDEN', 'Requires authentication', { status: 401 })
    }
    if (session.token.kind === 'installation') throw new Refusal('FORBIDDEN', inaccessible(session.token))
    return { status: 200, body: publicUser(world, session.account) }
  },
  'GET /users/{username}': ({ world, params }) => ({ status: 200, body: publicUser(world, userOf(world, params)) }),
  'GET /orgs/{org}/teams/{team_slug}': ({ world, session, params }) => {
    const { token } = session
    if (token === null) throw new Refusal('FORBIDDEN', 'Requires authentication', { status: 401 })
    const team = findAccount(world, params.org ?? '')?.teams.get((params.team_slug ?? '').toLowerCase())
    if (token.kind !== 'classic' && !grants(token.permissions, 'members', 'read')) {
      throw new Refusal('FORBIDDEN', inaccessible(token), { accepted: 'members=read' })
    }
    if (team === undefined) throw notFound()
    return { status: 200, body: fullTeam(world, team) }
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}': (call) => {
    const role = roleOf(userOf(call.world, call.params), collaborating(call))
    if (role === null) throw notFound()
    return { status: 204 }
  },
  'GET /repos/{owner}/{repo}/collaborators/{username}/permission': (call) => {
    const repository = collaborating(call)
    const user = findAccount(call.world, call.params.username ?? '')
    if (user?.kind !== 'User') throw new Refusal('NOT_FOUND', `${call.params.username} is not a user`)
    const role = roleOf(user, repository)
    const body = {
      permission: role === null ? 'none' : LEGACY[role],
      role_name: role ?? 'none',
      user: { ...simpleUser(call.world, user), permissions: permissionsBody(role), role_name: role ?? 'none' },
    }
    return { status: 200, body }
  },
}

function userOf(world: RestCall['world'], params: RestCall['params']): Account {
  const found = findAccount(world, params.username ?? '')
  if (found === undefined) throw notFound()
  return found
}

/** Who may push here may see who else may. */
function collaborating(call: RestCall) {
  const repository = repositoryOf(call)
  demand(call.session, repository, { permissions: ['metadata'], level: 'read' })
  return repository
}

function rateBody({ world, session }: RestCall) {
  const of = (resource: RateResource) => {
    const { limit, used, resetAt } = rateBucket(world, session.token?.value ?? '', resource)
    return { limit, used, remaining: Math.max(0, limit - used), reset: Math.ceil(resetAt / 1000), resource }
  }
  const resources = {
    core: of('core'),
    graphql: of('graphql'),
    search: of('search'),
    integration_manifest: of('integration_manifest'),
  }
  return { resources, rate: of('core') }
}

/** Names of the addresses that `GET /` lists, and where each leads. */
const ROOT: Record<string, string> = {
  current_user_url: 'user',
  current_user_authorizations_html_url: 'settings/connections/applications{/client_id}',
  authorizations_url: 'authorizations',
  code_search_url: 'search/code?q={query}{&page,per_page,sort,order}',
  commit_search_url: 'search/commits?q={query}{&page,per_page,sort,order}',
  emails_url: 'user/emails',
  emojis_url: 'emojis',
  events_url: 'events',
  feeds_url: 'feeds',
  followers_url: 'user/followers',
  following_url: 'user/following{/target}',
  gists_url: 'gists{/gist_id}',
  issue_search_url: 'search/issues?q={query}{&page,per_page,sort,order}',
  issues_url: 'issues',
  keys_url: 'user/keys',
  label_search_url: 'search/labels?q={query}&repository_id={repository_id}{&page,per_page}',
  notifications_url: 'notifications',
  organization_url: 'orgs/{org}',
  organization_repositories_url: 'orgs/{org}/repos{?type,page,per_page,sort}',
  organization_teams_url: 'orgs/{org}/teams',
  public_gists_url: 'gists/public',
  rate_limit_url: 'rate_limit',
  repository_url: 'repos/{owner}/{repo}',
  repository_search_url: 'search/repositories?q={query}{&page,per_page,sort,order}',
  current_user_repositories_url: 'user/repos{?type,page,per_page,sort}',
  starred_url: 'user/starred{/owner}{/repo}',
  starred_gists_url: 'gists/starred',
  user_url: 'users/{user}',
  user_organizations_url: 'user/orgs',
  user_repositories_url: 'users/{user}/repos{?type,page,per_page,sort}',
  user_search_url: 'search/users?q={query}{&page,per_page,sort,order}',
}

function rootBody(url: string): Record<string, string> {
  return Object.fromEntries(Object.entries(ROOT).map(([name, end]) => [name, `${url}/${end}`]))
}
