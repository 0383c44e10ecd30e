import { type HandlerContext, type JsonObject, type Outcome, type Plugin, PullwrightError } from '@pullwright/core'
import { integrationRoute } from './integration-route.ts'
import { publish } from './publish.ts'
import { type CompiledRoute, compileRoute, matchesRoute, type Route, type RouteValues } from './route.ts'
import { deploymentRouted } from './routed-event.ts'
import { branchValues } from './template-values.ts'

export interface DeploymentPullRequestsOptions {
  /** Routes in code. Integrations that tenants make at run time are matched beside them. */
  routes?: Route[]
  /** Keys the pseudonyms of routes with `pseudonymise`: 32 random bytes as base64, kept as long as pseudonyms should stay the same. */
  pseudonymKey?: string
}

/**
 * Every `environment.deployed` that meets a route becomes a pull request that documents it: opened, or updated where
 * one is open. Throws `invalid-argument` at once for a mistake in a route.
 */
export function deploymentPullRequests(options: DeploymentPullRequestsOptions): Plugin {
  const routes = compileAll(options)
  return {
    name: 'deployments',
    apiVersion: 1,
    events: [deploymentRouted],
    handlers: {
      route: {
        on: ['environment.deployed'],
        needs: ['config'],
        run: (context) => routeDeployment(context, routes),
      },
      publish: {
        on: [deploymentRouted.type],
        key: ['project', 'data.key'],
        supersede: true,
        run: (context) => publish(context, { routes, pseudonymKey: options.pseudonymKey }),
      },
    },
    start({ vcs }) {
      for (const { route } of routes) if (typeof route.vcs === 'string') vcs(route.vcs)
    },
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

/** One follow-up for each route met, so that each repository succeeds, waits or fails by itself. */
async function routeDeployment(context: HandlerContext, inCode: readonly CompiledRoute[]): Promise<Outcome> {
  const { event } = context
  const data = event.data as JsonObject
  // It happened before one that is recorded already: the later one's pull request stands.
  if (data.outdated === true) return context.done({ outcome: 'outdated' })
  const deployment = { project: event.project, app: String(data.app_name), environment: String(data.environment) }
  const met = [...inCode, ...(await integrationRoutes(context))].filter(
    ({ route }) => route.pullRequest !== false && matchesRoute(route, deployment),
  )
  const taken = new Set<string>()
  for (const compiled of met) {
    const branch = freeBranch(compiled, branchValues(event), taken)
    context.emit(deploymentRouted.type, {
      deployment_event_id: event.id,
      app_name: deployment.app,
      environment: deployment.environment,
      route: compiled.id,
      vcs: compiled.vcs,
      repository: compiled.route.repository,
      branch,
      key: keyOf(compiled, branch),
    })
  }
  return context.done({ routes: met.length })
}

async function integrationRoutes(context: HandlerContext): Promise<CompiledRoute[]> {
  const rows = await context.integrations()
  return rows.filter(({ enabled }) => enabled).map(integrationRoute)
}

/** Two routes of one deployment into one repository: each gets a branch of its own. */
function freeBranch(compiled: CompiledRoute, values: RouteValues, taken: Set<string>): string {
  const wanted = compiled.branch(values)
  for (let number = 1; ; number++) {
    const branch = number === 1 ? wanted : `${wanted}-${number}`
    const key = keyOf(compiled, branch)
    if (taken.has(key)) continue
    taken.add(key)
    return branch
  }
}

/** Where a pull request stands: the same repository on another host is another one. */
function keyOf({ host, route }: CompiledRoute, branch: string): string {
  return JSON.stringify([host, route.repository, branch])
}
