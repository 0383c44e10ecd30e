import type { CallOptions, PublishResult, PullRequestSpec } from '@pullwright/core'
import { type Attempt, publish } from '@pullwright/core/vcs'
import type { GitHubClient } from '../client.ts'
import { cleanUp } from './clean-up.ts'
import { create } from './create.ts'
import { type GitHubJob, toGitHubJob } from './job.ts'
import type { Merged, Open, Plan } from './plan.ts'
import { readBranchCommits, readTouches } from './read-evidence.ts'
import { readPlan } from './read-plan.ts'
import { type Run, viewOf } from './run.ts'
import { finish, update } from './update.ts'

/**
 * Reads, decides, writes. 3 requests to create a pull request, 2 to update one, 1 where there is nothing to do; 1 more
 * for each commit status; further ones only where somebody else was there before.
 */
export async function publishPullRequest(
  client: GitHubClient,
  spec: PullRequestSpec,
  options: CallOptions = {},
): Promise<PublishResult> {
  const run: Run = { client, job: toGitHubJob(spec), options, races: 0, opened: null, made: null, text: null }
  const counted = async (trying: Promise<Attempt>) => {
    const attempt = await trying
    if (attempt.kind === 'again') run.races += 1
    return attempt
  }
  return publish<GitHubJob, Open, Merged, Plan>(run.job, {
    forge: 'GitHub',
    read(job) {
      run.job = job
      return readPlan(client, job, options)
    },
    readCommits: (job, plan) => readBranchCommits(client, job, plan, options),
    readTouches: (job, plan, foreign) => {
      return readTouches(client, job, plan.head?.oid ?? plan.base.oid, foreign, options)
    },
    create: (_job, plan, decision) => counted(create(run, plan, decision)),
    update: (_job, plan, decision) => counted(update(run, plan, decision)),
    decorate: (_job, plan, decision) => finish(run, plan, decision),
    view: (_job, plan, { node }) => viewOf(run, plan, node),
    cleanUp: (_job, plan) => cleanUp(run, plan),
  })
}
