import { createHash } from 'node:crypto'
import type {
  EventRecord,
  HandlerContext,
  JsonObject,
  JsonValue,
  Outcome,
  PublishResult,
  PullRequest,
} from '@pullwright/core'
import type { CompiledRoute } from './route.ts'
import type { RoutedDeployment } from './routed-event.ts'

/** What was to be published, and for whom. */
export interface Published {
  deployment: EventRecord
  routed: RoutedDeployment
  compiled: CompiledRoute
}

/** A branch that keeps moving, or that somebody else holds: after so many tries a person has to look. */
const MOST_CONFLICTS = 3

/** From what the forge made of it to the task's outcome and the follow-up event. */
export async function conclude(context: HandlerContext, published: Published, result: PublishResult): Promise<Outcome> {
  const { pullRequest, commit, steps } = result
  if (result.outcome === 'conflict') {
    const reason = result.reason ?? `The branch ${published.routed.branch} changed while it was written`
    return context.attempt < MOST_CONFLICTS ? context.retry({ reason }) : context.dead(reason)
  }
  if (pullRequest === null) return context.done({ outcome: result.outcome, reason: result.reason ?? null })
  // With a pull request and a reason: what stands there is a later deployment's.
  if (result.outcome === 'unchanged' && result.reason !== undefined) {
    return context.done({ outcome: 'superseded', reason: result.reason })
  }
  const failed = Object.entries(steps).filter(([, step]) => step.status === 'failed')
  for (const [step, { error }] of failed) {
    context.log.warn({ pullRequest: pullRequest.url, step, error }, 'The pull request stands, but a step of it failed')
  }
  const outcome = await outcomeOf(context, published, result.outcome, pullRequest)
  if (outcome !== 'unchanged') tell(context, published, outcome, pullRequest)
  return context.done({
    outcome,
    pull_request: factsOf(published, pullRequest),
    commit,
    steps: steps as unknown as JsonValue,
  })
}

/** What we know of a pull request, kept in a document of its own. */
interface Trace extends JsonObject {
  /** The routed event whose task opened it; null where it was there before we kept count. */
  openedBy: string | null
  /** The routed event whose task wrote to it last, and what it wrote. */
  writtenBy: string
  identity: string
}

/**
 * What this task did, over all its attempts: one whose answer was lost, or whose process ended after the write, finds
 * everything in place, and would otherwise never be told of.
 */
async function outcomeOf(
  context: HandlerContext,
  { deployment, compiled }: Published,
  said: 'created' | 'updated' | 'unchanged',
  pullRequest: PullRequest,
): Promise<'created' | 'updated' | 'unchanged'> {
  const { id } = context.event
  const key = `${compiled.host}/${pullRequest.repository.toLowerCase()}#${pullRequest.number}`
  const identity = deployment.identity ?? ''
  if (said === 'unchanged' && (context.attempt === 1 || pullRequest.marker?.identity !== identity)) return said
  const trace = ((await context.documents.get(key))?.value ?? null) as Trace | null
  const outcome = said === 'unchanged' ? lateOutcome(trace, id, identity) : said
  if (outcome === 'unchanged') return outcome
  const openedBy = outcome === 'created' ? id : (trace?.openedBy ?? null)
  await context.documents.put(key, { openedBy, writtenBy: id, identity } satisfies Trace)
  return outcome
}

function lateOutcome(trace: Trace | null, event: string, identity: string): 'created' | 'updated' | 'unchanged' {
  if (trace === null || trace.openedBy === event) return 'created'
  // Another task wrote just this, and ours had nothing left to do.
  return trace.identity === identity && trace.writtenBy !== event ? 'unchanged' : 'updated'
}

function tell(
  context: HandlerContext,
  published: Published,
  outcome: 'created' | 'updated',
  pullRequest: PullRequest,
): void {
  const { deployment, routed } = published
  const place = createHash('sha256').update(routed.key).digest('hex').slice(0, 32)
  context.emit(
    outcome === 'created' ? 'pull_request.opened' : 'pull_request.updated',
    {
      ...factsOf(published, pullRequest),
      title: pullRequest.title,
      branch: pullRequest.branch,
      base: pullRequest.base,
      app_name: routed.app_name,
      environment: routed.environment,
      revision: (deployment.data as JsonObject).revision ?? null,
      deployment_event_id: deployment.id,
    },
    { idempotencyKey: `pull_request:${place}:${pullRequest.number}:${deployment.id}:${deployment.identity}` },
  )
}

function factsOf({ routed }: Published, { number, url }: PullRequest) {
  return { vcs: routed.vcs, repository: routed.repository, number, url }
}
