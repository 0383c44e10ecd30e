import { iso } from '../../graphql/context.ts'
import type { Account, Team } from '../../model/entities.ts'
import type { World } from '../../model/world.ts'

/** `simple-user` of the OpenAPI document. */
export function simpleUser(world: World, account: Account) {
  const url = `${world.apiUrl}/users/${account.login}`
  return {
    login: account.login,
    id: account.databaseId,
    node_id: account.id,
    avatar_url: `${world.webUrl}/avatars/${account.databaseId}`,
    gravatar_id: '',
    url,
    html_url: `${world.webUrl}/${account.login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account.kind,
    user_view_type: 'public',
    site_admin: false,
  }
}

/** `public-user`. */
export function publicUser(world: World, account: Account) {
  return {
    ...simpleUser(world, account),
    name: account.name,
    company: null,
    blog: '',
    location: null,
    email: account.email,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: iso(account.createdAt),
    updated_at: iso(account.createdAt),
  }
}

/** `team`, as it stands in lists. */
export function simpleTeam(world: World, team: Team) {
  const url = `${world.apiUrl}/orgs/${team.organization.login}/teams/${team.slug}`
  return {
    id: team.databaseId,
    node_id: team.id,
    url,
    html_url: `${world.webUrl}/orgs/${team.organization.login}/teams/${team.slug}`,
    name: team.name,
    slug: team.slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'push',
    members_url: `${url}/members{/member}`,
    repositories_url: `${url}/repos`,
    parent: null,
    type: 'organization',
    organization_id: team.organization.databaseId,
  }
}

/** `team-full`. */
export function fullTeam(world: World, team: Team) {
  const { organization } = team
  const created = iso(organization.createdAt)
  return {
    ...simpleTeam(world, team),
    members_count: team.members.length,
    repos_count: 0,
    created_at: created,
    updated_at: created,
    organization: organizationBody(world, organization),
  }
}

/** `team-organization`. */
function organizationBody(world: World, organization: Account) {
  const url = `${world.apiUrl}/orgs/${organization.login}`
  const created = iso(organization.createdAt)
  return {
    login: organization.login,
    id: organization.databaseId,
    node_id: organization.id,
    url,
    repos_url: `${url}/repos`,
    events_url: `${url}/events`,
    hooks_url: `${url}/hooks`,
    issues_url: `${url}/issues`,
    members_url: `${url}/members{/member}`,
    public_members_url: `${url}/public_members{/member}`,
    avatar_url: `${world.webUrl}/avatars/${organization.databaseId}`,
    description: null,
    is_verified: false,
    has_organization_projects: true,
    has_repository_projects: true,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    html_url: `${world.webUrl}/${organization.login}`,
    created_at: created,
    type: 'Organization',
    updated_at: created,
    archived_at: null,
  }
}
