import { type Plugin, type Policy, PullwrightError } from '@pullwright/core'
import { askForReview } from './ask-for-review.ts'
import { followOutcome } from './follow-outcome.ts'
import { judgeAgain } from './judge-again.ts'
import { keyed } from './keyed.ts'
import { checkPipelines, type Pipeline } from './promotion/pipeline.ts'
import { promotionHandlers } from './promotion/promotion-handlers.ts'
import { type PublishOptions, publish } from './publish.ts'
import { report } from './report.ts'
import { type CompiledRoute, compileRoute, type Route } from './route.ts'
import { routeDeployment } from './route-deployment.ts'
import { isPolicy } from './route-schema.ts'
import { deploymentRouted } from './routed-event.ts'

export interface DeploymentPullRequestsOptions {
  /** Routes in code. Integrations that tenants make at run time are matched beside them. */
  routes?: Route[]
  /**
   * A key of your own for the pseudonyms of routes with `pseudonymise`: 32 random bytes as base64, kept as long as they
   * should stay the same. Absent: each project's own, as endpoints have it, which `privacy.reveal` reverses.
   */
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
  const parts: PublishOptions = { routes, pseudonymKey, policies, pipelines }
  return {
    name: 'deployments',
    apiVersion: 1,
    events: [deploymentRouted],
    handlers: {
      route: {
        on: ['environment.deployed', 'deployment.proposed'],
        needs: ['config'],
        run: (context) => routeDeployment(context, keyed(parts, context)),
      },
      publish: {
        on: [deploymentRouted.type],
        key: ['project', 'data.key'],
        supersede: true,
        run: (context) => publish(context, keyed(parts, context)),
      },
      report: {
        on: ['pull_request.opened', 'pull_request.updated'],
        key: ['project', 'data.vcs', 'data.repository', 'data.number'],
        run: (context) => report(context, keyed(parts, context)),
      },
      ask: {
        on: ['pull_request.opened', 'pull_request.updated'],
        key: ['project', 'data.vcs', 'data.repository', 'data.number'],
        run: (context) => askForReview(context, keyed(parts, context)),
      },
      review: {
        on: ['pull_request.reviewed'],
        key: ['project', 'data.vcs', 'data.repository', 'data.number'],
        run: (context) => judgeAgain(context, keyed(parts, context)),
      },
      outcome: {
        on: ['deployment.succeeded', 'deployment.failed', 'deployment.rolled_back'],
        key: ['project', 'data.app_name', 'data.environment'],
        run: (context) => followOutcome(context, keyed(parts, context)),
      },
      ...(pipelines.length === 0 ? {} : promotionHandlers(parts)),
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

function compileAll({ routes = [] }: DeploymentPullRequestsOptions): CompiledRoute[] {
  if (!Array.isArray(routes)) {
    throw new PullwrightError(
      'invalid-argument',
      '`routes` must be a list: deploymentPullRequests({ routes: [{ vcs, repository }] })',
    )
  }
  const compiled = routes.map((route, index) => compileRoute(route, `routes[${index}]`))
  for (const [index, { id }] of compiled.entries()) {
    if (compiled.findIndex((other) => other.id === id) !== index) {
      throw new PullwrightError(
        'invalid-argument',
        `routes[${index}] says the same as an earlier route: give it another path or branch`,
      )
    }
  }
  return compiled
}
