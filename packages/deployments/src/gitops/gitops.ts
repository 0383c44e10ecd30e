import { type Plugin, PullwrightError } from '@pullwright/core'
import { keyed } from '../keyed.ts'
import { compileRoute } from '../route.ts'
import { deployRequested } from './deploy-requested.ts'
import type { GitOpsOptions } from './gitops-options.ts'
import type { GitOpsParts } from './gitops-parts.ts'
import { requestLabeled } from './request-labeled.ts'
import { requestMerged } from './request-merged.ts'
import { tellForge } from './tell-forge.ts'

/** Deployments take their time; the host's `deploy` is aborted after this. */
const DEPLOY_TIMEOUT_MS = 600_000

/**
 * The way back: a merged proposal, a `deploy:<environment>` label or a file edited in Git becomes `deployment.requested`
 * and calls the host's `deploy`. Pull requests that only document ask for nothing. Throws `invalid-argument` at once for a
 * mistake in the options.
 */
export function gitops(options: GitOpsOptions): Plugin {
  const { routes = [], deploy, pseudonymKey } = options
  if (typeof deploy !== 'function') throw invalid('`deploy` must be a function: it is called with what to deploy')
  if (!Array.isArray(routes)) throw invalid('`routes` must be a list of what Git speaks for')
  const parts: GitOpsParts = { options, routes: routes.map((route, index) => compileRoute(route, `routes[${index}]`)) }
  return {
    name: 'gitops',
    apiVersion: 1,
    handlers: {
      merged: {
        on: ['pull_request.merged'],
        key: ['project', 'data.vcs', 'data.repository', 'data.number'],
        run: (context) => requestMerged(context, { ...parts, options: keyed(options, context) }),
      },
      labeled: {
        on: ['pull_request.labeled'],
        key: ['project', 'data.vcs', 'data.repository', 'data.number'],
        run: (context) => requestLabeled(context, parts),
      },
      deploy: {
        on: ['deployment.requested'],
        key: ['project', 'data.app_name', 'data.environment'],
        timeoutMs: DEPLOY_TIMEOUT_MS,
        run: (context) => deployRequested(context, parts),
      },
      tell: {
        on: ['deployment.succeeded', 'deployment.failed', 'deployment.blocked'],
        key: ['project', 'data.app_name', 'data.environment'],
        run: (context) => tellForge(context, parts),
      },
    },
    start({ vcs }) {
      for (const { route } of parts.routes) if (typeof route.vcs === 'string') vcs(route.vcs)
    },
    secrets: () => (pseudonymKey === undefined ? [] : [pseudonymKey]),
  }
}

function invalid(reason: string): PullwrightError {
  return new PullwrightError('invalid-argument', `gitops(): ${reason}`)
}
