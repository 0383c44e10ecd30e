import { canSee } from '../model/access.ts'
import type { PullRequest, Repository } from '../model/entities.ts'
import { unresolvedNode } from '../model/refusal.ts'
import type { Node } from '../model/world.ts'
import type { GraphContext } from './context.ts'
import { resolveNode } from './global-id.ts'

/** What a root field of `Mutation` does. Its answer lacks `clientMutationId`: the executor adds it. */
export type Mutation<Input> = (input: Input, context: GraphContext) => Promise<Record<string, unknown>>

export type Mutations = Record<string, Mutation<never>>

/** The repository of this id, if whoever asks may know of it. */
export function repositoryOf({ graph, session }: GraphContext, id: string): Repository {
  const repository = resolveNode(graph.world, id, 'Repository')
  if (!canSee(session, repository)) throw unresolvedNode(id)
  return repository
}

export function pullRequestOf({ graph, session }: GraphContext, id: string): PullRequest {
  const pullRequest = resolveNode(graph.world, id, 'PullRequest')
  if (!canSee(session, pullRequest.repository)) throw unresolvedNode(id)
  return pullRequest
}

export function nodesOf<Kind extends Node['kind']>(
  { graph }: GraphContext,
  ids: readonly string[] | null | undefined,
  ...kinds: Kind[]
): Extract<Node, { kind: Kind }>[] {
  return (ids ?? []).map((id) => resolveNode(graph.world, id, ...kinds))
}
