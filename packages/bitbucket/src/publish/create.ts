import { isVcsError, type PublishSteps, VcsError } from '@pullwright/core'
import {
  type Attempt,
  besideBranch,
  bodyOf,
  type CreateDecision,
  type Job,
  type JobFile,
  jobOnBranch,
} from '@pullwright/core/vcs'
import type { PullRequestBody } from '../bodies.ts'
import { toPullRequest } from '../pull-request-view.ts'
import { PULL_REQUESTS } from '../pull-requests.ts'
import { repositoryName } from '../repository-name.ts'
import { removeBranch } from './clean-up.ts'
import { commitFiles } from './commit-files.ts'
import { alreadyOnBase } from './on-base.ts'
import { readFilesAt } from './read-evidence.ts'
import { newReviewers, writeWithReviewers } from './reviewers.ts'
import { contextOf, type Session } from './session.ts'
import type { State } from './state.ts'
import { addTasks, postStatuses } from './steps.ts'

interface Place {
  job: Job
  parent: string
  changes: readonly JobFile[]
  /** The branch is not there yet. */
  fresh: boolean
}

/** Branch and commit in one request, then the pull request; statuses before it, tasks after. */
export async function create(session: Session, asked: Job, state: State, decision: CreateDecision): Promise<Attempt> {
  const place = await placeOf(session, asked, state, decision)
  const { job, parent, changes, fresh } = place
  const wanted = await newReviewers(session, job.spec)
  const committed = changes.length === 0 ? null : await commitFiles(session, job, { parent, changes })
  if (committed?.kind === 'raced') return { kind: 'again', reason: committed.reason }
  const commit = committed?.kind === 'committed' ? committed.oid : parent
  if (commit === state.base.oid) return alreadyOnBase(session, job, state)
  const statuses = await postStatuses(session, job.spec, commit)
  const written = await open(session, { ...place, commit }, wanted)
  if (written === null) return alreadyOnBase(session, job, state)
  const { body, step } = written
  if (fresh) session.viewer.learn(body.author)
  session.known.add(session.repository, job.spec.branch)
  const tasks = session.wishes.tasks.length === 0 ? null : await addTasks(session, body.id)
  const steps: PublishSteps = {
    branch: { status: fresh ? 'applied' : 'already' },
    commit: { status: committed?.kind === 'committed' ? 'applied' : 'already' },
    pullRequest: tasks ?? { status: 'applied' },
    ...(step === null ? {} : { reviewers: step }),
    ...statuses,
  }
  const pullRequest = toPullRequest(session.repository, body)
  return { kind: 'done', result: { outcome: 'created', pullRequest: { ...pullRequest, head: commit }, commit, steps } }
}

/**
 * Bitbucket cannot move a branch forward, only delete it and make it anew, by which a commit could be lost. So a branch
 * that was merged is gone on with where the base holds the same files of ours, and otherwise another is taken beside it.
 */
async function placeOf(session: Session, job: Job, { base, head }: State, decision: CreateDecision): Promise<Place> {
  const { branch, from, changes } = decision
  const place = { job, parent: from.oid, changes, fresh: branch === 'create' }
  if (branch !== 'forward' || head === null) return place
  const files = head.files ?? (await readFilesAt(session, job, head.oid))
  const equal = job.files.every(({ path }) => files.get(path) === base.files?.get(path))
  if (equal) return { ...place, parent: head.oid }
  return { ...place, job: jobOnBranch(job, besideBranch(job)), fresh: true }
}

/** Null: there is nothing to be pulled. What this call began is undone where it cannot be finished. */
async function open(
  session: Session,
  { job, commit, fresh }: Place & { commit: string },
  wanted: Awaited<ReturnType<typeof newReviewers>>,
) {
  const { spec } = job
  const context = contextOf(session, 'open the pull request', 'pullrequest:write')
  const parameters = { ...repositoryName(session.repository) }
  const json = {
    title: spec.title,
    description: bodyOf(job, { commit }),
    source: { branch: { name: spec.branch } },
    destination: { branch: { name: spec.base } },
    draft: spec.draft ?? false,
    close_source_branch: session.wishes.closeSourceBranch,
  }
  try {
    return await writeWithReviewers(session, { there: [], wanted }, async (reviewers) => {
      // Left out where there are none: should a pull request be open after all, it is changed, and keeps its own.
      const call = { parameters, json: { ...json, ...(reviewers.length === 0 ? {} : { reviewers }) } }
      return (await session.client.call<PullRequestBody>(`POST ${PULL_REQUESTS}`, call, context)).data
    })
  } catch (error) {
    session.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    // Without an answer nobody knows whether it is open: the next run will see.
    if (error.code === 'unavailable' || error.code === 'rate-limited') throw error
    const left = fresh ? await removeBranch(session, spec.branch, commit) : ''
    if (/no changes to be pulled/i.test(error.message)) return null
    if (left === '') throw error
    const { cause, missing, status } = error
    const told = { cause, missing: [...missing], ...(status === undefined ? {} : { status }) }
    throw new VcsError(error.code, error.message + left, told)
  }
}
