import {
  type HandlerContext,
  isVcsError,
  type JsonObject,
  type Outcome,
  type PolicyResult,
  type PullRequest,
  type Vcs,
} from '@pullwright/core'
import { judgeDeployment } from '../policies/judge-deployment.ts'
import { findRoute, type PublishOptions } from '../publish.ts'
import type { PullRequestRecord } from '../pull-request-record.ts'
import { recordAt } from '../report.ts'
import { type Gate, type Pipeline, stageFor } from './pipeline.ts'

/** How often a gate that nobody told us about is looked at again: webhooks get lost. */
const LOOK_AGAIN_MS = 15 * 60_000

/** A proposal's pull request is merged once its gate is open; until then the task waits, and no attempt is counted. */
export async function passGate(
  context: HandlerContext,
  options: PublishOptions,
  pipelines: readonly Pipeline[],
): Promise<Outcome> {
  const { kind, vcs, repository, number } = context.event.data as JsonObject
  if (kind !== 'propose') return context.done()
  const at = { vcs: String(vcs), repository: String(repository), number: Number(number) }
  const record = await recordAt(context, at)
  const proposal = record === null ? null : await context.find(record.routed.deployment_event_id)
  if (record === null || proposal === null) return context.done({ outcome: 'gone' })
  const { app_name: app, environment } = record.routed
  const stage = stageFor(pipelines, { project: context.event.project, app, environment })
  const found = stage?.merge ? await findRoute(context, record.routed.route, options.routes) : null
  if (stage === null || found === null) return context.done({ outcome: 'manual' })
  const pullRequest = await found.vcs.getPullRequest(record.repository, record.number, { signal: context.signal })
  if (pullRequest.state !== 'open') return context.done({ outcome: pullRequest.state })
  const since = proposal.recordedAt
  const closed = await reasonToWait(context, { gate: stage.gate, vcs: found.vcs, record, pullRequest, since })
  if (closed !== null) return waitAt(context, pullRequest, closed)
  return merge(context, found.vcs, pullRequest)
}

/** The pull request changed in a way that a gate may be waiting for. */
export async function wakeGate(context: HandlerContext): Promise<Outcome> {
  const { url } = context.event.data as JsonObject
  return context.done({ woken: await context.wake(signalOf(String(url))) })
}

interface AtGate {
  gate: Gate
  vcs: Vcs
  record: PullRequestRecord
  pullRequest: PullRequest
  /** When it was proposed. */
  since: number
}

interface Waiting {
  reason: string
  untilMs: number
}

async function reasonToWait(context: HandlerContext, at: AtGate): Promise<Waiting | null> {
  const { gate, vcs, record, pullRequest, since } = at
  const now = context.now()
  const later = now + LOOK_AGAIN_MS
  const blocked = (record.policies as unknown as PolicyResult[]).find(({ verdict }) => verdict === 'block')
  if (blocked !== undefined) return { reason: `Blocked by ${blocked.title}: ${blocked.reason}`, untilMs: later }
  if (now < since + (gate.afterMs ?? 0))
    return { reason: 'The time to wait is not over', untilMs: since + (gate.afterMs ?? 0) }
  if (gate.label !== undefined && !pullRequest.labels.includes(gate.label)) {
    return { reason: `Waits for the label ${gate.label}`, untilMs: later }
  }
  const { policies = [] } = gate
  if (policies.length === 0) return null
  const event = await context.find(record.routed.deployment_event_id)
  if (event === null) return null
  const reviews = (await vcs.reviews?.list(pullRequest, { signal: context.signal })) ?? null
  const { repository } = record
  const results = await judgeDeployment(context, { event, vcs, repository, policies, reviews, now })
  const minded = results.find(({ verdict }) => verdict === 'block')
  return minded === undefined ? null : { reason: `${minded.title}: ${minded.reason}`, untilMs: later }
}

async function merge(context: HandlerContext, vcs: Vcs, pullRequest: PullRequest): Promise<Outcome> {
  try {
    const { merged, commit } = await vcs.mergePullRequest(
      pullRequest,
      { expectedHead: pullRequest.head },
      { signal: context.signal },
    )
    if (merged) return context.done({ outcome: 'merged', commit })
    return waitAt(context, pullRequest, {
      reason: 'The forge did not merge it yet',
      untilMs: context.now() + LOOK_AGAIN_MS,
    })
  } catch (error) {
    // Checks or approvals that the forge asks for are a gate as well.
    if (!isVcsError(error) || (error.code !== 'policy' && error.code !== 'conflict')) throw error
    return waitAt(context, pullRequest, { reason: error.message, untilMs: context.now() + LOOK_AGAIN_MS })
  }
}

function waitAt(context: HandlerContext, { url }: PullRequest, { reason, untilMs }: Waiting): Outcome {
  return context.wait({ reason, untilMs, wakeOn: signalOf(url) })
}

function signalOf(url: string): string {
  return `gate:${url}`
}
