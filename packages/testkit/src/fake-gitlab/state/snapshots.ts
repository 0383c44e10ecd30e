import type { MergeRequest, Project } from '../model/entities.ts'
import type { World } from '../model/world.ts'
import { isDraft } from '../operations/merging.ts'

/** A merge request as it stands, for assertions. */
export interface MergeRequestSnapshot {
  iid: number
  url: string
  title: string
  description: string
  state: 'opened' | 'closed' | 'merged'
  draft: boolean
  source: string
  target: string
  sha: string
  author: string
  labels: string[]
  assignees: string[]
  reviewers: string[]
  squash: boolean
  removeSourceBranch: boolean
  autoMerge: boolean
  mergeCommit: string | null
  approvals: string[]
  notes: { id: number; author: string; body: string }[]
}

export interface GitLabCommitSnapshot {
  oid: string
  message: string
  author: { name: string; email: string }
  parents: string[]
}

export function snapshotOf(world: World, one: MergeRequest): MergeRequestSnapshot {
  const names = (users: readonly { username: string }[]) => users.map(({ username }) => username)
  return {
    iid: one.iid,
    url: `${world.webUrl}/${one.project.path}/-/merge_requests/${one.iid}`,
    title: one.title,
    description: one.description,
    state: one.state,
    draft: isDraft(one.title),
    source: one.sourceBranch,
    target: one.targetBranch,
    sha: one.sha,
    author: one.author.username,
    labels: [...one.labels],
    assignees: names(one.assignees),
    reviewers: names(one.reviewers),
    squash: one.squash,
    removeSourceBranch: one.removeSourceBranch,
    autoMerge: one.autoMerge,
    mergeCommit: one.mergeCommitSha,
    approvals: one.approvals.map(({ user }) => user.username),
    notes: one.notes.map(({ id, author, body }) => ({ id, author: author.username, body })),
  }
}

export async function commitsOf(project: Project, ref: string, limit: number): Promise<GitLabCommitSnapshot[]> {
  const oid = await project.git.resolve(ref)
  if (oid === null) return []
  const commits = await Promise.all(
    (await project.git.log(oid)).slice(0, limit).map((one) => project.git.commitAt(one)),
  )
  return commits.flatMap((commit) => {
    if (commit === null) return []
    const { name, email } = commit.author
    return [{ oid: commit.oid, message: commit.message, author: { name, email }, parents: commit.parents }]
  })
}

export async function filesOf(project: Project, ref: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const path of await project.git.paths(ref)) {
    files[path] = (await project.git.read(`${ref}:${path}`))?.data.toString('utf8') ?? ''
  }
  return files
}
