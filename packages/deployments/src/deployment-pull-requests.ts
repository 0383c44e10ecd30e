import {
  type HandlerContext,
  type IntegrationRow,
  type JsonObject,
  type Outcome,
  type Plugin,
  type Policy,
  PullwrightError,
} from '@pullwright/core'
import { assignBranches, keyOf } from './branches.ts'
import { followOutcome } from './follow-outcome.ts'
import { type GitOrigin, gitOrigin } from './from-git.ts'
import { INTEGRATION, integrationRoute } from './integration-route.ts'
import { judgeAgain } from './judge-again.ts'
import { matchesRoute } from './matches-route.ts'
import { checkPipelines, type Pipeline } from './promotion/pipeline.ts'
import { promotionHandlers } from './promotion/promotion-handlers.ts'
import { type PublishOptions, publish } from './publish.ts'
import { report } from './report.ts'
import { type CompiledRoute, compileRoute, type Route } from './route.ts'
import { routeRedactor } from './route-redactor.ts'
import { isPolicy } from './route-schema.ts'
import { deploymentRouted } from './routed-event.ts'
import { branchValues } from './template-values.ts'

export interface DeploymentPullRequestsOptions {
  /** Routes in code. Integrations that tenants make at run time are matched beside them. */
  routes?: Route[]
  /** Keys the pseudonyms of routes with `pseudonymise`: 32 random bytes as base64, kept as long as pseudonyms should stay the same. */
  pseudonymKey?: string
  /** Judged for every deployment, beside those of its route. `policies` has the built-in ones. */
  policies?: readonly Policy[]
  /** Success in one environment proposes the next. Their pull requests go by the same routes; `gitops` deploys what is merged. */
  pipelines?: readonly Pipeline[]
}

/**
 * Every `environment.deployed` that meets a route becomes a pull request that documents it: opened, or updated where
 * one is open. Throws `invalid-argument` at once for a mistake in a route.
 */
export function deploymentPullRequests(options: DeploymentPullRequestsOptions): Plugin {
  const routes = compileAll(options)
  const { pseudonymKey, policies = [] } = options
  const pipelines = checkPipelines(options.pipelines ?? [])
  if (!policies.every(isPolicy)) {
    throw new PullwrightError('invalid-argument', '`policies` must be a list of { name, check }')
  }
  const parts: PublishOptions = { routes, pseudonymKey, policies }
  return {
    name: 'deployments',
    apiVersion: 1,
    events: [deploymentRouted],
    handlers: {
      route: {
        on: ['environment.deployed', 'deployment.proposed'],
        needs: ['config'],
        run: (context) => routeDeployment(context, parts),
      },
      publish: {
        on: [deploymentRouted.type],
        key: ['project', 'data.key'],
        supersede: true,
        run: (context) => publish(context, parts),
      },
      report: {
        on: ['pull_request.opened', 'pull_request.updated'],
        key: ['project', 'data.vcs', 'data.repository', 'data.number'],
        run: (context) => report(context, parts),
      },
      review: {
        on: ['pull_request.reviewed'],
        key: ['project', 'data.vcs', 'data.repository', 'data.number'],
        run: (context) => judgeAgain(context, parts),
      },
      outcome: {
        on: ['deployment.succeeded', 'deployment.failed', 'deployment.rolled_back'],
        key: ['project', 'data.app_name', 'data.environment'],
        run: (context) => followOutcome(context, parts),
      },
      ...(pipelines.length === 0 ? {} : promotionHandlers(parts, pipelines)),
    },
    start({ vcs }) {
      for (const { route } of routes) if (typeof route.vcs === 'string') vcs(route.vcs)
    },
    secrets: () => [
      ...(pseudonymKey === undefined ? [] : [pseudonymKey]),
      ...routes.flatMap(({ route: { vcs } }) => (typeof vcs === 'string' ? [] : (vcs.secrets?.() ?? []))),
    ],
  }
}

