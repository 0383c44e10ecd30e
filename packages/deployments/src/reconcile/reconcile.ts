import { createHash } from 'node:crypto'
import {
  type JsonObject,
  type Plugin,
  PullwrightError,
  type Schedule,
  type Vcs,
  type VcsLookup,
} from '@pullwright/core'
import type { GitOpsRoute } from '../gitops/gitops-options.ts'
import { type CompiledRoute, compileRoute } from '../route.ts'
import { type DeployedNow, type Drift, findDrift } from './find-drift.ts'
import { tellMissedMerges } from './missed-merges.ts'

export interface ReconcileOptions {
  /** As those of `deploymentPullRequests`. */
  routes: GitOpsRoute[]
  /** What the host says runs now. Absent: Git is not compared with it. */
  current?(call: { signal: AbortSignal }): Promise<readonly DeployedNow[]> | readonly DeployedNow[]
  /** Opens the missing pull requests, for deployments whose `config` is at hand. Default false: drift is only told of. */
  open?: boolean
  /** Default one hour. */
  everyMs?: number
  /** How often to ask for merges that no webhook told of; `false`: never. Default 5 minutes. */
  pollMs?: number | false
}

const HOUR_MS = 3_600_000
const POLL_MS = 300_000

/**
 * Compares what Git documents with what runs: `drift.detected` for each difference, once, and pull requests where asked.
 * Also finds merges whose webhook was missed. Throws `invalid-argument` at once for a mistake in the options.
 */
export function reconcile(options: ReconcileOptions): Plugin {
  const { routes = [], current, open = false, everyMs = HOUR_MS, pollMs = POLL_MS } = options
  if (!Array.isArray(routes) || routes.length === 0) {
    throw new PullwrightError('invalid-argument', 'reconcile(): `routes` must name what Git documents')
  }
  const compiled = routes.map((route, index) => compileRoute(route, `routes[${index}]`))
  const drift: Schedule = {
    everyMs,
    async run({ vcs, emit, signal }) {
      const deployed = (await current?.({ signal })) ?? []
      const connected = compiled.map((one) => ({ compiled: one, vcs: adapterOf(vcs, one) }))
      for (const found of await findDrift(deployed, connected, { signal })) {
        if (found.kind === 'pending') continue
        const project = found.deployed.project ?? 'default'
        await emit('drift.detected', driftFacts(found), { project, idempotencyKey: keyOf('drift', found) })
        if (!open || found.deployed.config === undefined) continue
        await emit('environment.deployed', deploymentFacts(found.deployed), {
          project,
          idempotencyKey: keyOf('reconcile', found),
        })
      }
    },
  }
  const poll: Schedule = {
    everyMs: pollMs === false ? HOUR_MS : pollMs,
    async run(context) {
      for (const one of repositoriesOf(compiled)) {
        const { repository, base = 'main' } = one.route
        await tellMissedMerges({ vcs: adapterOf(context.vcs, one), name: one.vcs, repository, base }, context)
      }
    },
  }
  return {
    name: 'reconcile',
    apiVersion: 1,
    schedules: { ...(current ? { drift } : {}), ...(pollMs === false ? {} : { poll }) },
    start({ vcs }) {
      for (const { route } of compiled) if (typeof route.vcs === 'string') vcs(route.vcs)
    },
  }
}

/** Several routes may lead into one branch. */
function repositoriesOf(routes: readonly CompiledRoute[]): CompiledRoute[] {
  const places = routes.map(
    (one) => [`${one.vcs}/${one.route.repository.toLowerCase()}#${one.route.base ?? 'main'}`, one] as const,
  )
  return [...new Map(places).values()]
}

function adapterOf(vcs: VcsLookup, { route }: CompiledRoute): Vcs {
  return vcs(route.vcs)
}

function driftFacts({ deployed, repository, path, kind, documented }: Drift): JsonObject {
  const { app, environment, revision } = deployed
  return { app_name: app, environment, revision, documented_revision: documented, repository, path, kind }
}

function deploymentFacts({ app, environment, variant, revision, config = null }: DeployedNow): JsonObject {
  return {
    ...{ app_name: app, environment, variant_name: variant, revision, config },
    deployed_by: 'reconciliation',
    commit_message: 'Documented afterwards: no pull request told of it',
  }
}

/** The same difference is told once. */
function keyOf(what: string, { deployed, repository, path, kind, documented }: Drift): string {
  const { project, app, environment, revision, config = null } = deployed
  const told = JSON.stringify([project, app, environment, revision, config, repository, path, kind, documented])
  return `${what}:${createHash('sha256').update(told).digest('hex').slice(0, 32)}`
}
