import type { CheckResult, CheckRun, CommitStatus } from '@pullwright/core'
import { cutText } from '@pullwright/core/vcs'
import type { CallContext, GitHubClient } from '../client.ts'
import { LIMITS } from '../limits.ts'
import { repositoryName } from '../repository-name.ts'
import { postStatus } from '../statuses.ts'
import { latestStatuses } from './latest-statuses.ts'

/** A check in the few words that a commit status has. One request where nothing changed, else two. */
export async function upsertStatus(
  client: GitHubClient,
  sha: string,
  check: CheckRun,
  context: CallContext,
): Promise<CheckResult> {
  const wanted: CommitStatus = {
    context: check.name,
    state: STATES[check.state],
    description: cutText(check.title, LIMITS.statusDescription),
    ...(check.url === undefined ? {} : { url: check.url }),
  }
  repositoryName(context.repository)
  const all = await latestStatuses(client, sha, context)
  const there = all.find((one) => one.context.toLowerCase() === wanted.context.toLowerCase())
  if (there !== undefined) {
    const same =
      there.state === wanted.state &&
      (there.description ?? '') === wanted.description &&
      (there.target_url ?? '') === (wanted.url ?? '')
    if (same) return { outcome: 'unchanged', as: 'status', id: String(there.id), url: there.target_url }
  }
  const { id } = await postStatus(client, sha, wanted, context)
  return { outcome: there === undefined ? 'created' : 'updated', as: 'status', id: String(id), url: wanted.url ?? null }
}

/** What must be acted on is no success yet: a required status would let it pass otherwise. */
const STATES = {
  queued: 'pending',
  in_progress: 'pending',
  success: 'success',
  neutral: 'success',
  failure: 'failure',
  cancelled: 'failure',
  action_required: 'failure',
} as const satisfies Record<CheckRun['state'], CommitStatus['state']>