function compileAll({ routes = [], pseudonymKey }: DeploymentPullRequestsOptions): CompiledRoute[] {
  if (!Array.isArray(routes)) {
    throw new PullwrightError(
      'invalid-argument',
      '`routes` must be a list: deploymentPullRequests({ routes: [{ vcs, repository }] })',
    )
  }
  const compiled = routes.map((route, index) => compileRoute(route, `routes[${index}]`))
  for (const [index, { id, route }] of compiled.entries()) {
    if (route.pseudonymise && !pseudonymKey) {
      throw new PullwrightError(
        'invalid-argument',
        `routes[${index}].pseudonymise needs \`pseudonymKey\` beside \`routes\``,
      )
    }
    if (compiled.findIndex((other) => other.id === id) !== index) {
      throw new PullwrightError(
        'invalid-argument',
        `routes[${index}] says the same as an earlier route: give it another path or branch`,
      )
    }
  }
  return compiled
}

/** A proposal stands beside the document of what runs: no value can put a `+` into a branch. */
const PROPOSING = '+propose'

/** One follow-up for each route met, so that each repository succeeds, waits or fails by itself. */
async function routeDeployment(context: HandlerContext, options: PublishOptions): Promise<Outcome> {
  const { event } = context
  const data = event.data as JsonObject
  // It happened before one that is recorded already: the later one's pull request stands.
  if (data.outdated === true) return context.done({ outcome: 'outdated' })
  const deployment = { project: event.project, app: String(data.app_name), environment: String(data.environment) }
  const { good, broken } = await integrationRoutes(context, deployment)
  const kind = event.type === 'deployment.proposed' ? 'propose' : 'document'
  const origin = kind === 'propose' ? null : await gitOrigin(context)
  const met = [...options.routes, ...good].filter(
    (compiled) =>
      compiled.route.pullRequest !== false && matchesRoute(compiled.route, deployment) && !documents(origin, compiled),
  )
  const branches = assignBranches(met, event.project, ({ route }) => {
    const { pseudonymKey } = options
    return branchValues(event, { redactor: routeRedactor(route, pseudonymKey), pseudonymKey })
  })
  const facts = { deployment_event_id: event.id, app_name: deployment.app, environment: deployment.environment }
  for (const [compiled, documenting] of branches) {
    const branch = kind === 'propose' ? `${documenting}${PROPOSING}` : documenting
    const { id: route, vcs } = compiled
    const { repository } = compiled.route
    context.emit(deploymentRouted.type, {
      ...facts,
      ...{ kind, route, vcs, repository, branch, key: keyOf(compiled, branch) },
    })
  }
  for (const { id, vcs, repository } of broken) {
    // Published by a task of its own, which dies of the mistake and shows it where people look.
    const route = `${INTEGRATION}${id}`
    context.emit(deploymentRouted.type, {
      ...facts,
      ...{ kind, route, vcs, repository, branch: '', key: JSON.stringify([route]) },
    })
  }
  return context.done({ routes: met.length + broken.length })
}

/** Merging what asked for the deployment put its file there: a pull request would say it again. */
function documents(origin: GitOrigin | null, { vcs, route }: CompiledRoute): boolean {
  return origin?.vcs === vcs && origin.repository.toLowerCase() === route.repository.toLowerCase()
}

/** A mistake in one of a tenant's integrations holds up no other. */
async function integrationRoutes(
  context: HandlerContext,
  deployment: Parameters<typeof matchesRoute>[1],
): Promise<{ good: CompiledRoute[]; broken: IntegrationRow[] }> {
  const good: CompiledRoute[] = []
  const broken: IntegrationRow[] = []
  for (const row of await context.integrations()) {
    if (!row.enabled) continue
    try {
      good.push(integrationRoute(row))
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      context.log.warn({ integration: row.id, reason }, 'An integration cannot be used: change its rules')
      if (mayMatch(row, deployment)) broken.push(row)
    }
  }
  return { good, broken }
}

/** Where even that cannot be told, somebody should look. */
function mayMatch({ rules }: IntegrationRow, deployment: Parameters<typeof matchesRoute>[1]): boolean {
  try {
    return matchesRoute(rules as Pick<Route, 'when'>, deployment)
  } catch {
    return true
  }
}
