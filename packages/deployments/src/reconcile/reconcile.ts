import { createHash } from 'node:crypto'
import { type JsonObject, type Plugin, PullwrightError, type Schedule } from '@pullwright/core'
import type { GitOpsRoute } from '../gitops/gitops-options.ts'
import { compileRoute } from '../route.ts'
import { type DeployedNow, type Drift, findDrift } from './find-drift.ts'
import { tellMissedWebhooks } from './missed-webhooks.ts'
import { branchesOf, branchKey, type Place, placesOf } from './places.ts'

export interface ReconcileOptions {
  /** As those of `deploymentPullRequests`. Integrations that tenants make at run time are looked at beside them. */
  routes?: GitOpsRoute[]
  /** The one of `deploymentPullRequests`, where that has one. */
  pseudonymKey?: string
  /** What the host says runs now. Absent: Git is not compared with it. */
  current?(call: { signal: AbortSignal }): Promise<readonly DeployedNow[]> | readonly DeployedNow[]
  /** Opens the missing pull requests, for deployments whose `config` is at hand. Default false: drift is only told of. */
  open?: boolean
  /** Default one hour. */
  everyMs?: number
  /** How often to ask for merges, closings and reviews that no webhook told of; `false`: never. Default 5 minutes. */
  pollMs?: number | false
}

const HOUR_MS = 3_600_000
const POLL_MS = 300_000

/**
 * Compares what Git documents with what runs: `drift.detected` for each difference, once, and pull requests where asked.
 * Also finds what webhooks should have told of and did not, and so serves hosts that no webhook reaches. One repository
 * that cannot be reached holds up no other. Throws `invalid-argument` at once for a mistake in the options.
 */
export function reconcile(options: ReconcileOptions): Plugin {
  const { routes, pseudonymKey, current, open = false, everyMs = HOUR_MS, pollMs = POLL_MS } = options
  if (routes !== undefined && (!Array.isArray(routes) || routes.length === 0)) {
    throw new PullwrightError('invalid-argument', 'reconcile(): `routes` must name what Git documents')
  }
  const compiled = (routes ?? []).map((route, index) => compileRoute(route, `routes[${index}]`))
  const drift: Schedule = {
    everyMs,
    async run(context) {
      const deployed = (await current?.({ signal: context.signal })) ?? []
      const places = placesOf(compiled, await context.integrations(), context.vcs)
      await eachOf(context, places, async (place) => {
        const found = await findDrift(
          deployed,
          place,
          pseudonymKey === undefined ? context : { ...context, pseudonymKey: async () => pseudonymKey },
        )
        for (const one of found) await tellDrift(context, one, open)
      })
    },
  }
  const poll: Schedule = {
    everyMs: pollMs === false ? HOUR_MS : pollMs,
    async run(context) {
      const places = placesOf(compiled, await context.integrations(), context.vcs)
      await eachOf(context, branchesOf(places), async (place) => {
        const { vcs: name, route } = place.compiled
        const { repository, base = 'main' } = route
        const key = `seen:${branchKey(place)}`
        await tellMissedWebhooks({ vcs: await place.vcs(), name, repository, base, key }, context)
      })
    },
  }
  return {
    name: 'reconcile',
    apiVersion: 1,
    schedules: { ...(current ? { drift } : {}), ...(pollMs === false ? {} : { poll }) },
    start({ vcs }) {
      for (const { route } of compiled) if (typeof route.vcs === 'string') vcs(route.vcs)
    },
    secrets: () => (pseudonymKey === undefined ? [] : [pseudonymKey]),
  }
}

type ScheduleContext = Parameters<Schedule['run']>[0]

async function eachOf(
  { log, signal }: ScheduleContext,
  places: readonly Place[],
  work: (place: Place) => Promise<void>,
): Promise<void> {
  for (const place of places) {
    try {
      await work(place)
    } catch (error) {
      signal.throwIfAborted()
      const reason = error instanceof Error ? error.message : String(error)
      log.warn({ repository: place.compiled.route.repository, reason }, 'A repository could not be reconciled')
    }
  }
}

async function tellDrift({ emit }: ScheduleContext, found: Drift, open: boolean): Promise<void> {
  if (found.kind === 'pending') return
  const project = found.deployed.project ?? 'default'
  await emit('drift.detected', driftFacts(found), { project, idempotencyKey: keyOf('drift', found) })
  if (!open || found.deployed.config === undefined) return
  const idempotencyKey = keyOf('reconcile', found)
  await emit('environment.deployed', deploymentFacts(found.deployed), { project, idempotencyKey })
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
