import type { JsonObject, PullRequest, Vcs } from '@pullwright/core'
import type { CompiledRoute } from '../route.ts'

/** Why a pull request may not ask for anything; null where it may. */
export function forkProblem({ repository, headRepository }: PullRequest): string | null {
  if (headRepository === undefined) return 'the forge does not tell whether it comes from a fork'
  if (headRepository?.toLowerCase() === repository.toLowerCase()) return null
  return 'it comes from a fork: only branches of this repository may ask for deployments'
}

/** Of the repository and branch that routes speak for. */
export function routesInto(
  routes: readonly CompiledRoute[],
  vcs: string,
  { repository, base }: PullRequest,
): CompiledRoute[] {
  return routes.filter(
    ({ vcs: name, route }) =>
      name === vcs && route.repository.toLowerCase() === repository.toLowerCase() && (route.base ?? 'main') === base,
  )
}

/** Why a label does not count; null where it does. */
export async function labelProblem(
  vcs: Vcs,
  { repository, actor }: { repository: string; actor: string | null },
  signal: AbortSignal,
): Promise<string | null> {
  if (actor === null) return 'the forge does not tell who set it'
  if (!vcs.access) return 'the adapter cannot tell what whoever set it may do'
  const [self, permission] = await Promise.all([
    vcs.access.self(repository, { signal }),
    vcs.access.permission(repository, actor, { signal }),
  ])
  if (self?.toLowerCase() === actor.toLowerCase()) return 'we set it ourselves'
  return permission === 'write' || permission === 'admin' ? null : `${actor} has no write permission`
}

/** What an event of a forge says of its pull request. */
export function pullRequestFacts(data: JsonObject): {
  vcs: string
  repository: string
  number: number
  actor: string | null
} {
  const { vcs, repository, number, actor } = data
  return {
    vcs: String(vcs),
    repository: String(repository),
    number: Number(number),
    actor: typeof actor === 'string' ? actor : null,
  }
}
