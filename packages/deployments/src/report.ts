import {
  type EventRecord,
  type HandlerContext,
  isVcsError,
  type JsonObject,
  type JsonValue,
  type Outcome,
  type PolicyResult,
  renderDeploymentHistory,
  type VcsCapabilities,
} from '@pullwright/core'
import { isProduction } from './auto-merge-in.ts'
import { deploymentCheck, deploymentStatus } from './forge-report.ts'
import { lineOfPath } from './line-of-path.ts'
import { type FoundRoute, findRoute, type PublishOptions, policiesOf } from './publish.ts'
import { type PullRequestRecord, type RecordedDeployment, readRecord, recordKey } from './pull-request-record.ts'
import { pullRequestSpec } from './pull-request-spec.ts'
import type { CompiledRoute } from './route.ts'
import { routeRedactor } from './route-redactor.ts'

/** Everything one report needs. */
interface Report extends FoundRoute {
  deployment: EventRecord
  record: PullRequestRecord
  entry: RecordedDeployment
  capabilities: VcsCapabilities
}

/**
 * What stands beside a pull request of ours: check, forge deployment, comment. A task of its own, so that none of it can
 * hold up or repeat the pull request. Writes only what differs.
 */
export async function report(context: HandlerContext, options: PublishOptions): Promise<Outcome> {
  const { deployment_event_id: id, vcs, repository, number } = context.event.data as JsonObject
  // What a forge tells of somebody's pull request.
  if (typeof id !== 'string') return context.done()
  const found = await recordAt(context, { vcs: String(vcs), repository: String(repository), number: Number(number) })
  if (found === null) return context.done({ outcome: 'unknown' })
  return reportRecord(context, options, found)
}

export async function reportRecord(
  context: HandlerContext,
  options: PublishOptions,
  record: PullRequestRecord,
  { checkOnly = false }: { checkOnly?: boolean } = {},
): Promise<Outcome> {
  const entry = record.deployments.at(-1)
  const deployment = entry === undefined ? null : await context.find(entry.event)
  const found = await findRoute(context, record.routed.route, options.routes)
  if (entry === undefined || deployment === null || found === null) return context.done({ outcome: 'gone' })
  const asked = wantedOf(context, options, found.compiled)
  const wanted = checkOnly ? { check: asked.check, deployment: false, comment: false } : asked
  if (!wanted.check && !wanted.deployment && !wanted.comment) return context.done()
  const capabilities = await found.vcs.capabilities(record.repository, { signal: context.signal })
  const parts: Report = { ...found, deployment, record, entry, capabilities }
  const told: Record<string, JsonValue> = {}
  if (wanted.check) told.check = await reportCheck(context, options, parts)
  if (wanted.deployment) told.deployment = await reportDeployment(context, parts)
  if (wanted.comment) told.comment = await reportComment(context, options, parts)
  return context.done(told)
}

/** By what an event says of a pull request: routes in code go by the adapter, tenants' own by the host they named. */
export async function recordAt(
  { documents, integrations }: Pick<HandlerContext, 'documents' | 'integrations'>,
  at: { vcs: string; repository: string; number: number },
): Promise<PullRequestRecord | null> {
  const own = (await integrations()).filter(({ vcs, baseUrl }) => vcs === at.vcs && baseUrl !== null)
  const hosts = new Set([at.vcs, ...own.map(({ baseUrl }) => baseUrl ?? at.vcs)])
  for (const host of hosts) {
    const record = await readRecord(documents, recordKey(host, at.repository, at.number))
    if (record !== null) return record
  }
  return null
}

function wantedOf(context: HandlerContext, options: PublishOptions, compiled: CompiledRoute) {
  const { check, deployment = false, comment = false } = compiled.route.report ?? {}
  return { check: check ?? policiesOf(context, options, compiled).length > 0, deployment, comment }
}

/** A check where the forge has them, else a status. */
async function reportCheck(context: HandlerContext, options: PublishOptions, parts: Report): Promise<JsonValue> {
  const { vcs, deployment, record, entry, capabilities, compiled } = parts
  if (record.commit === null) return 'no commit'
  const check = deploymentCheck({
    ...{ deployment, record, entry },
    redactor: routeRedactor(compiled.route, options.pseudonymKey),
    details: capabilities.details ?? false,
    lineOf: linesOf(context, options, parts),
  })
  const call = { signal: context.signal }
  if (vcs.checks) {
    const { outcome, as } = await vcs.checks.upsert(record.repository, record.commit, check, call)
    return { outcome, as }
  }
  if (!capabilities.statuses) return 'unsupported'
  await vcs.setStatus(record.repository, record.commit, deploymentStatus(check), call)
  return { outcome: 'applied', as: 'status' }
}

/** Annotations stand at lines of the file that was committed; a file without the configuration has none. */
function linesOf(context: HandlerContext, options: PublishOptions, parts: Report) {
  const { deployment, compiled, record, capabilities } = parts
  const spec = pullRequestSpec(deployment, compiled, record.routed.branch, {
    ...{ capabilities, pseudonymKey: options.pseudonymKey, kind: record.routed.kind },
    results: record.policies as unknown as PolicyResult[],
    order: { origin: context.origin, sequence: deployment.order },
  })
  const [file] = spec.files
  return (path: string) => {
    if (typeof file?.content !== 'string') return null
    const line = lineOfPath(file.content, path)
    return line === null ? null : { path: file.path, line }
  }
}

const FORGE_STATES = {
  proposed: 'pending',
  live: 'success',
  succeeded: 'success',
  failed: 'failure',
  rolled_back: 'inactive',
} as const

async function reportDeployment(context: HandlerContext, parts: Report): Promise<JsonValue> {
  const { vcs, deployment, record, entry } = parts
  const { signal } = context
  if (!vcs.deployments || record.commit === null) return 'unsupported'
  const { environment, app_name: app, url } = deployment.data as JsonObject
  try {
    const { id } = await vcs.deployments.record(
      record.repository,
      {
        identity: deployment.identity ?? deployment.id,
        environment: String(environment),
        sha: record.commit,
        branch: record.routed.branch,
        description: `${String(app)} ${entry.variant} (revision ${entry.revision})`,
        production: isProduction(String(environment)),
      },
      { signal },
    )
    const status = { state: FORGE_STATES[entry.status], ...(typeof url === 'string' ? { url } : {}) }
    await vcs.deployments.setStatus(record.repository, id, status, { signal })
    return 'applied'
  } catch (error) {
    return refusal(context, 'record the deployment on the forge', error)
  }
}

async function reportComment(context: HandlerContext, options: PublishOptions, parts: Report): Promise<JsonValue> {
  const { vcs, record, compiled } = parts
  const redactor = routeRedactor(compiled.route, options.pseudonymKey)
  const body = renderDeploymentHistory(record.deployments, { redactor })
  const { repository, number } = record
  const comment = { marker: 'deployments', body }
  const { outcome } = await vcs.upsertComment({ repository, number }, comment, { signal: context.signal })
  return outcome
}

/** What the credential may not do is told and left; all else is tried again. */
export function refusal(context: Pick<HandlerContext, 'log'>, what: string, error: unknown): JsonValue {
  if (!isVcsError(error) || (error.code !== 'permission' && error.code !== 'unsupported')) throw error
  context.log.warn({ missing: error.missing, reason: error.message }, `The credential may not ${what}`)
  return error.code
}
