import type { CallOptions, PullRequestRef } from './vcs-call.ts'

/** Results on a commit that say more than a status: a summary, and remarks at lines of files. */
export interface VcsChecks {
  /** One for each name and commit: created once, edited after that, untouched when equal. */
  upsert(repository: string, sha: string, check: CheckRun, options?: CallOptions): Promise<CheckResult>
  /** What has reported on this commit, checks and statuses alike, over all pages. */
  list(repository: string, sha: string, options?: CallOptions): Promise<CheckState[]>
  /** Names that must succeed before this branch takes a merge, from every kind of rule the forge has. */
  required(repository: string, branch: string, options?: CallOptions): Promise<string[]>
}

export type CheckConclusion = 'success' | 'failure' | 'neutral' | 'action_required' | 'cancelled'

export interface CheckRun {
  name: string
  state: 'queued' | 'in_progress' | CheckConclusion
  title: string
  /** Markdown. Cut at the forge's limit. */
  summary: string
  url?: string
  annotations?: CheckAnnotation[]
}

export interface CheckAnnotation {
  path: string
  /** From 1. */
  line: number
  level: 'notice' | 'warning' | 'failure'
  title?: string
  message: string
}

export interface CheckResult {
  outcome: 'created' | 'updated' | 'unchanged'
  id: string
  url: string | null
  /** `status`: the credential may not write checks, so a commit status stands in. */
  as: 'check' | 'status'
}

export interface CheckState {
  name: string
  state: 'pending' | CheckConclusion
  url: string | null
}

export interface VcsReviews {
  /** The last review of each person, over all pages. */
  list(pullRequest: PullRequestRef, options?: CallOptions): Promise<Review[]>
  /** How many approvals the base's rules ask for; null where the forge does not tell. */
  required(repository: string, branch: string, options?: CallOptions): Promise<number | null>
  /** Asks these people (user names; `owner/team` names a team) beside those already asked. */
  request(pullRequest: PullRequestRef, reviewers: readonly string[], options?: CallOptions): Promise<void>
}

export interface Review {
  author: string
  state: 'approved' | 'changes_requested' | 'commented' | 'dismissed'
  /** The commit it was given for; null where the forge does not tell. */
  commit: string | null
  /** Milliseconds since the epoch; null where the forge does not tell. */
  submittedAt: number | null
}

export interface VcsContents {
  /** What a pull request changes, over all pages. */
  changedFiles(pullRequest: PullRequestRef, options?: CallOptions): Promise<ChangedFile[]>
  /** The commit where two branches or commits last met; null where they never did. */
  mergeBase(repository: string, one: string, other: string, options?: CallOptions): Promise<string | null>
}

export interface ChangedFile {
  path: string
  status: 'added' | 'modified' | 'removed' | 'renamed'
  /** With `renamed`: what it was called. */
  previousPath?: string
}

export interface VcsAccess {
  /** What a person may do in the repository. */
  permission(repository: string, user: string, options?: CallOptions): Promise<'none' | 'read' | 'write' | 'admin'>
  /** Whom the forge takes our credential for, as its events name them; null where it does not tell. */
  self(repository: string, options?: CallOptions): Promise<string | null>
  /** Who last set a label on a pull request, as the forge's events name them; null where it does not tell. */
  labeledBy?(pullRequest: PullRequestRef, label: string, options?: CallOptions): Promise<string | null>
}

/** The forge's own record of what runs where. */
export interface VcsDeployments {
  /** One for each identity and environment, found again after a crash. Starts nothing and asks for no checks. */
  record(repository: string, deployment: ForgeDeployment, options?: CallOptions): Promise<{ id: string }>
  /** Untouched when the last status is equal. */
  setStatus(repository: string, id: string, status: ForgeDeploymentStatus, options?: CallOptions): Promise<void>
}

export interface ForgeDeployment {
  identity: string
  environment: string
  /** A commit. */
  sha: string
  /** The branch, where the forge wants one. */
  branch?: string
  description?: string
  production?: boolean
}

export interface ForgeDeploymentStatus {
  state: 'pending' | 'in_progress' | 'success' | 'failure' | 'inactive'
  description?: string
  /** Where the deployment can be seen. */
  url?: string
}

export interface VcsIssues {
  /** One open issue for each marker and author: opened once, edited after that, untouched when equal. */
  upsert(repository: string, issue: IssueSpec, options?: CallOptions): Promise<IssueResult>
}

export interface IssueSpec {
  /** Hidden in the issue; letters, digits, `:`, `-`, `_`, `/` and `.`. */
  marker: string
  title: string
  body: string
  labels?: string[]
}

export interface IssueResult {
  outcome: 'created' | 'updated' | 'unchanged'
  number: number
  url: string
}
