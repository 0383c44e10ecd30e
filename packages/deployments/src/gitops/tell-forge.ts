import { createHash } from 'node:crypto'
import {
  type CheckRun,
  type EventRecord,
  type HandlerContext,
  type JsonObject,
  type JsonValue,
  type Outcome,
  renderDeploymentAnswer,
  type Vcs,
} from '@pullwright/core'
import { isProduction } from '../auto-merge-in.ts'
import { deploymentStatus } from '../forge-report.ts'
import { refusal } from '../report.ts'
import type { GitOpsParts } from './gitops-parts.ts'
import { pullRequestFacts } from './guards.ts'
import { VIA_GIT } from './request-deployment.ts'
import { routesAt } from './routes-at.ts'

/** What became of a request, in the event's own type. */
const STATES = {
  'deployment.succeeded': { check: 'success', forge: 'success' },
  'deployment.failed': { check: 'failure', forge: 'failure' },
  'deployment.blocked': { check: 'failure', forge: null },
} as const

/** Far enough back for a host that tells of the end later. */
const LOOKED_AT = 50

/** What Git asked for came to an end, or was not begun: said on its pull request, as check, comment and forge deployment. */
export async function tellForge(context: HandlerContext, parts: GitOpsParts): Promise<Outcome> {
  const { event } = context
  const state = STATES[event.type as keyof typeof STATES]
  const asked = await requestOf(context, event)
  if (state === undefined || asked === null) return context.done()
  const { vcs: name, repository, number } = pullRequestFacts(asked.pull_request as JsonObject)
  const { commit, several } = asked.pull_request as JsonObject
  const at = await routesAt(context, parts, { vcs: name, repository })
  if (at === null) return context.done({ outcome: 'gone' })
  const { vcs } = at
  const data = event.data as JsonObject
  const told = renderDeploymentAnswer({ ...(asked as Record<string, unknown>), ...data }, event.type)
  const environment = String(data.environment)
  const url = typeof data.url === 'string' ? data.url : undefined
  const check: CheckRun = {
    // Of several each has its own: one that failed must not hide behind one that did not.
    name:
      several === true ? `Deployment of ${String(data.app_name)} to ${environment}` : `Deployment to ${environment}`,
    state: state.check,
    title: told.title,
    summary: told.body,
    ...(url === undefined ? {} : { url }),
  }
  const results: Record<string, JsonValue> = {}
  if (typeof commit === 'string') {
    results.check = await tellCheck(context, vcs, { repository, commit, check })
    if (state.forge !== null) {
      const deployment = { repository, commit, environment, state: state.forge, description: told.title, url }
      results.deployment = await tellDeployment(context, vcs, {
        ...deployment,
        identity: `git:${name}#${number}:${String(data.app_name)}:${commit}`,
      })
    }
  }
  const comment = { marker: `gitops/${placeDigest(data)}`, body: told.body }
  const { outcome } = await vcs.upsertComment({ repository, number }, comment, { signal: context.signal })
  return context.done({ ...results, comment: outcome })
}

/** The request that an event answers: it carries it, or it is the last one of its app, environment and revision. */
async function requestOf(context: HandlerContext, { data, type }: EventRecord): Promise<JsonObject | null> {
  const said = data as JsonObject
  if (said.requested_via === VIA_GIT && said.pull_request !== undefined) return said
  if (type === 'deployment.blocked') return null
  const attributes = { app: String(said.app_name), environment: String(said.environment) }
  const requests = await context.events({ types: ['deployment.requested'], attributes, limit: LOOKED_AT })
  const found = requests
    .map((one) => one.data as JsonObject)
    .find(({ revision }) => String(revision) === String(said.revision))
  return found?.requested_via === VIA_GIT ? found : null
}

/** One comment for each app and environment; their names may hold what no marker can. */
function placeDigest({ app_name: app, environment }: JsonObject): string {
  return createHash('sha256')
    .update(JSON.stringify([app, environment]))
    .digest('hex')
    .slice(0, 16)
}

async function tellCheck(
  { signal }: HandlerContext,
  vcs: Vcs,
  { repository, commit, check }: { repository: string; commit: string; check: CheckRun },
): Promise<JsonValue> {
  if (vcs.checks) return (await vcs.checks.upsert(repository, commit, check, { signal })).as
  await vcs.setStatus(repository, commit, deploymentStatus(check), { signal })
  return 'status'
}

interface ToldDeployment {
  repository: string
  commit: string
  environment: string
  state: 'success' | 'failure'
  description: string
  url: string | undefined
  identity: string
}

async function tellDeployment(context: HandlerContext, vcs: Vcs, told: ToldDeployment): Promise<JsonValue> {
  if (!vcs.deployments) return 'unsupported'
  const { repository, commit: sha, environment, state, description, url, identity } = told
  const call = { signal: context.signal }
  try {
    const { id } = await vcs.deployments.record(
      repository,
      { identity: `${identity}:${environment}`, environment, sha, production: isProduction(environment) },
      call,
    )
    await vcs.deployments.setStatus(repository, id, { state, description, ...(url ? { url } : {}) }, call)
    return state
  } catch (error) {
    return refusal(context, 'record the deployment on the forge', error)
  }
}
