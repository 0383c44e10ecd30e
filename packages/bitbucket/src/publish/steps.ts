import {
  isVcsError,
  type PublishResult,
  type PublishStep,
  type PublishSteps,
  type PullRequestSpec,
} from '@pullwright/core'
import { stepOf } from '@pullwright/core/vcs'
import { PULL_REQUEST } from '../pull-requests.ts'
import { repositoryName } from '../repository-name.ts'
import { setStatus } from '../statuses.ts'
import { contextOf, type Session } from './session.ts'

/** Before the text is written: a run that breaks off in between is then finished by the next one. */
export async function postStatuses(session: Session, spec: PullRequestSpec, sha: string): Promise<PublishSteps> {
  const { statuses = [], branch, repository } = spec
  if (statuses.length === 0) return {}
  const problems = await problemsOf(session, statuses, async (status) => {
    await setStatus(session.client, repository, sha, status, { ...session.options, branch })
    return status.context
  })
  return { statuses: stepOf('applied', problems) }
}

/** Those the operator wishes for on every new pull request. */
export async function addTasks(session: Session, number: number): Promise<PublishStep> {
  const context = contextOf(session, `add a task to pull request #${number}`, 'pullrequest:write')
  const parameters = { ...repositoryName(session.repository), pull_request_id: number }
  const problems = await problemsOf(session, session.wishes.tasks, async (raw) => {
    await session.client.call(`POST ${PULL_REQUEST}/tasks`, { parameters, json: { content: { raw } } }, context)
  })
  return problems.length === 0 ? { status: 'applied' } : { status: 'applied', error: problems.join('; ') }
}

async function problemsOf<T>(
  session: Session,
  all: readonly T[],
  work: (one: T) => Promise<unknown>,
): Promise<string[]> {
  const problems: string[] = []
  for (const one of all) {
    try {
      await work(one)
    } catch (error) {
      session.options.signal?.throwIfAborted()
      if (!isVcsError(error)) throw error
      problems.push(error.message)
    }
  }
  return problems
}

/** Says of what Bitbucket lacks that it lacks it, whatever became of the rest. */
export function withUnsupported(result: PublishResult, spec: PullRequestSpec): PublishResult {
  if (result.outcome === 'conflict') return result
  const { labels, assignees, autoMerge, teamReviewers = [], reviewers = [] } = spec
  const lacks = (what: string): PublishStep => ({ status: 'unsupported', error: `Bitbucket has no ${what}.` })
  const people = result.steps.reviewers
  const failed = people?.status === 'failed' ? ` ${people.error}` : ''
  const teams = `Bitbucket asks people for a review, not teams: ${teamReviewers.join(', ')}.${failed}`
  const steps: PublishSteps = {
    ...result.steps,
    ...(labels?.length ? { labels: lacks('labels; they stand in the text') } : {}),
    ...(assignees?.length ? { assignees: lacks('assignees on pull requests') } : {}),
    ...(autoMerge ? { autoMerge: lacks('auto-merge in its API') } : {}),
    ...(teamReviewers.length > 0 ? { reviewers: { status: 'unsupported', error: teams } } : {}),
  }
  if (reviewers.length === 0 && teamReviewers.length === 0 && people?.status !== 'failed') delete steps.reviewers
  return { ...result, steps }
}
