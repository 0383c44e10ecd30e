import { type HandlerContext, isPullwrightError, type Outcome } from '@pullwright/core'
import type { FetchedRevision } from './agenta-answer.ts'
import type { AgentaApi } from './agenta-api.ts'
import { isAgentaApiError } from './agenta-api-error.ts'
import { type Change, type Committed, committedSchema, type Pointer } from './committed-event.ts'
import { type ChangedRevisions, deploymentOf } from './deployment-of.ts'
import type { LinkTo } from './links.ts'

export interface ExpandCommitParts {
  name: string
  api: AgentaApi
  linkTo: LinkTo
}

/**
 * Fetches what a commit only refers to, and emits one `environment.deployed` for each application changed. An
 * application that cannot be fetched holds up none of the others: what is known is emitted, under a key that makes a
 * second run harmless, and the task ends as the worst of them does.
 */
export async function expandCommit(context: HandlerContext, parts: ExpandCommitParts): Promise<Outcome> {
  const commit = committedSchema.parse(context.event.data)
  const failures: Failure[] = []
  for (const change of commit.changes) {
    try {
      const found = await fetchBoth(context, parts.api, commit, change)
      context.emit('environment.deployed', deploymentOf(commit, change, found, parts.linkTo), {
        idempotencyKey: `${parts.name}:${commit.event_id}:${change.app}`,
        occurredAt: context.event.occurredAt,
      })
    } catch (error) {
      const failure = failureOf(error)
      if (failure === null) throw error
      context.log.warn({ app: change.app }, failure.message)
      failures.push(failure)
    }
  }
  return outcomeOf(context, failures, commit.changes.length)
}

async function fetchBoth(
  context: HandlerContext,
  api: AgentaApi,
  commit: Committed,
  change: Change,
): Promise<ChangedRevisions> {
  const fetched = (pointer: Pointer): Promise<FetchedRevision> =>
    context.step(`revision ${JSON.stringify(pointer.revision)} of ${change.app}`, () =>
      api.retrieve(pointer, commit.agenta_project_id, context.signal),
    )
  const after = change.new === null ? null : await fetched(change.new)
  if (change.old === null) return { old: null, new: after }
  try {
    return { old: await fetched(change.old), new: after }
  } catch (error) {
    if (!isAgentaApiError(error) || error.code !== 'not-found') throw error
    // What runs now is known: that its predecessor was deleted is no reason to keep it from being documented.
    context.log.warn({ app: change.app }, 'The previous revision is gone from Agenta; compared with the last one seen')
    return { old: undefined, new: after }
  }
}

interface Failure {
  message: string
  retryable: boolean
  retryAfterMs?: number | undefined
}

/** What one application fails by without holding up the others: Agenta's refusal, or a configuration that is too large. */
function failureOf(error: unknown): Failure | null {
  if (isAgentaApiError(error)) return error
  if (!isPullwrightError(error) || (error.code !== 'too-large' && error.code !== 'invalid-event')) return null
  return { message: error.message, retryable: false }
}

function outcomeOf(context: HandlerContext, failures: readonly Failure[], changes: number): Outcome {
  const reason = [...new Set(failures.map(({ message }) => message))].join(' ')
  if (failures.length === 0) return context.done({ deployments: changes })
  const retryable = failures.filter((failure) => failure.retryable)
  if (retryable.length === 0) return context.dead(reason)
  const afterMs = Math.max(...retryable.map(({ retryAfterMs }) => retryAfterMs ?? 0))
  return context.retry(afterMs > 0 ? { afterMs, reason } : { reason })
}
