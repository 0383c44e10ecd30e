import { type HandlerContext, isVcsError, type JsonObject, type Outcome, type Vcs } from '@pullwright/core'
import { findRoute, type PublishOptions } from '../publish.ts'
import { recordAt } from '../report.ts'
import { type AtGate, LOOK_AGAIN_MS, reasonToWait, type Waiting } from './gate-reason.ts'
import { stageFor } from './pipeline.ts'
import { tellGate } from './tell-gate.ts'

/**
 * A proposal's pull request is merged once its gate is open; until then the task waits, no attempt is counted, and a
 * comment says what for.
 */
export async function passGate(context: HandlerContext, options: PublishOptions): Promise<Outcome> {
  const { kind, vcs, repository, number } = context.event.data as JsonObject
  if (kind !== 'propose') return context.done()
  const at = { vcs: String(vcs), repository: String(repository), number: Number(number) }
  const record = await recordAt(context, at)
  const proposal = record === null ? null : await context.find(record.routed.deployment_event_id)
  if (record === null || proposal === null) return context.done({ outcome: 'gone' })
  const { app_name: app, environment } = record.routed
  const stage = stageFor(options.pipelines, { project: context.event.project, app, environment })
  const found = stage?.merge ? await findRoute(context, record.routed.route, options.routes) : null
  if (stage === null || found === null) return context.done({ outcome: 'manual' })
  const pullRequest = await found.vcs.getPullRequest(record.repository, record.number, { signal: context.signal })
  if (pullRequest.state !== 'open') return context.done({ outcome: pullRequest.state })
  const { gate } = stage
  const held: AtGate = { gate, vcs: found.vcs, record, pullRequest, proposal, route: found.compiled.route }
  const closed = (await reasonToWait(context, held)) ?? (await merge(context, held))
  if ('untilMs' in closed) return wait(context, options, held, closed)
  await tellGate(context, options, held, null)
  return context.done({ outcome: 'merged', commit: closed.commit })
}

/** The pull request changed in a way that a gate may be waiting for. */
export async function wakeGate(context: HandlerContext): Promise<Outcome> {
  const { url } = context.event.data as JsonObject
  return context.done({ woken: await context.wake(signalOf(String(url))) })
}

async function merge(
  context: HandlerContext,
  { vcs, pullRequest }: { vcs: Vcs; pullRequest: AtGate['pullRequest'] },
): Promise<Waiting | { commit: string | null }> {
  const untilMs = context.now() + LOOK_AGAIN_MS
  try {
    const call = { signal: context.signal }
    const { merged, commit } = await vcs.mergePullRequest(pullRequest, { expectedHead: pullRequest.head }, call)
    return merged ? { commit } : { reason: 'The forge did not merge it yet', untilMs }
  } catch (error) {
    // Checks or approvals that the forge asks for are a gate as well.
    if (!isVcsError(error) || (error.code !== 'policy' && error.code !== 'conflict')) throw error
    return { reason: error.message, untilMs }
  }
}

async function wait(
  context: HandlerContext,
  options: PublishOptions,
  at: AtGate,
  { reason, untilMs }: Waiting,
): Promise<Outcome> {
  await tellGate(context, options, at, reason)
  return context.wait({ reason, untilMs, wakeOn: signalOf(at.pullRequest.url) })
}

function signalOf(url: string): string {
  return `gate:${url}`
}
