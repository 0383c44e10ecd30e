import type { CallOptions, PublishResult, PublishSteps, PullRequest, PullRequestSpec } from '@pullwright/core'
import { isVcsError, VcsError } from '@pullwright/core'
import {
  type Attempt,
  besideBranch,
  type CreateDecision,
  type Decision,
  jobOnBranch,
  publish,
  type UpdateDecision,
} from '@pullwright/core/vcs'
import type { GitLabClient } from '../client.ts'
import { type MergeRequestBody, toPullRequest } from '../merge-request-view.ts'
import { setStatus } from '../statuses.ts'
import { mergedState, settleAutoMerge } from './auto-merge.ts'
import { decorationSteps } from './decorations.ts'
import { findTouch, readCommits } from './evidence.ts'
import { type GitLabJob, toGitLabJob } from './job.ts'
import { readState } from './read-state.ts'
import type { Known, PublishSettings, Run, State } from './state.ts'
import { cleanUp, isRace, writeCommit } from './write-commit.ts'
import { editMergeRequest, openMergeRequest } from './write-merge-request.ts'

/**
 * Reads, decides, writes. 3 requests to create a merge request, 3 to update one, 1 where there is nothing to do; 1 more
 * for auto-merge and for each commit status; further ones only where somebody else was there before. Of one branch one
 * call runs at a time.
 */
export function publishPullRequest(
  client: GitLabClient,
  settings: PublishSettings,
  spec: PullRequestSpec,
  options: CallOptions = {},
): Promise<PublishResult> {
  const job = toGitLabJob(spec)
  const key = `${job.project.toLowerCase()} ${spec.branch}`
  const work = () => {
    const run: Run = { client, settings, options, made: null }
    return publish<GitLabJob, Known, Known, State>(job, {
      forge: 'GitLab',
      read: (one) => readState(run, one),
      readCommits: (one, state) => readCommits(run, one, state),
      readTouches: async (one, state, foreign) => findTouch(one, state, foreign),
      create: (one, state, decision) => create(run, one, state, decision),
      update: (one, state, decision) => update(run, one, state, decision),
      decorate: (one, state, decision) => decorate(run, one, state, decision),
      view: (one, _, known) => toPullRequest(one.spec.repository, known.node),
      cleanUp: (one) => cleanUp(run, one),
    })
  }
  return client.inTurn(key, work, options.signal)
}

async function create(run: Run, asked: GitLabJob, state: State, decision: CreateDecision): Promise<Attempt> {
  const { changes } = decision
  const { job, onto } = placeFor(asked, state, decision)
  let commit: string
  try {
    commit =
      changes.length === 0 && onto !== null
        ? onto.oid
        : await writeCommit(run, job, state, {
            changes,
            files: onto === null ? filesOf(state.base) : filesOf(onto),
            ...(onto === null ? { start: state.base.oid } : {}),
          })
  } catch (error) {
    if (isRace(error)) return { kind: 'again', reason: messageOf(error) }
    throw explainBranch(error, job)
  }
  const statuses = await postStatuses(run, job, commit)
  const opened = await open(run, job, state, commit)
  if ('kind' in opened) return opened
  const steps: PublishSteps = {
    branch: { status: onto === null ? 'applied' : 'already' },
    commit: { status: onto !== null && changes.length === 0 ? 'already' : 'applied' },
    pullRequest: { status: 'applied' },
    ...decorationSteps(job, state, null, opened),
    ...statuses,
  }
  return finish(run, job, { outcome: 'created', one: opened, commit, steps })
}

/** A branch that is there is gone on with where it stands; where its files differ from the base's, a new one is taken. */
function placeFor(job: GitLabJob, { base, head }: State, { branch }: CreateDecision) {
  if (branch === 'create' || head === null) return { job, onto: null }
  const same = [...filesOf(base)].every(([path, oid]) => filesOf(head).get(path) === oid)
  if (branch === 'keep' || same) return { job, onto: head }
  // Nothing can move a branch only if it still stands where we saw it.
  return { job: jobOnBranch(job, besideBranch(job)), onto: null }
}

