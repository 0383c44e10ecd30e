import { createHash } from 'node:crypto'
import type {
  EventRecord,
  HandlerContext,
  JsonObject,
  JsonValue,
  Outcome,
  PolicyResult,
  PublishResult,
  PullRequest,
} from '@pullwright/core'
import { personText } from './deployment-file.ts'
import { documentIdentity } from './document-identity.ts'
import {
  keepRecord,
  type PullRequestRecord,
  type RecordedDeployment,
  readRecord,
  recordKey,
} from './pull-request-record.ts'
import type { CompiledRoute } from './route.ts'
import type { RoutedDeployment } from './routed-event.ts'

/** What was to be published, and for whom. */
export interface Published {
  deployment: EventRecord
  routed: RoutedDeployment
  compiled: CompiledRoute
  results: readonly PolicyResult[]
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
  const outcome = await outcomeOf(context, published, { ...result, pullRequest, outcome: result.outcome })
  if (outcome !== 'unchanged') {
    tell(context, published, outcome, pullRequest)
    tellOfBlock(context, published, pullRequest)
  }
  return context.done({
    outcome,
    pull_request: factsOf(published, pullRequest),
    commit,
    steps: steps as unknown as JsonValue,
  })
}

type Outcomes = 'created' | 'updated' | 'unchanged'
type PublishedResult = Omit<PublishResult, 'pullRequest' | 'outcome'> & { pullRequest: PullRequest; outcome: Outcomes }

/**
 * What this task did, over all its attempts: one whose answer was lost, or whose process ended after the write, finds
 * everything in place, and would otherwise never be told of.
 */
async function outcomeOf(
  context: HandlerContext,
  published: Published,
  { outcome: said, pullRequest, commit }: PublishedResult,
): Promise<Outcomes> {
  const { deployment, compiled, routed, results } = published
  const { id } = context.event
  const key = recordKey(compiled.host, pullRequest.repository, pullRequest.number)
  const identity = documentIdentity(deployment.identity ?? '', results)
  if (said === 'unchanged' && (context.attempt === 1 || pullRequest.marker?.identity !== identity)) return said
  const before = await readRecord(context.documents, key)
  const outcome = said === 'unchanged' ? lateOutcome(before, id, identity) : said
  if (outcome === 'unchanged') return outcome
  const openedBy = outcome === 'created' ? id : (before?.openedBy ?? null)
  const { repository, number, url } = pullRequest
  await keepRecord(
    context,
    key,
    { ...{ openedBy, writtenBy: id, identity, repository, number, url, routed }, commit: commit ?? pullRequest.head },
    { deployment: entryOf(deployment), results },
  )
  return outcome
}

function lateOutcome(record: PullRequestRecord | null, event: string, identity: string): Outcomes {
  if (record === null || record.openedBy === event) return 'created'
  // Another task wrote just this, and ours had nothing left to do.
  return record.identity === identity && record.writtenBy !== event ? 'unchanged' : 'updated'
}

function entryOf({ id, type, data, occurredAt }: EventRecord): RecordedDeployment {
  const { variant_name: variant, revision, deployed_by: by } = data as JsonObject
  return {
    event: id,
    variant: String(variant),
    revision: typeof revision === 'number' ? revision : String(revision),
    by: personText(by) ?? '',
    at: occurredAt,
    status: type === 'deployment.proposed' ? 'proposed' : 'live',
    message: null,
  }
}

function tell(
  context: HandlerContext,
  published: Published,
  outcome: 'created' | 'updated',
  pullRequest: PullRequest,
): void {
  const { deployment, routed, results } = published
  const place = createHash('sha256').update(routed.key).digest('hex').slice(0, 32)
  const identity = documentIdentity(deployment.identity ?? '', results)
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
      ...(routed.kind === 'propose' ? { kind: routed.kind } : {}),
    },
    // One for each task, over its attempts: a verdict that comes back after another is told again.
    { idempotencyKey: `pull_request:${place}:${pullRequest.number}:${deployment.id}:${identity}:${context.event.id}` },
  )
}

function tellOfBlock(
  context: HandlerContext,
  { deployment, routed, results }: Published,
  pullRequest: PullRequest,
): void {
  const blocking = results.filter(({ verdict }) => verdict === 'block')
  if (blocking.length === 0) return
  const { revision, deployment_id: id } = deployment.data as JsonObject
  context.emit(
    'policy.blocked',
    {
      app_name: routed.app_name,
      environment: routed.environment,
      ...(revision === undefined ? {} : { revision }),
      ...(typeof id === 'string' ? { deployment_id: id } : {}),
      policies: blocking.map(({ policy, reason }) => ({ policy, reason })),
      pull_request: {
        vcs: routed.vcs,
        repository: routed.repository,
        number: pullRequest.number,
        url: pullRequest.url,
      },
    },
    { idempotencyKey: `policy.blocked:${documentIdentity(deployment.identity ?? '', results)}:${pullRequest.number}` },
  )
}

function factsOf({ routed }: Published, { number, url }: PullRequest) {
  return { vcs: routed.vcs, repository: routed.repository, number, url }
}
