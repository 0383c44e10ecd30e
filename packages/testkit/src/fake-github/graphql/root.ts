import { canSee, inaccessible, visibleRepository } from '../model/access.ts'
import { grants } from '../model/permissions.ts'
import { Refusal, unresolvedNode } from '../model/refusal.ts'
import { findAccount, nameWithOwner } from '../model/world.ts'
import { rateBucket } from '../rate-limit.ts'
import { checkMutations } from './check-mutations.ts'
import { type GraphContext, iso } from './context.ts'
import { decorationMutations } from './decoration-mutations.ts'
import { parseGitId } from './global-id.ts'
import type { Mutations } from './payload.ts'
import { pullRequestMutations } from './pull-request-mutations.ts'
import { refMutations } from './ref-mutations.ts'

/** Every root field of `Mutation` that the fake can do. */
export const mutations: Mutations = {
  ...refMutations,
  ...pullRequestMutations,
  ...decorationMutations,
  ...checkMutations,
}

/** Every root field of `Query` that the fake can answer. */
export const queries: Record<string, (args: never, context: GraphContext) => unknown> = {
  viewer: (_: never, context) =>
    context.session.account === null ? null : context.graph.view.account(context.session.account),
  repository(args: { owner: string; name: string }, context) {
    const name = `${args.owner}/${args.name}`
    const repository = visibleRepository(context.graph.world, context.session, name)
    if (repository !== null) return context.graph.view.repository(repository)
    throw new Refusal('NOT_FOUND', `Could not resolve to a Repository with the name '${name}'.`)
  },
  user(args: { login: string }, context) {
    const account = findAccount(context.graph.world, args.login)
    if (account?.kind === 'User') return context.graph.view.account(account)
    throw new Refusal('NOT_FOUND', `Could not resolve to a User with the login of '${args.login}'.`)
  },
  organization(args: { login: string }, context) {
    const account = findAccount(context.graph.world, args.login)
    if (account?.kind !== 'Organization') {
      throw new Refusal('NOT_FOUND', `Could not resolve to an Organization with the login of '${args.login}'.`)
    }
    const team = (inner: { slug: string }) => {
      demandMembers(context)
      const found = account.teams.get(inner.slug.toLowerCase())
      return found === undefined ? null : context.graph.view.team(found)
    }
    return { ...context.graph.view.account(account), team }
  },
  repositoryOwner(args: { login: string }, context) {
    const account = findAccount(context.graph.world, args.login)
    return account === undefined || account.kind === 'Bot' ? null : context.graph.view.account(account)
  },
  rateLimit(_: never, { graph, session }: GraphContext) {
    const bucket = rateBucket(graph.world, session.token?.value ?? '', 'graphql')
    return {
      __typename: 'RateLimit',
      cost: 1,
      nodeCount: 0,
      limit: bucket.limit,
      used: bucket.used,
      remaining: bucket.limit - bucket.used,
      resetAt: iso(bucket.resetAt),
    }
  },
  node: (args: { id: string }, context) => nodeView(context, args.id),
  nodes: (args: { ids: string[] }, context) => Promise.all(args.ids.map((id) => nodeView(context, id))),
}

function demandMembers({ session }: GraphContext): void {
  const { token } = session
  if (token === null || token.kind === 'classic' || grants(token.permissions, 'members', 'read')) return
  throw new Refusal('FORBIDDEN', inaccessible(token))
}

async function nodeView(context: GraphContext, id: string) {
  const { world, view } = context.graph
  const git = parseGitId(world, id)
  if (git !== null && canSee(context.session, git.repository)) {
    if (git.kind === 'Ref') return view.ref(git.repository, git.name)
    return view.object(git.repository, await git.repository.git.read(git.name))
  }
  const node = world.nodes.get(id)
  if (node?.kind === 'Repository' && visibleRepository(world, context.session, nameWithOwner(node))) {
    return view.repository(node)
  }
  if (node?.kind === 'PullRequest' && canSee(context.session, node.repository)) return view.pullRequest(node)
  if (node?.kind === 'Label' && canSee(context.session, node.repository)) return view.label(node)
  if (node?.kind === 'IssueComment' && canSee(context.session, node.pullRequest.repository)) return view.comment(node)
  if (node?.kind === 'Team') return view.team(node)
  if (node?.kind === 'User' || node?.kind === 'Organization' || node?.kind === 'Bot') return view.account(node)
  throw unresolvedNode(id)
}
