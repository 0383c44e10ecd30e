import type { Account, Team } from '../model/entities.ts'
import { connection, type PageArguments } from './connection.ts'
import { type Graph, iso, type View } from './context.ts'

export function accountView(graph: Graph, account: Account): View {
  return {
    __typename: account.kind,
    id: account.id,
    databaseId: account.databaseId,
    login: account.login,
    name: account.name,
    email: account.email,
    url: `${graph.world.webUrl}/${account.login}`,
    resourcePath: `/${account.login}`,
    avatarUrl: `${graph.world.webUrl}/avatars/${account.databaseId}`,
    createdAt: iso(account.createdAt),
    team: ({ slug }: { slug: string }) => {
      const team = account.teams.get(slug.toLowerCase())
      return team === undefined ? null : graph.view.team(team)
    },
    teams: (args: PageArguments) => connection('teams', args, [...account.teams.values()], (t) => graph.view.team(t)),
  }
}

export function teamView(graph: Graph, team: Team): View {
  return {
    __typename: 'Team',
    id: team.id,
    databaseId: team.databaseId,
    slug: team.slug,
    name: team.name,
    combinedSlug: `${team.organization.login}/${team.slug}`,
    description: null,
    url: `${graph.world.webUrl}/orgs/${team.organization.login}/teams/${team.slug}`,
    organization: () => graph.view.account(team.organization),
    members: (args: PageArguments) => connection('members', args, team.members, (m) => graph.view.account(m)),
  }
}
