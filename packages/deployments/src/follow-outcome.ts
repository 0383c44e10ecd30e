import { createHash } from 'node:crypto'
import {
  type EventRecord,
  type FailedDeployment,
  type HandlerContext,
  type JsonObject,
  type JsonValue,
  type Outcome,
  type PastDeployment,
  renderFailedDeployment,
  type Vcs,
} from '@pullwright/core'
import { integrationRoutes } from './integration-route.ts'
import { matchesRoute } from './matches-route.ts'
import { findRoute, type PublishOptions } from './publish.ts'
import { changeRecord, type DeploymentStatus, recordsOf } from './pull-request-record.ts'
import { refusal, reportRecord } from './report.ts'

const STATUSES: Readonly<Record<string, DeploymentStatus>> = {
  'deployment.succeeded': 'succeeded',
  'deployment.failed': 'failed',
  'deployment.rolled_back': 'rolled_back',
}

/** Far enough back: hosts tell the end of a deployment soon after its beginning. */
const LOOKED_AT = 50

/** What the host says of a deployment's end goes to its pull requests; a failed one that has none may become an issue. */
export async function followOutcome(context: HandlerContext, options: PublishOptions): Promise<Outcome> {
  const { event } = context
  const status = STATUSES[event.type]
  if (status === undefined) return context.done()
  const data = event.data as JsonObject
  const deployment = await deploymentOf(context, data)
  const keys = deployment === null ? [] : await recordsOf(context.documents, deployment.id)
  if (keys.length === 0) {
    // What Git asked for has its pull request, which is told of it.
    return status === 'failed' && data.pull_request === undefined ? openIssues(context, options, event) : context.done()
  }
  const message = typeof data.message === 'string' ? data.message : null
  const told: JsonValue[] = []
  for (const key of keys) {
    const record = await changeRecord(context.documents, key, (before) => {
      const known = before?.deployments.find((one) => one.event === deployment?.id)
      if (before === null || known === undefined) return null
      if (known.status === status && known.message === message) return null
      const deployments = before.deployments.map((one) => (one === known ? { ...one, status, message } : one))
      return { ...before, deployments }
    })
    if (record !== null) told.push((await reportRecord(context, options, record)).kind)
  }
  return context.done({ told })
}

/** By its deployment id, else the last one of that revision. */
async function deploymentOf(context: HandlerContext, data: JsonObject): Promise<PastDeployment | null> {
  const past = await context.history({
    app: String(data.app_name),
    environment: String(data.environment),
    limit: LOOKED_AT,
  })
  if (typeof data.deployment_id === 'string') {
    const named = past.find(({ deploymentId }) => deploymentId === data.deployment_id)
    if (named) return named
  }
  return past.find(({ revision }) => String(revision) === String(data.revision)) ?? null
}

/** One issue for each app and environment, on the routes that ask for it. */
async function openIssues(context: HandlerContext, options: PublishOptions, event: EventRecord): Promise<Outcome> {
  const data = event.data as JsonObject
  const of = { project: event.project, app: String(data.app_name), environment: String(data.environment) }
  const own = integrationRoutes(await context.integrations()).good.map(({ compiled }) => compiled.id)
  const told: Record<string, JsonValue> = {}
  for (const id of [...options.routes.map((route) => route.id), ...own]) {
    const found = await findRoute(context, id, options.routes)
    if (!found?.compiled.route.report?.issue || !matchesRoute(found.compiled.route, of)) continue
    const { repository } = found.compiled.route
    told[repository] = await openIssue(context, found.vcs, repository, event)
  }
  return context.done({ issues: told })
}

async function openIssue(
  context: HandlerContext,
  vcs: Vcs,
  repository: string,
  { data, project }: EventRecord,
): Promise<JsonValue> {
  if (!vcs.issues) return 'unsupported'
  const failed = data as FailedDeployment
  const named = createHash('sha256')
    .update(JSON.stringify([project, failed.app_name, failed.environment]))
    .digest('hex')
  const issue = { marker: `deployment-failed/${named.slice(0, 32)}`, ...renderFailedDeployment(failed) }
  try {
    const { outcome, url } = await vcs.issues.upsert(repository, issue, { signal: context.signal })
    return { outcome, url }
  } catch (error) {
    return refusal(context, 'open an issue', error)
  }
}
