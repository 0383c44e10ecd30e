import { Repositories } from '@gitbeaker/rest'
import type { BranchCommits, ForeignCommit, Touch } from '@pullwright/core/vcs'
import type { GitLabJob } from './job.ts'
import { type Run, runContext, type State } from './state.ts'

/** Who made the commits of a branch that has no open merge request: one request, and one for who we are. */
export async function readCommits(run: Run, job: GitLabJob, { base, head }: State): Promise<BranchCommits> {
  const context = runContext(run, job, `read the commits of ${job.spec.branch}`, ['role: Reporter'])
  const [{ commits }, { emails, username }] = await Promise.all([
    run.client.rest(context, (to) => new Repositories(to).compare(job.project, base.oid, head?.oid ?? base.oid)),
    run.client.viewer(context),
  ])
  const found = commits ?? []
  // What GitLab makes up for an account that keeps its address private: 123-name@users.noreply.HOST.
  const hidden = new RegExp(`^\\d+-${username.replace(/[.]/g, '\\.')}@users\\.noreply\\.`, 'i')
  const isOurs = (email: string) => emails.includes(email.toLowerCase()) || hidden.test(email)
  return {
    oids: found.map(({ id }) => id),
    foreign: found
      .filter(({ author_email }) => !isOurs(author_email))
      .map(({ id, author_name }) => ({ oid: id, author: author_name })),
  }
}

/** Which of the foreign commits was the last to change a file of ours. No request: the plan has it. */
export function findTouch(job: GitLabJob, { revisions }: State, foreign: readonly ForeignCommit[]): Touch | null {
  for (const { path } of job.files) {
    const culprit = foreign.find(({ oid }) => oid === revisions.get(path))
    if (culprit !== undefined) return { path, author: culprit.author }
  }
  return null
}
