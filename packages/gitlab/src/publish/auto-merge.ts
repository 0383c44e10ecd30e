import { MergeRequests } from '@gitbeaker/rest'
import { isVcsError, type PublishStep } from '@pullwright/core'
import { type MergeRequestBody, toPullRequest } from '../merge-request-view.ts'
import { mayNotMerge, squashOf } from '../pull-requests.ts'
import type { GitLabJob } from './job.ts'
import { type Run, runContext } from './state.ts'

export interface AutoMerged {
  step: PublishStep
  /** As GitLab answered, where it did something. */
  after: MergeRequestBody | null
}

/** What was asked for; null where that leaves auto-merge as it is. */
export async function settleAutoMerge(
  run: Run,
  job: GitLabJob,
  one: MergeRequestBody,
  sha: string,
): Promise<AutoMerged | null> {
  if (job.spec.autoMerge) return autoMerge(run, job, one, sha)
  return job.spec.autoMerge === false ? switchOff(run, job, one) : null
}

/** GitLab looks at a new merge request in the background and refuses with 405 or 422 until it has: milliseconds. */
const WAITS = [500, 1_000, 2_000, 4_000]

/**
 * GitLab's own auto-merge, pinned to our commit: merges at once where nothing is left to wait for. One request, and one
 * more for each time that GitLab is not ready.
 */
async function autoMerge(run: Run, job: GitLabJob, one: MergeRequestBody, sha: string): Promise<AutoMerged> {
  const { autoMerge: wanted } = job.spec
  if (!wanted) throw new Error('auto-merge was not asked for')
  if (one.merge_when_pipeline_succeeds === true && one.sha === sha) return { step: { status: 'already' }, after: null }
  if (one.draft) {
    const error = 'The merge request is a draft: mark it as ready, then it can be merged.'
    return { step: { status: 'deferred', error }, after: null }
  }
  try {
    const squash = wanted === true ? {} : { squash: await squashOf(run.client, job.project, wanted, run.options) }
    const after = await askUntilReady(run, job, one, { autoMerge: true, sha, ...squash })
    return { step: { status: 'applied' }, after }
  } catch (error) {
    run.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    if (NOT_READY.has(error.status ?? 0)) {
      const hint =
        'GitLab cannot merge it yet, and has nothing to wait for: a conflict, a missing pipeline or approval.'
      return { step: { status: 'deferred', error: `${hint} ${error.message}` }, after: null }
    }
    const ref = { repository: job.spec.repository, number: one.iid }
    const said =
      error.status === 401 ? await mayNotMerge(run.client, ref, error, run.options).catch(() => error) : error
    return {
      step: { status: error.code === 'unsupported' ? 'unsupported' : 'failed', error: said.message },
      after: null,
    }
  }
}

/**
 * Cancels it, whoever asked for it: nothing to tell where it is off. A push ends it in GitLab anyway, so that is only
 * what stood before and needed no commit. One request.
 */
async function switchOff(run: Run, job: GitLabJob, one: MergeRequestBody): Promise<AutoMerged | null> {
  if (one.merge_when_pipeline_succeeds !== true) return null
  const context = runContext(run, job, `switch auto-merge of merge request #${one.iid} off`, ['role: Developer'])
  try {
    await run.client.rest(context, (to) => new MergeRequests(to).cancelOnPipelineSuccess(job.project, one.iid))
    return { step: { status: 'applied' }, after: null }
  } catch (error) {
    run.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    // Not waiting any more: https://docs.gitlab.com/api/merge_requests/#cancel-merge-when-pipeline-succeeds
    if (error.status === 406) return { step: { status: 'already' }, after: null }
    return { step: { status: 'failed', error: error.message }, after: null }
  }
}

const NOT_READY: ReadonlySet<number> = new Set([405, 422])

async function askUntilReady(
  run: Run,
  job: GitLabJob,
  { iid }: MergeRequestBody,
  order: { autoMerge: true; sha: string; squash?: boolean },
): Promise<MergeRequestBody> {
  const context = runContext(run, job, `set merge request #${iid} to auto-merge`, ['role: Developer'])
  for (let tries = 0; ; tries += 1) {
    try {
      const answer = await run.client.rest(context, (to) => new MergeRequests(to).merge(job.project, iid, order))
      return answer as MergeRequestBody
    } catch (error) {
      const wait = WAITS[tries]
      if (!isVcsError(error) || !NOT_READY.has(error.status ?? 0) || wait === undefined) throw error
      await run.settings.pause(wait, run.options.signal)
    }
  }
}

/** The state after it: merged already, where nothing was left to wait for. */
export function mergedState(job: GitLabJob, { after }: AutoMerged): object {
  if (after === null) return {}
  const { state, mergeCommit, mergedBy } = toPullRequest(job.spec.repository, after)
  return state === 'merged' ? { state, mergeCommit: mergeCommit ?? null, mergedBy: mergedBy ?? null } : {}
}
