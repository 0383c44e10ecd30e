import type { BareRepository } from '../../git/bare-repository.ts'

/** What the fake keeps in memory. Commits, trees and refs are not here: they are in the bare repositories. */

export interface User {
  id: number
  username: string
  name: string
  email: string
  /** Of a project or group access token. */
  bot: boolean
}

/** https://docs.gitlab.com/api/access_requests/#valid-access-levels */
export const ACCESS_LEVEL = { none: 0, guest: 10, reporter: 20, developer: 30, maintainer: 40, owner: 50 } as const
export type GitLabRole = keyof typeof ACCESS_LEVEL

export type GitLabMergeMethod = 'merge' | 'rebase_merge' | 'ff'
export type SquashOption = 'never' | 'always' | 'default_on' | 'default_off'

export interface ProtectedBranch {
  name: string
  push: GitLabRole
  merge: GitLabRole
}

export interface Project {
  id: number
  /** With its groups, such as `acme/prompts`. */
  path: string
  visibility: 'public' | 'internal' | 'private'
  archived: boolean
  defaultBranch: string
  git: BareRepository
  /** Serialises what writes: the fake's transaction. */
  lock: <T>(work: () => Promise<T>) => Promise<T>
  members: Map<string, GitLabRole>
  labels: string[]
  protectedBranches: ProtectedBranch[]
  mergeMethod: GitLabMergeMethod
  squashOption: SquashOption
  removeSourceBranchAfterMerge: boolean
  onlyAllowMergeIfPipelineSucceeds: boolean
  requiredApprovals: number
  /** Premium: several assignees and reviewers, approval rules. In Free the first of them is taken. */
  premium: boolean
  /** Labels are dropped without a word, as for an account that may not set them. */
  refusesLabels: boolean
  /** Whether a push starts a pipeline. */
  ci: boolean
  mergeRequests: MergeRequest[]
  issues: Issue[]
  pipelines: Pipeline[]
  statuses: Status[]
  environments: Environment[]
  deployments: Deployment[]
  /** So many tries to merge a new head answer 405, as GitLab does until it has looked at it. */
  checkingTries: number
  createdAt: number
}

export interface MergeRequest {
  id: number
  iid: number
  project: Project
  title: string
  description: string
  state: 'opened' | 'closed' | 'merged'
  sourceBranch: string
  targetBranch: string
  /** Where the source branch stood when it was last open. */
  sha: string
  author: User
  labels: string[]
  assignees: User[]
  reviewers: User[]
  squash: boolean
  removeSourceBranch: boolean
  autoMerge: boolean
  mergeCommitSha: string | null
  /** Where the target stood before the merge. */
  mergedOnto: string | null
  squashCommitSha: string | null
  mergedBy: User | null
  notes: Note[]
  approvals: { user: User; at: number }[]
  checking: number
  createdAt: number
  updatedAt: number
  mergedAt: number | null
  closedAt: number | null
}

export interface Issue {
  id: number
  iid: number
  title: string
  description: string
  state: 'opened' | 'closed'
  labels: string[]
  author: User
  createdAt: number
  updatedAt: number
}

export interface Note {
  id: number
  body: string
  author: User
  system: boolean
  createdAt: number
  updatedAt: number
}

export type PipelineStatus = 'created' | 'pending' | 'running' | 'success' | 'failed' | 'canceled' | 'skipped'

export interface Pipeline {
  id: number
  sha: string
  ref: string
  status: PipelineStatus
  /** `external`: made of commit statuses alone. */
  source: 'push' | 'external'
  createdAt: number
}

export interface Status {
  id: number
  sha: string
  name: string
  status: PipelineStatus
  description: string | null
  targetUrl: string | null
  author: User
  pipeline: Pipeline
  createdAt: number
}

export interface Environment {
  id: number
  name: string
  state: 'available' | 'stopped'
  externalUrl: string | null
  tier: string
}

export interface Deployment {
  id: number
  iid: number
  environment: Environment
  sha: string
  ref: string
  status: 'created' | 'running' | 'success' | 'failed' | 'canceled'
  user: User
  createdAt: number
  updatedAt: number
}
