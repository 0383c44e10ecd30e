import type { MergeMethodName, Review, Role } from '../model/entities.ts'
import type { Permissions } from '../model/permissions.ts'
import type { RateResource } from '../rate-limit.ts'
import type { AppCredentials, FakeGitHubApps, NewApp } from './apps.ts'
import type { DeliveryKind, DeliveryOrder, GitHubDelivery } from './deliveries.ts'
import type { HandStatus, HumanCommit, NewPullRequestByHand } from './people.ts'
import type { NewProtection } from './protections.ts'
import type { NewRepository, NewToken, NewUser } from './setup.ts'
import type {
  CheckRunSnapshot,
  CommitSnapshot,
  DeploymentSnapshot,
  IssueSnapshot,
  LabelSnapshot,
  PullRequestSnapshot,
  StatusSnapshot,
} from './snapshots.ts'

export interface RepositoryChanges {
  private?: boolean
  archived?: boolean
  allowAutoMerge?: boolean
  hasIssues?: boolean
  mergeMethods?: MergeMethodName[]
  deleteBranchOnMerge?: boolean
  /** Takes the place of all protection there was. */
  protectedBranches?: string[] | Record<string, NewProtection>
}

/**
 * The fake's own doors: set up, look, and act as people do. Repositories are named `owner/name`; one that is not there
 * is an error. Nothing here counts as a request.
 */
export interface FakeGitHubState extends FakeGitHubSetup, FakeGitHubApps, FakeGitHubInspection, FakeGitHubPeople {
  /** What no real GitHub would have understood, and what the fake does not model, in sentences. */
  readonly violations: string[]
}

/** Accounts, repositories, credentials. */
export interface FakeGitHubSetup {
  createUser(user: NewUser): { id: string }
  createOrganization(login: string): { id: string }
  createTeam(organization: string, slug: string, members?: string[]): { id: string }
  /** Answers the full name, and the folder of the bare repository. */
  createRepository(input: NewRepository): Promise<{ id: string; repository: string; path: string }>
  updateRepository(repository: string, changes: RepositoryChanges): void
  addCollaborator(repository: string, login: string, role: Role): void
  createLabel(repository: string, name: string): { id: string }
  /** Answers the token itself. */
  createToken(input?: NewToken): string
  revokeToken(token: string): void
  setPermissions(token: string, permissions: Permissions): void
  /** Answers what `github({ auth })` wants. */
  createApp(input: NewApp): AppCredentials
  /** What is left of a token's hour. `resetAt`: milliseconds since the epoch. Default resource: `core`. */
  setRateLimit(token: string, limit: { resource?: RateResource; remaining: number; resetAt?: number }): void
}

/** How things stand. A `ref` is a branch or a commit; default: the default branch. */
export interface FakeGitHubInspection {
  /** Oldest first, open and closed. */
  pullRequests(repository: string): Promise<PullRequestSnapshot[]>
  pullRequest(repository: string, number: number): Promise<PullRequestSnapshot>
  labels(repository: string): LabelSnapshot[]
  /** In the order they came, of one commit or of all. */
  statuses(repository: string, sha?: string): StatusSnapshot[]
  checkRuns(repository: string): CheckRunSnapshot[]
  deployments(repository: string): DeploymentSnapshot[]
  /** Oldest first; pull requests are not among them. */
  issues(repository: string): IssueSnapshot[]
  /** Branch to commit. */
  branches(repository: string): Promise<Record<string, string>>
  /** The commit a branch stands at, or null. */
  head(repository: string, branch?: string): Promise<string | null>
  /** Newest first; at most 100. */
  commits(repository: string, ref?: string): Promise<CommitSnapshot[]>
  /** Every file, path to text. */
  files(repository: string, ref?: string): Promise<Record<string, string>>
  /** A file's text, or null. */
  file(repository: string, path: string, ref?: string): Promise<string | null>
  /** Folder of the bare repository. */
  gitDirectory(repository: string): string
}

/** What people do in a browser or with git. Protection stands in nobody's way here; merging follows the rules. */
export interface FakeGitHubPeople {
  /** A push of one commit. Answers its id. */
  commit(commit: HumanCommit): Promise<string>
  createBranch(repository: string, branch: string, from?: string): Promise<void>
  /** A forced push. */
  resetBranch(repository: string, branch: string, to: string): Promise<void>
  deleteBranch(repository: string, branch: string): Promise<void>
  openPullRequest(repository: string, input: NewPullRequestByHand): Promise<PullRequestSnapshot>
  /** Answers the merge commit. Default method: `MERGE`. */
  mergePullRequest(
    repository: string,
    number: number,
    options?: { by?: string; method?: MergeMethodName },
  ): Promise<string>
  closePullRequest(repository: string, number: number): void
  editPullRequest(repository: string, number: number, edit: { title?: string; body?: string; draft?: boolean }): void
  review(repository: string, number: number, by: string, state: Review['state'], body?: string): Promise<void>
  /** The person's last verdict counts no more. */
  dismissReview(repository: string, number: number, by: string): void
  /** As one does in the browser; a label that is not there is made. Without `by` the timeline does not tell of it. */
  addLabel(repository: string, number: number, label: string, by?: string): void
  /** Answers the issue's number. */
  openIssue(repository: string, issue: { title: string; body?: string; by?: string }): number
  closeIssue(repository: string, number: number): void
  /** A webhook as GitHub would send it now: pass it to `/hooks/:source` as it is. */
  delivery(kind: DeliveryKind, order: DeliveryOrder): Promise<GitHubDelivery>
  /** Answers the comment's number. */
  comment(repository: string, number: number, by: string, body: string): number
  setStatus(repository: string, status: HandStatus): Promise<void>
}
