import type { EventRecord, HandlerContext, JsonObject, PolicyResult, PullRequest, Vcs } from '@pullwright/core'
import { labelProblem } from '../gitops/guards.ts'
import { judgeDeployment } from '../policies/judge-deployment.ts'
import type { PullRequestRecord } from '../pull-request-record.ts'
import type { Route } from '../route.ts'
import { standingReviews } from '../standing-reviews.ts'
import type { Gate } from './pipeline.ts'

/** How often a gate that nobody told us about is looked at again: webhooks get lost. */
export const LOOK_AGAIN_MS = 15 * 60_000

export interface AtGate {
  gate: Gate
  vcs: Vcs
  route: Route
  record: PullRequestRecord
  pullRequest: PullRequest
  proposal: EventRecord
}

export interface Waiting {
  reason: string
  untilMs: number
}

/** What a gate still waits for; null where nothing. */
export async function reasonToWait(context: HandlerContext, at: AtGate): Promise<Waiting | null> {
  const { gate, record, proposal } = at
  const now = context.now()
  const untilMs = now + LOOK_AGAIN_MS
  const blocked = (record.policies as unknown as PolicyResult[]).find(({ verdict }) => verdict === 'block')
  if (blocked !== undefined) return { reason: `Blocked by ${blocked.title}: ${blocked.reason}`, untilMs }
  const opensAt = proposal.recordedAt + (gate.afterMs ?? 0)
  if (now < opensAt) return { reason: `The time to wait ends at ${new Date(opensAt).toISOString()}`, untilMs: opensAt }
  const reason = (await labelReason(context, at)) ?? (await policyReason(context, at))
  return reason === null ? null : { reason, untilMs }
}

/** A label opens a gate where whoever set it may merge: the forge tells who did, or its webhook did. */
async function labelReason(
  context: HandlerContext,
  { gate: { label }, vcs, pullRequest, record }: AtGate,
): Promise<string | null> {
  if (label === undefined) return null
  if (!pullRequest.labels.includes(label)) return `Waits for the label ${label}`
  const { repository } = pullRequest
  const actor = (await vcs.access?.labeledBy?.(pullRequest, label, { signal: context.signal })) ?? (await toldBy())
  const problem = await labelProblem(vcs, { repository, actor }, context.signal)
  return problem === null ? null : `The label ${label} does not count: ${problem}`

  async function toldBy(): Promise<string | null> {
    const attributes = { label: String(label), number: String(record.number), vcs: record.routed.vcs }
    const told = await context.events({ types: ['pull_request.labeled'], attributes })
    const last = told.find(({ data }) => {
      return String((data as JsonObject).repository).toLowerCase() === repository.toLowerCase()
    })
    const actor = (last?.data as JsonObject | undefined)?.actor
    return typeof actor === 'string' ? actor : null
  }
}

async function policyReason(
  context: HandlerContext,
  { gate: { policies = [] }, vcs, pullRequest, record, proposal: event }: AtGate,
): Promise<string | null> {
  if (policies.length === 0) return null
  const all = await vcs.reviews?.list(pullRequest, { signal: context.signal })
  const reviews = all === undefined ? null : standingReviews(all, pullRequest)
  const about = { event, vcs, repository: record.repository, policies, reviews, now: context.now() }
  const results = await judgeDeployment(context, about)
  const minded = results.find(({ verdict }) => verdict === 'block')
  return minded === undefined ? null : `${minded.title}: ${minded.reason}`
}
