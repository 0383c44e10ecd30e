import { MergeRequests } from '@gitbeaker/rest'
import { bodyOf } from '@pullwright/core/vcs'
import type { MergeRequestBody } from '../merge-request-view.ts'
import { DRAFT } from '../rules.ts'
import { absentLabels, peopleIds } from './decorations.ts'
import type { GitLabJob } from './job.ts'
import { type Run, runContext, type State } from './state.ts'

/** Opens it with all that it shall have but auto-merge: one request. */
export async function openMergeRequest(
  run: Run,
  job: GitLabJob,
  state: State,
  commit: string,
): Promise<MergeRequestBody> {
  const { spec, labels, reviewers, assignees } = job
  const context = runContext(run, job, 'open the merge request', ['role: Developer'])
  const reviewerIds = peopleIds(reviewers, state)
  const assigneeIds = peopleIds(assignees, state)
  const answer = await run.client.rest(context, (to) =>
    new MergeRequests(to).create(job.project, spec.branch, spec.base, titleOf(job, spec.draft === true), {
      description: bodyOf(job, { commit }),
      removeSourceBranch: run.settings.removeSourceBranch,
      ...(labels.length === 0 ? {} : { labels: labels.join(',') }),
      ...(reviewerIds === undefined ? {} : { reviewerIds }),
      ...(assigneeIds === undefined ? {} : { assigneeIds }),
    }),
  )
  return answer as MergeRequestBody
}

/** Rewrites title and description and adds what is missing: one request. Whether it is a draft stays as it is. */
export async function editMergeRequest(
  run: Run,
  job: GitLabJob,
  state: State,
  there: MergeRequestBody,
  commit: string,
): Promise<MergeRequestBody> {
  const context = runContext(run, job, `update merge request #${there.iid}`, ['role: Developer'])
  const addLabels = absentLabels(job, there)
  const reviewerIds = peopleIds(job.reviewers, state, there.reviewers)
  const assigneeIds = peopleIds(job.assignees, state, there.assignees)
  const answer = await run.client.rest(context, (to) =>
    new MergeRequests(to).edit(job.project, there.iid, {
      title: titleOf(job, there.draft),
      description: bodyOf(job, { commit }),
      ...(addLabels.length === 0 ? {} : { addLabels: addLabels.join(',') }),
      ...(reviewerIds === undefined ? {} : { reviewerIds }),
      ...(assigneeIds === undefined ? {} : { assigneeIds }),
    }),
  )
  return answer as MergeRequestBody
}

function titleOf({ spec }: GitLabJob, draft: boolean): string {
  return draft ? DRAFT + spec.title : spec.title
}
