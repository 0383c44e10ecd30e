import type { HandlerContext, JsonObject, JsonValue, Outcome } from '@pullwright/core'
import type { DeployAnswer, DeployRequest, Revision } from './gitops-options.ts'
import type { GitOpsParts } from './gitops-parts.ts'
import { VIA_GIT } from './request-deployment.ts'

/** Calls the host's `deploy`, once what runs is what was expected. Its answer becomes an event, which the forge is told of. */
export async function deployRequested(context: HandlerContext, { options }: GitOpsParts): Promise<Outcome> {
  const data = context.event.data as JsonObject
  if (data.requested_via !== VIA_GIT) return context.done()
  const wanted = requestOf(context)
  const call = { signal: context.signal }
  const facts = { ...factsOf(data), pull_request: data.pull_request as JsonObject }
  const deployed = await context.step<JsonValue>('deploy', async () => {
    const current = await options.currentRevision?.(wanted, call)
    const stale = staleness(wanted, current)
    if (stale !== null) return { blocked: stale }
    return ((await options.deploy(wanted, call)) ?? {}) as JsonObject
  })
  const { blocked, ...answer } = deployed as { blocked?: string } & DeployAnswer
  if (blocked !== undefined) {
    context.emit('deployment.blocked', { ...facts, reason: blocked }, { idempotencyKey: `${context.event.id}:blocked` })
    return context.done({ outcome: 'blocked', reason: blocked })
  }
  const { status = 'succeeded', message, deploymentId, url } = answer
  if (status !== 'pending') {
    const said = {
      ...(message === undefined ? {} : { message }),
      ...(deploymentId === undefined ? {} : { deployment_id: deploymentId }),
      ...(url === undefined ? {} : { url }),
    }
    const key = `${context.event.id}:${status}`
    context.emit(`deployment.${status}`, { ...facts, ...said }, { idempotencyKey: key })
  }
  return context.done({ outcome: status, deployment_id: deploymentId ?? null })
}

/** Why it is not what was asked for that would be replaced; null where it is, or where nobody knows. */
function staleness(
  { expectedCurrentRevision: expected, revision }: DeployRequest,
  current: Revision | null | undefined,
): string | null {
  if (current === undefined || expected === null) return null
  if (String(current) === String(expected) || String(current) === String(revision)) return null
  const runs = current === null ? 'nothing runs there' : `revision ${current} runs by now`
  return `${runs}, and this was to replace ${expected}: open it anew`
}

function requestOf({ event }: HandlerContext): DeployRequest {
  const data = event.data as JsonObject
  const { vcs, repository, number, url } = data.pull_request as JsonObject
  return {
    project: event.project,
    app: String(data.app_name),
    environment: String(data.environment),
    revision: data.revision as Revision,
    variant: typeof data.variant_name === 'string' ? data.variant_name : null,
    expectedCurrentRevision: (data.expected_current_revision ?? null) as Revision | null,
    requestedBy: typeof data.requested_by === 'string' ? data.requested_by : null,
    approvals: Array.isArray(data.approvals) ? data.approvals.map(String) : [],
    pullRequest: { vcs: String(vcs), repository: String(repository), number: Number(number), url: String(url) },
    idempotencyKey: event.id,
  }
}

function factsOf({ app_name, environment, revision = null }: JsonObject) {
  return { app_name: String(app_name), environment: String(environment), revision, requested_via: VIA_GIT }
}
