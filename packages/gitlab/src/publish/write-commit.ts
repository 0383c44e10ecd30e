import { Branches, type CommitAction, Commits } from '@gitbeaker/rest'
import { isVcsError } from '@pullwright/core'
import type { JobFile } from '@pullwright/core/vcs'
import type { GitLabJob } from './job.ts'
import { type Run, runContext, type State } from './state.ts'

export interface CommitPlan {
  /** Where a new branch starts; absent: the branch is there. */
  start?: string
  /** What stands there now. */
  files: ReadonlyMap<string, string | null>
  changes: readonly JobFile[]
}

/**
 * Branch and commit in one request. GitLab has no compare-and-swap for branches: a new one is refused where one of that
 * name is there, and a file where another commit changed it since we looked.
 */
export async function writeCommit(run: Run, job: GitLabJob, state: State, plan: CommitPlan): Promise<string> {
  const { branch, commitMessage } = job.spec
  const fresh = plan.start !== undefined
  const actions = plan.changes.map((file): CommitAction => {
    const revision = fresh ? undefined : state.revisions.get(file.path)
    const guard = revision === undefined ? {} : { lastCommitId: revision }
    if (file.content === null) return { action: 'delete', filePath: file.path, ...guard }
    const there = (plan.files.get(file.path) ?? null) !== null
    const content = { content: Buffer.from(file.content).toString('base64'), encoding: 'base64' }
    if (!there) return { action: 'create', filePath: file.path, ...content }
    return { action: 'update', filePath: file.path, ...content, ...guard }
  })
  const context = runContext(run, job, `commit to ${branch}`, ['role: Developer'])
  const start = plan.start === undefined ? {} : { startSha: plan.start }
  const { id } = await run.client.rest(context, (to) =>
    new Commits(to).create(job.project, branch, commitMessage, actions, start),
  )
  if (fresh) run.made = { branch, oid: id }
  return id
}

/** Somebody else wrote between our look and our write. */
export function isRace(error: unknown): boolean {
  if (!isVcsError(error)) return false
  return error.code === 'conflict' || /A file with this name (?:already exists|doesn't exist)/i.test(error.message)
}

/**
 * Removes the branch this call made while nobody else has committed to it. Answers what had to stay, as a sentence, or
 * an empty text.
 */
export async function cleanUp(run: Run, job: GitLabJob): Promise<string> {
  const { made } = run
  if (made === null) return ''
  run.made = null
  const note = ` Left behind: branch ${made.branch}.`
  const context = runContext(run, job, 'undo what was begun')
  try {
    const there = await run.client.rest(context, (to) => new Branches(to).show(job.project, made.branch))
    if (there.commit.id !== made.oid) return note
    await run.client.rest(context, (to) => new Branches(to).remove(job.project, made.branch))
    return ''
  } catch (error) {
    run.options.signal?.throwIfAborted()
    if (!isVcsError(error)) throw error
    return note
  }
}
