import type { MergeStrategy, RepositoryPermission } from '../model/entities.ts'
import type { BitbucketDelivery, DeliveryOptions } from './delivery.ts'
import type { CommentSnapshot, CommitSnapshot, PullRequestSnapshot, StatusSnapshot } from './snapshots.ts'

export interface NewBitbucketRepository {
  workspace: string
  slug: string
  /** Path to text of the first commit; null: an empty repository. Default: a README. */
  files?: Record<string, string> | null
  mainBranch?: string
  private?: boolean
  /** The first one is the default. Default: all but the rebasing ones. */
  mergeStrategies?: MergeStrategy[]
  /** Nicknames. */
  defaultReviewers?: string[]
  /** Nickname to what they may do. */
  permissions?: Record<string, RepositoryPermission>
  hasIssues?: boolean
  /** As Premium does; without it Bitbucket only warns. Default true. */
  enforcesMergeChecks?: boolean
  restrictions?: { kind: string; pattern: string; value?: number }[]
}

export interface NewBitbucketToken {
  /** Nickname. Default `pullwright-bot`. */
  user?: string
  /** Default `access-token`, which is sent as `Bearer`. */
  kind?: 'app-password' | 'api-token' | 'access-token'
  /** Default: `account`, `repository:write`, `pullrequest:write`, `repository:admin`. */
  scopes?: string[]
  /** `workspace/slug` an access token is for. Default: all. */
  repositories?: string[]
  /** Milliseconds since the epoch. */
  expiresAt?: number
}

export interface BitbucketCommit {
  repository: string
  branch: string
  /** Path to text; null deletes. */
  files: Record<string, string | Uint8Array | null>
  message?: string
  /** Nickname. Default `jane`. */
  author?: string
  /** Branch or commit that a new branch starts from. Default: the main branch. */
  from?: string
}

export interface NewBitbucketPullRequest {
  source: string
  destination?: string
  title?: string
  description?: string
  /** Nickname. Default `jane`. */
  by?: string
  draft?: boolean
}

/**
 * The fake's own doors: set up, look, and act as people do. Repositories are named `workspace/slug`; one that is not
 * there is an error. Nothing here counts as a request.
 */
export interface FakeBitbucketState {
  createUser(nickname: string): { uuid: string; accountId: string; nickname: string; email: string }
  /** Makes the workspace too, should there be none. */
  addMember(workspace: string, nickname: string): void
  createRepository(input: NewBitbucketRepository): Promise<{ uuid: string; repository: string; path: string }>
  /** Answers the token itself. */
  createToken(input?: NewBitbucketToken): string
  revokeToken(token: string): void
  setScopes(token: string, scopes: string[]): void
  /** What is left of a token's hour. */
  setRemaining(token: string, remaining: number): void
  setPermission(repository: string, nickname: string, permission: RepositoryPermission): void
  /** `asynchronous`: merges answer 202; so many looks at the task answer that it is pending. */
  setMerging(merging: { asynchronous?: boolean; pendingLooks?: number }): void

  /** Oldest first, whatever their state. */
  pullRequests(repository: string): Promise<PullRequestSnapshot[]>
  comments(repository: string, id: number): CommentSnapshot[]
  statuses(repository: string, commit?: string): StatusSnapshot[]
  issues(repository: string): { id: number; title: string; raw: string; state: string }[]
  /** Branch to commit. */
  branches(repository: string): Promise<Record<string, string>>
  head(repository: string, branch?: string): Promise<string | null>
  /** Newest first. */
  commits(repository: string, ref?: string): Promise<CommitSnapshot[]>
  files(repository: string, ref?: string): Promise<Record<string, string>>
  file(repository: string, path: string, ref?: string): Promise<string | null>
  gitDirectory(repository: string): string

  /** A push of one commit. Answers its id. */
  commit(commit: BitbucketCommit): Promise<string>
  createBranch(repository: string, branch: string, from?: string): Promise<void>
  deleteBranch(repository: string, branch: string): Promise<void>
  openPullRequest(repository: string, input: NewBitbucketPullRequest): Promise<PullRequestSnapshot>
  editPullRequest(repository: string, id: number, edit: { title?: string; description?: string; draft?: boolean }): void
  setReviewers(repository: string, id: number, nicknames: string[]): void
  /** Answers the merge commit. */
  mergePullRequest(repository: string, id: number, options?: { by?: string; strategy?: MergeStrategy }): Promise<string>
  declinePullRequest(repository: string, id: number): Promise<void>
  review(repository: string, id: number, by: string, state: 'approved' | 'changes_requested'): void
  /** Answers the comment's number. */
  comment(repository: string, id: number, by: string, raw: string): number
  addTask(repository: string, id: number, by: string, raw: string): number
  /** A webhook as Bitbucket sends it: signed, with its headers; the body is what is signed. */
  delivery(event: string, payload: Record<string, unknown>, options?: DeliveryOptions): BitbucketDelivery
  /** The payload of an event about a pull request, from how it stands. */
  pullRequestPayload(repository: string, id: number, by?: string): Promise<Record<string, unknown>>
}
