import type { HandlerContext, Vcs } from '@pullwright/core'
import { integrationRoutes } from '../integration-route.ts'
import type { CompiledRoute } from '../route.ts'
import type { GitOpsParts } from './gitops-parts.ts'

/** What speaks for a repository, and how it is reached. */
export interface RoutesAt {
  routes: CompiledRoute[]
  vcs: Vcs
}

/** Routes in code, and the project's own integrations; null where none is for this repository. */
export async function routesAt(
  context: HandlerContext,
  { routes }: GitOpsParts,
  at: { vcs: string; repository: string },
): Promise<RoutesAt | null> {
  const isThere = ({ vcs, route }: CompiledRoute) =>
    vcs === at.vcs && route.repository.toLowerCase() === at.repository.toLowerCase()
  const own = routes.filter(isThere)
  const tenants = integrationRoutes(await context.integrations()).good.filter(({ compiled }) => isThere(compiled))
  const [first] = own
  const [integration] = tenants
  const found = [...own, ...tenants.map(({ compiled }) => compiled)]
  if (first !== undefined) return { routes: found, vcs: context.vcs(first.route.vcs) }
  return integration === undefined ? null : { routes: found, vcs: await context.vcs(integration.row) }
}
