import type { HandlerContext, IntegrationRow, JsonObject, Outcome } from '@pullwright/core'
import { assignBranches, keyOf } from './branches.ts'
import { contentDigest } from './content-digest.ts'
import { type GitOrigin, gitOrigin } from './from-git.ts'
import { INTEGRATION, integrationRoutes } from './integration-route.ts'
import { matchesRoute } from './matches-route.ts'
import type { PublishOptions } from './publish.ts'
import type { CompiledRoute, Route } from './route.ts'
import { routeRedactor } from './route-redactor.ts'
import { deploymentRouted } from './routed-event.ts'
import { shownConfig } from './shown.ts'
import { branchValues } from './template-values.ts'

/** A proposal stands beside the document of what runs: no value can put a `+` into a branch. */
const PROPOSING = '+propose'

/** One follow-up for each route met, so that each repository succeeds, waits or fails by itself. */
export async function routeDeployment(context: HandlerContext, options: PublishOptions): Promise<Outcome> {
  const { event } = context
  const data = event.data as JsonObject
  // It happened before one that is recorded already: the later one's pull request stands.
  if (data.outdated === true) return context.done({ outcome: 'outdated' })
  const deployment = { project: event.project, app: String(data.app_name), environment: String(data.environment) }
  const { good, broken } = integrationRoutes(await futureIntegrations(context))
  const kind = event.type === 'deployment.proposed' ? 'propose' : 'document'
  const origin = kind === 'propose' ? null : await gitOrigin(context)
  const { pseudonymKey } = options
  const met = [...options.routes, ...good.map(({ compiled }) => compiled)].filter(
    (compiled) =>
      compiled.route.pullRequest !== false &&
      matchesRoute(compiled.route, deployment) &&
      !documents(origin, context, compiled, pseudonymKey),
  )
  const branches = assignBranches(met, event.project, ({ route }) => {
    return branchValues(event, { redactor: routeRedactor(route, pseudonymKey), pseudonymKey })
  })
  const facts = {
    ...{ deployment_event_id: event.id, app_name: deployment.app, environment: deployment.environment },
    deployed_by: data.deployed_by ?? null,
  }
  for (const [compiled, documenting] of branches) {
    const branch = kind === 'propose' ? `${documenting}${PROPOSING}` : documenting
    const { id: route, vcs } = compiled
    const { repository } = compiled.route
    context.emit(deploymentRouted.type, {
      ...facts,
      ...{ kind, route, vcs, repository, branch, key: keyOf(compiled, branch) },
    })
  }
  const unusable = broken.filter(({ row }) => mayMatch(row, deployment))
  for (const { row, reason } of broken) {
    context.log.warn({ integration: row.id, reason }, 'An integration cannot be used: change its rules')
  }
  for (const { row } of unusable) {
    const { id, vcs, repository } = row
    // Published by a task of its own, which dies of the mistake and shows it where people look.
    const route = `${INTEGRATION}${id}`
    context.emit(deploymentRouted.type, {
      ...facts,
      ...{ kind, route, vcs, repository, branch: '', key: JSON.stringify([route]) },
    })
  }
  return context.done({ routes: met.length + unusable.length })
}

/** What was deployed before an integration was enabled is history: only what comes after it gets a pull request. */
async function futureIntegrations({ event, integrations }: HandlerContext): Promise<IntegrationRow[]> {
  return (await integrations()).filter(({ createdAt, enabledAt = createdAt }) => enabledAt <= event.recordedAt)
}

/** Merging what asked for the deployment put its file there: a pull request would say it again. */
function documents(
  origin: GitOrigin | null,
  { event }: HandlerContext,
  { vcs, route }: CompiledRoute,
  pseudonymKey: string | undefined,
): boolean {
  if (origin?.vcs !== vcs || origin.repository.toLowerCase() !== route.repository.toLowerCase()) return false
  if (origin.content === null) return true
  // A file that says otherwise than what runs is put right.
  const config = routeRedactor(route, pseudonymKey).value(event.kept.config ?? null)
  return contentDigest(shownConfig(config, route)) === origin.content
}

/** Where even that cannot be told, somebody should look. */
function mayMatch({ rules }: IntegrationRow, deployment: Parameters<typeof matchesRoute>[1]): boolean {
  try {
    return matchesRoute(rules as Pick<Route, 'when'>, deployment)
  } catch {
    return true
  }
}
