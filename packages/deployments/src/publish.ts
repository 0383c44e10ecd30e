import type { EventRecord, HandlerContext, Outcome, Policy, PolicyResult, Review, Vcs } from '@pullwright/core'
import { conclude } from './conclude.ts'
import { INTEGRATION, integrationRoute } from './integration-route.ts'
import { judgeDeployment, unitePolicies } from './policies/judge-deployment.ts'
import { type Pipeline, stageFor } from './promotion/pipeline.ts'
import { pullRequestSpec } from './pull-request-spec.ts'
import type { CompiledRoute } from './route.ts'
import type { RoutedDeployment } from './routed-event.ts'

export interface PublishOptions {
  routes: readonly CompiledRoute[]
  pseudonymKey: string | undefined
  /** Beside those of each route and of other plugins. */
  policies: readonly Policy[]
  pipelines: readonly Pipeline[]
}

export interface FoundRoute {
  compiled: CompiledRoute
  vcs: Vcs
}

const ROUTE_GONE = 'Its route is gone from the configuration: deploy again, or put the route back and retry'

/** One deployment, one route: its file, its pull request, and the follow-up event. */
export async function publish(context: HandlerContext, options: PublishOptions): Promise<Outcome> {
  return publishRouted(context, options, context.event.data as unknown as RoutedDeployment, null)
}

/**
 * The same for a deployment that was routed before; with reviews where there is a pull request already. `judged` is
 * waited for before anything is written.
 */
export async function publishRouted(
  context: HandlerContext,
  options: PublishOptions,
  routed: RoutedDeployment,
  reviews: readonly Review[] | null,
  judged: (results: readonly PolicyResult[]) => Promise<unknown> = async () => {},
): Promise<Outcome> {
  const deployment = await context.find(routed.deployment_event_id)
  if (deployment === null) return context.dead(`The deployment ${routed.deployment_event_id} was pruned or forgotten`)
  const found = await findRoute(context, routed.route, options.routes)
  if (found === null) return context.dead(ROUTE_GONE)
  const { compiled, vcs } = found
  const { repository } = compiled.route
  if (compiled.route.requirePrivate) {
    const { visibility } = await vcs.inspect(repository, { signal: context.signal })
    if (visibility === 'public') {
      return context.dead(`${repository} is public and its route says requirePrivate: make it private, then retry`)
    }
  }
  const results = await judgeDeployment(context, {
    ...{ event: deployment, vcs, repository, reviews },
    policies: policiesOf(context, options, compiled),
    now: context.event.recordedAt,
  })
  await judged(results)
  const capabilities = await vcs.capabilities(repository, { signal: context.signal })
  const spec = pullRequestSpec(deployment, compiled, routed.branch, {
    ...{ capabilities, results, pseudonymKey: options.pseudonymKey, kind: routed.kind },
    order: orderOf(context, deployment),
    gated: isGated(options, deployment.project, routed),
  })
  const result = await vcs.publishPullRequest(spec, { signal: context.signal })
  return conclude(context, { deployment, routed, compiled, results }, result)
}

/** What is judged for a deployment of this route. */
export function policiesOf(context: HandlerContext, options: PublishOptions, { route }: CompiledRoute): Policy[] {
  return unitePolicies(route.policies ?? [], options.policies, context.policies)
}

/** A pipeline decides when a proposal is merged. */
function isGated(
  { pipelines }: PublishOptions,
  project: string,
  { kind, app_name: app, environment }: RoutedDeployment,
) {
  return kind === 'propose' && stageFor(pipelines, { project, app, environment }) !== null
}

/** By the deployment, not by what made us look at it again: that came later, and is about no newer one. */
function orderOf({ origin }: HandlerContext, deployment: EventRecord) {
  return { origin, sequence: deployment.order }
}

/** By the id that a routed event carries; null where it is gone. */
export async function findRoute(
  context: Pick<HandlerContext, 'integrations' | 'vcs'>,
  id: string,
  routes: readonly CompiledRoute[],
): Promise<FoundRoute | null> {
  if (id.startsWith(INTEGRATION)) {
    const own = id.slice(INTEGRATION.length)
    const row = (await context.integrations()).find((candidate) => candidate.id === own && candidate.enabled)
    return row ? { compiled: integrationRoute(row), vcs: await context.vcs(row) } : null
  }
  const compiled = routes.find((route) => route.id === id)
  if (!compiled) return null
  const { vcs } = compiled.route
  return { compiled, vcs: context.vcs(vcs) }
}
