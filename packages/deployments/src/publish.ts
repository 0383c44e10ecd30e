import type { HandlerContext, Outcome, Vcs } from '@pullwright/core'
import { conclude } from './conclude.ts'
import { INTEGRATION, integrationRoute } from './integration-route.ts'
import { pullRequestSpec } from './pull-request-spec.ts'
import type { CompiledRoute } from './route.ts'
import type { RoutedDeployment } from './routed-event.ts'

export interface PublishOptions {
  routes: readonly CompiledRoute[]
  pseudonymKey: string | undefined
}

/** One deployment, one route: its file, its pull request, and the follow-up event. */
export async function publish(context: HandlerContext, options: PublishOptions): Promise<Outcome> {
  const routed = context.event.data as unknown as RoutedDeployment
  const deployment = await context.find(routed.deployment_event_id)
  if (deployment === null) return context.dead(`The deployment ${routed.deployment_event_id} was pruned or forgotten`)
  const found = await findRoute(context, routed, options.routes)
  if (found === null)
    return context.dead('Its route is gone from the configuration: deploy again, or put the route back and retry')
  const { compiled, vcs } = found
  const { repository } = compiled.route
  if (compiled.route.requirePrivate) {
    const { visibility } = await vcs.inspect(repository, { signal: context.signal })
    if (visibility === 'public') {
      return context.dead(`${repository} is public and its route says requirePrivate: make it private, then retry`)
    }
  }
  const capabilities = await vcs.capabilities(repository, { signal: context.signal })
  const spec = pullRequestSpec(deployment, compiled, routed.branch, {
    capabilities,
    pseudonymKey: options.pseudonymKey,
    order: { origin: context.origin, sequence: context.event.order },
  })
  const result = await vcs.publishPullRequest(spec, { signal: context.signal })
  return conclude(context, { deployment, routed, compiled }, result)
}

async function findRoute(
  context: HandlerContext,
  routed: RoutedDeployment,
  routes: readonly CompiledRoute[],
): Promise<{ compiled: CompiledRoute; vcs: Vcs } | null> {
  if (routed.route.startsWith(INTEGRATION)) {
    const id = routed.route.slice(INTEGRATION.length)
    const row = (await context.integrations()).find((candidate) => candidate.id === id && candidate.enabled)
    return row ? { compiled: integrationRoute(row), vcs: await context.vcs(row) } : null
  }
  const compiled = routes.find(({ id }) => id === routed.route)
  if (!compiled) return null
  const { vcs } = compiled.route
  return { compiled, vcs: typeof vcs === 'string' ? context.vcs(vcs) : vcs }
}
