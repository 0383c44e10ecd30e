import type { CallOptions } from '@pullwright/core'
import type { BranchCommits, ForeignCommit, Touch } from '@pullwright/core/vcs'
import type { CallContext, GitHubClient } from '../client.ts'
import { BRANCH_COMMITS, type BranchCommitsData, type TouchesData, touchesDocument } from '../graphql/branch-commits.ts'
import { nodesOf } from '../graphql/fragments.ts'
import { foreignCommits } from './authors.ts'
import type { GitHubJob } from './job.ts'
import type { Plan } from './plan.ts'

/** Who made the commits of a branch that has no open pull request. One request. */
export async function readBranchCommits(
  client: GitHubClient,
  job: GitHubJob,
  plan: Plan,
  options: CallOptions,
): Promise<BranchCommits> {
  const variables = {
    owner: job.owner,
    name: job.name,
    baseRef: `refs/heads/${job.spec.base}`,
    branch: job.spec.branch,
  }
  const context = contextOf(job, `read the commits of ${job.spec.branch}`, options)
  const { data, problems } = await client.graphql<BranchCommitsData>(BRANCH_COMMITS, variables, context)
  const commits = data.repository?.ref?.compare?.commits
  const [problem] = problems
  if (commits === undefined && problem !== undefined) throw client.refused(problem, context)
  const found = nodesOf(commits)
  return { oids: found.map(({ oid }) => oid), foreign: foreignCommits(found, plan.viewer, client.hosted) }
}

/** Which of the foreign commits changed a file of ours; null where none did. One request. */
export async function readTouches(
  client: GitHubClient,
  job: GitHubJob,
  head: string,
  foreign: readonly ForeignCommit[],
  options: CallOptions,
): Promise<Touch | null> {
  const paths = job.files.map(({ path }) => path)
  const variables = {
    owner: job.owner,
    name: job.name,
    oid: head,
    ...Object.fromEntries(paths.map((path, n) => [`f${n}`, path])),
  }
  const context = contextOf(job, `read the history of ${job.spec.branch}`, options)
  const { data, problems } = await client.graphql<TouchesData>(touchesDocument(paths.length), variables, context)
  const commit = data.repository?.object
  const [problem] = problems
  if (!commit && problem !== undefined) throw client.refused(problem, context)
  for (const [n, path] of paths.entries()) {
    const oids = new Set(nodesOf(commit?.[`h${n}`]).map(({ oid }) => oid))
    const culprit = foreign.find(({ oid }) => oids.has(oid))
    if (culprit !== undefined) return { path, author: culprit.author }
  }
  return null
}

function contextOf(job: GitHubJob, doing: string, { signal }: CallOptions): CallContext {
  return { repository: job.spec.repository, doing, needs: ['contents=read'], signal }
}
