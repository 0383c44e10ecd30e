import type { BareRepository } from '../../git/bare-repository.ts'
import type { Account, Review, Role, Team } from './people-entities.ts'
import type { CheckAnnotation, DeploymentStatus, Status } from './report-entities.ts'

export type { Account, Review, Role, Team } from './people-entities.ts'
export type { CheckAnnotation, DeploymentStatus, Status } from './report-entities.ts'

/** What the fake keeps in memory. Commits, trees and refs are not here: they are in the bare repositories. */

export type MergeMethodName = 'MERGE' | 'SQUASH' | 'REBASE'

export interface Protection {
  branch: string
  /** Which machinery refuses: it words its refusals differently. */
  kind: 'classic' | 'ruleset'
  /** Direct commits are refused. */
  requirePullRequest: boolean
  requiredApprovals: number
  /** An approval by an owner of each file, as the base's CODEOWNERS has it. */
  requireCodeOwnerReviews: boolean
  /** Administrators merge in spite of all this: GitHub's default. */
  adminsBypass: boolean
  requiredChecks: string[]
}

export interface Repository {
  kind: 'Repository'
  id: string
  databaseId: number
  owner: Account
  name: string
  private: boolean
  archived: boolean
  description: string | null
  defaultBranch: string
  git: BareRepository
  /** Serialises what writes: the fake's transaction. */
  lock: <T>(work: () => Promise<T>) => Promise<T>
  allowAutoMerge: boolean
  mergeMethods: MergeMethodName[]
  deleteBranchOnMerge: boolean
  protections: Protection[]
  collaborators: Map<string, Role>
  /** What members of the owning organisation may do without being named. */
  basePermission: Role | null
  labels: Label[]
  pullRequests: PullRequest[]
  statuses: Status[]
  checkRuns: CheckRun[]
  deployments: Deployment[]
  issues: Issue[]
  hasIssues: boolean
  nextNumber: number
  createdAt: number
  updatedAt: number
  pushedAt: number
}

export interface Label {
  kind: 'Label'
  id: string
  databaseId: number
  name: string
  color: string
  description: string | null
  repository: Repository
  createdAt: number
}

export interface PullRequest {
  kind: 'PullRequest'
  id: string
  databaseId: number
  repository: Repository
  number: number
  title: string
  body: string
  state: 'OPEN' | 'CLOSED' | 'MERGED'
  draft: boolean
  baseRefName: string
  headRefName: string
  /** `owner/name` of the fork it is told to come from; its branch is here all the same. */
  fork: string | null
  /** Where the branches stood when it was last open; while it is open, the refs themselves count. */
  baseOid: string
  headOid: string
  author: Account
  labels: Label[]
  /** Who set which label, oldest first. */
  labeled: { label: Label; by: Account }[]
  assignees: Account[]
  reviewRequests: (Account | Team)[]
  reviews: Review[]
  comments: IssueComment[]
  autoMerge: AutoMerge | null
  maintainerCanModify: boolean
  mergeCommitOid: string | null
  mergedBy: Account | null
  mergedAt: number | null
  closedAt: number | null
  createdAt: number
  updatedAt: number
  /** How many more reads answer that mergeability is not known yet. */
  unknownReads: number
}

export interface AutoMerge {
  method: MergeMethodName
  enabledBy: Account
  enabledAt: number
  headline: string | null
  body: string | null
}

export interface IssueComment {
  kind: 'IssueComment'
  id: string
  databaseId: number
  pullRequest: PullRequest
  author: Account
  body: string
  createdAt: number
  updatedAt: number
}

export interface CheckRun {
  kind: 'CheckRun'
  id: string
  databaseId: number
  repository: Repository
  sha: string
  name: string
  status: 'QUEUED' | 'IN_PROGRESS' | 'COMPLETED'
  conclusion: string | null
  detailsUrl: string | null
  externalId: string | null
  output: { title: string | null; summary: string | null; text: string | null }
  annotations: CheckAnnotation[]
  /** The bot of the app that made it: no other may edit it. */
  app: Account
  startedAt: number
  completedAt: number | null
}

/** An issue that is no pull request. */
export interface Issue {
  kind: 'Issue'
  id: string
  databaseId: number
  repository: Repository
  number: number
  title: string
  body: string
  state: 'OPEN' | 'CLOSED'
  author: Account
  labels: Label[]
  createdAt: number
  updatedAt: number
  closedAt: number | null
}

export interface Deployment {
  kind: 'Deployment'
  id: string
  databaseId: number
  repository: Repository
  sha: string
  ref: string
  environment: string
  task: string
  description: string
  payload: string
  production: boolean
  /** Oldest first. */
  statuses: DeploymentStatus[]
  creator: Account
  createdAt: number
}
