import { isVcsError, type PublishResult, type PublishSteps } from '@pullwright/core'
import { type Attempt, bodyOf, type Job, type JobFile } from '@pullwright/core/vcs'
import { toPullRequest } from '../pull-request-view.ts'
import { commitFiles } from './commit-files.ts'
import { furtherReviewers, putPullRequest, type Written, writeWithReviewers } from './reviewers.ts'
import type { Session } from './session.ts'
import type { Known } from './state.ts'
import { postStatuses } from './steps.ts'

export interface Update {
  pullRequest: Known
  parent: string
  changes: readonly JobFile[]
  outcome: PublishResult['outcome']
}

/** Commit, statuses, text: should it break off before the last, the marker still names the commit before. */
export async function update(
  session: Session,
  job: Job,
  { pullRequest, parent, changes, outcome }: Update,
): Promise<Attempt> {
  const { source } = pullRequest
  const wanted = await furtherReviewers(session, job.spec, source)
  const committed = changes.length === 0 ? null : await commitFiles(session, job, { parent, changes })
  if (committed?.kind === 'raced') return { kind: 'again', reason: committed.reason }
  const commit = committed?.kind === 'committed' ? committed.oid : parent
  const statuses = await postStatuses(session, job.spec, commit)
  const there = (source.reviewers ?? []).flatMap(({ uuid }) => uuid ?? [])
  const text = { title: job.spec.title, description: bodyOf(job, { commit }) }
  let written: Written
  try {
    written = await writeWithReviewers(session, { there, wanted }, (reviewers) =>
      putPullRequest(session, source, { ...text, reviewers }),
    )
  } catch (error) {
    // Merged or declined meanwhile.
    if (isVcsError(error) && /only open pull requests/i.test(error.message))
      return { kind: 'again', reason: error.message }
    throw error
  }
  session.known.add(session.repository, job.spec.branch)
  const steps: PublishSteps = {
    branch: { status: 'already' },
    commit: { status: committed?.kind === 'committed' ? 'applied' : 'already' },
    pullRequest: { status: 'applied' },
    ...(written.step === null ? {} : { reviewers: written.step }),
    ...statuses,
  }
  const view = { ...toPullRequest(session.repository, written.body), head: commit }
  return { kind: 'done', result: { outcome, pullRequest: view, commit, steps } }
}
