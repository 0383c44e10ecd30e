import type { PullRequest, Repository } from '../model/entities.ts'
import { fullName, type World } from '../model/world.ts'
import { headOf } from '../operations/heads.ts'

export interface PullRequestSnapshot {
  id: number
  url: string
  title: string
  description: string
  state: PullRequest['state']
  draft: boolean
  source: string
  destination: string
  /** Where the source stands, or last stood. */
  head: string
  author: string
  reviewers: string[]
  closeSourceBranch: boolean
  mergeCommit: string | null
  tasks: { id: number; raw: string; state: 'RESOLVED' | 'UNRESOLVED' }[]
}

export interface CommentSnapshot {
  id: number
  author: string
  raw: string
  deleted: boolean
}

export interface StatusSnapshot {
  commit: string
  key: string
  state: string
  name: string
  description: string
  url: string
  refname: string | null
}

export interface CommitSnapshot {
  hash: string
  message: string
  author: { name: string; email: string }
  parents: string[]
}

export async function snapshotOf(world: World, pullRequest: PullRequest): Promise<PullRequestSnapshot> {
  const { id, title, description, state, draft, source, destination, closeSourceBranch, mergeCommit } = pullRequest
  return {
    ...{ id, title, description, state, draft, source, destination, closeSourceBranch, mergeCommit },
    url: `${world.webUrl}/${fullName(pullRequest.repository)}/pull-requests/${id}`,
    head: state === 'OPEN' ? await headOf(pullRequest) : pullRequest.sourceCommit,
    author: pullRequest.author.nickname,
    reviewers: pullRequest.reviewers.map(({ nickname }) => nickname),
    tasks: pullRequest.tasks.map((task) => ({ id: task.id, raw: task.raw, state: task.state })),
  }
}

const MAX_COMMITS = 100

/** Newest first. */
export async function commitsOf({ git }: Repository, ref: string): Promise<CommitSnapshot[]> {
  const oid = await git.resolve(ref)
  if (oid === null) return []
  const commits = await Promise.all((await git.log(oid)).slice(0, MAX_COMMITS).map((one) => git.commitAt(one)))
  return commits.flatMap((commit) => {
    if (commit === null) return []
    const { name, email } = commit.author
    return [{ hash: commit.oid, message: commit.message, author: { name, email }, parents: commit.parents }]
  })
}

export async function filesOf({ git }: Repository, ref: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {}
  for (const path of await git.paths(ref)) files[path] = (await git.read(`${ref}:${path}`))?.data.toString('utf8') ?? ''
  return files
}