/** A merge request that was opened meanwhile is a race; what GitLab refuses for good takes the new branch with it. */
async function open(run: Run, job: GitLabJob, state: State, commit: string): Promise<MergeRequestBody | Attempt> {
  try {
    const opened = await openMergeRequest(run, job, state, commit)
    run.made = null
    return opened
  } catch (error) {
    run.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    if (error.status === 409) {
      run.made = null
      return { kind: 'again', reason: error.message }
    }
    if (error.retryable) throw error
    const left = await cleanUp(run, job)
    const { cause, missing, status } = error
    throw new VcsError(error.code, error.message + left, {
      cause,
      missing: [...missing],
      ...(status === undefined ? {} : { status }),
    })
  }
}

async function update(run: Run, job: GitLabJob, state: State, decision: UpdateDecision<Known>): Promise<Attempt> {
  const { pullRequest, from, changes } = decision
  let commit = from.oid
  try {
    if (changes.length > 0) commit = await writeCommit(run, job, state, { changes, files: filesOf(from) })
  } catch (error) {
    if (isRace(error)) return { kind: 'again', reason: messageOf(error) }
    throw error
  }
  const statuses = await postStatuses(run, job, commit)
  const edited = await editMergeRequest(run, job, state, pullRequest.node, commit)
  const steps: PublishSteps = {
    branch: { status: 'already' },
    commit: { status: changes.length > 0 ? 'applied' : 'already' },
    pullRequest: { status: 'applied' },
    ...decorationSteps(job, state, pullRequest.node, edited),
    ...statuses,
  }
  return finish(run, job, { outcome: 'updated', one: edited, commit, steps })
}

/** All is there but auto-merge. */
async function decorate(
  run: Run,
  job: GitLabJob,
  state: State,
  { pullRequest, outcome }: Extract<Decision<Known>, { kind: 'decorate' }>,
): Promise<Attempt> {
  const already = { status: 'already' } as const
  const { node } = pullRequest
  const steps = { branch: already, commit: already, pullRequest: already, ...decorationSteps(job, state, node, node) }
  return finish(run, job, { outcome, one: node, commit: state.head?.oid ?? node.sha, steps })
}

interface Written {
  outcome: 'created' | 'updated'
  one: MergeRequestBody
  commit: string
  steps: PublishSteps
}

async function finish(run: Run, job: GitLabJob, { outcome, one, commit, steps }: Written): Promise<Attempt> {
  const merging = await settleAutoMerge(run, job, one, commit)
  const pullRequest: PullRequest = {
    ...toPullRequest(job.spec.repository, one),
    headRepository: job.spec.repository,
    // GitLab takes the new head over in the background.
    head: commit,
    ...(merging === null ? {} : mergedState(job, merging)),
  }
  const all = merging === null ? steps : { ...steps, autoMerge: merging.step }
  return { kind: 'done', result: { outcome, pullRequest, commit, steps: all } }
}

/** One request each. What fails is told in the step. */
async function postStatuses(run: Run, { spec }: GitLabJob, commit: string): Promise<PublishSteps> {
  if (!spec.statuses?.length) return {}
  const problems: string[] = []
  for (const status of spec.statuses) {
    try {
      await setStatus(run.client, spec.repository, commit, status, { ...run.options, branch: spec.branch })
    } catch (error) {
      run.options.signal?.throwIfAborted()
      if (!isVcsError(error)) throw error
      problems.push(`${status.context}: ${error.message}`)
    }
  }
  return { statuses: problems.length === 0 ? { status: 'applied' } : { status: 'failed', error: problems.join('; ') } }
}

function explainBranch(error: unknown, { spec }: GitLabJob): unknown {
  if (!isVcsError(error) || !/Something went wrong when we tried to create/i.test(error.message)) return error
  const message = `The branch ${spec.branch} cannot be made, perhaps because git has one place for it and a branch beside it, as with a and a/b. Choose another name.`
  return new VcsError('invalid', `${message} ${error.message}`, { cause: error })
}

function filesOf({ files }: { files?: ReadonlyMap<string, string | null> }): ReadonlyMap<string, string | null> {
  return files ?? new Map()
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
