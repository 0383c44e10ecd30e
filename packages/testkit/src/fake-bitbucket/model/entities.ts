import type { BareRepository } from '../../git/bare-repository.ts'

export interface Account {
  /** With its braces. */
  uuid: string
  accountId: string
  nickname: string
  displayName: string
  email: string
  /** An access token acts as an account of its own. */
  type: 'user' | 'app_user'
}

export type RepositoryPermission = 'read' | 'write' | 'admin'

export interface Repository {
  workspace: string
  slug: string
  uuid: string
  private: boolean
  mainBranch: string
  git: BareRepository
  lock: <T>(work: () => Promise<T>) => Promise<T>
  /** By uuid of the account. */
  permissions: Map<string, RepositoryPermission>
  defaultReviewers: Account[]
  mergeStrategies: MergeStrategy[]
  restrictions: BranchRestriction[]
  /** Premium keeps to merge checks; without it Bitbucket only warns. */
  enforcesMergeChecks: boolean
  hasIssues: boolean
  pullRequests: PullRequest[]
  statuses: BuildStatus[]
  issues: Issue[]
  mergeTasks: Map<string, MergeTask>
  createdOn: number
}

export type MergeStrategy =
  | 'merge_commit'
  | 'squash'
  | 'fast_forward'
  | 'squash_fast_forward'
  | 'rebase_fast_forward'
  | 'rebase_merge'

export interface BranchRestriction {
  id: number
  /** Such as `push`, `require_approvals_to_merge`, `require_passing_builds_to_merge`. */
  kind: string
  /** A branch's name; `*` stands for anything. */
  pattern: string
  value: number | null
}

export interface PullRequest {
  repository: Repository
  id: number
  title: string
  description: string
  state: 'OPEN' | 'MERGED' | 'DECLINED' | 'SUPERSEDED'
  draft: boolean
  author: Account
  source: string
  destination: string
  /** Where the branches stood when it was last open. */
  sourceCommit: string
  destinationCommit: string
  mergeCommit: string | null
  closedBy: Account | null
  closeSourceBranch: boolean
  reason: string
  reviewers: Account[]
  participants: Map<string, Participant>
  comments: Comment[]
  tasks: Task[]
  createdOn: number
  updatedOn: number
}

export interface Participant {
  account: Account
  state: 'approved' | 'changes_requested' | null
  at: number
}

export interface Comment {
  id: number
  author: Account
  raw: string
  deleted: boolean
  createdOn: number
  updatedOn: number
}

export interface Task {
  id: number
  author: Account
  raw: string
  state: 'RESOLVED' | 'UNRESOLVED'
  comment: number | null
  createdOn: number
}

export interface BuildStatus {
  commit: string
  key: string
  state: 'SUCCESSFUL' | 'FAILED' | 'INPROGRESS' | 'STOPPED'
  name: string
  description: string
  url: string
  refname: string | null
  createdOn: number
  updatedOn: number
}

export interface Issue {
  id: number
  title: string
  raw: string
  state: string
  reporter: Account
  createdOn: number
}

export interface MergeTask {
  /** So many looks answer that it is not done yet. */
  pending: number
  finish(): Promise<void>
  pullRequest: PullRequest
}
