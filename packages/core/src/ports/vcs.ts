import type { VcsErrorCode } from '../errors.ts'
import type { InboundSource } from './source.ts'
import type { Transport } from './transport.ts'
import type { CallOptions, PullRequestRef } from './vcs-call.ts'
import type { VcsAccess, VcsChecks, VcsContents, VcsDeployments, VcsIssues, VcsReviews } from './vcs-facets.ts'

export type { CallOptions, PullRequestRef }

/**
 * A forge, seen through the work we do on it. Each verb carries a whole piece of work, so an adapter can fold it into
 * the fewest requests. Errors are `VcsError`s; no token ever appears in one.
 */
export interface Vcs {
  readonly apiVersion: 1
  /** What routes and `/hooks/:source` refer to, such as `github`. */
  readonly name: string
  capabilities(repository: string, options?: CallOptions): Promise<VcsCapabilities>
  /** "Test connection": never throws for a missing permission, names it. */
  inspect(repository: string, options?: CallOptions): Promise<RepositoryInspection>
  readFiles(repository: string, request: ReadFiles, options?: CallOptions): Promise<FileSnapshot>
  /** Branch, commit, pull request, labels, reviewers, auto-merge and statuses in one go. Idempotent by `identity`. */
  publishPullRequest(spec: PullRequestSpec, options?: CallOptions): Promise<PublishResult>
  findPullRequests(repository: string, query: PullRequestQuery, options?: CallOptions): Promise<PullRequest[]>
  getPullRequest(repository: string, number: number, options?: CallOptions): Promise<PullRequest>
  mergePullRequest(pullRequest: PullRequestRef, request: MergeRequest, options?: CallOptions): Promise<MergeResult>
  closePullRequest(pullRequest: PullRequestRef, options?: CallOptions): Promise<void>
  editLabels(pullRequest: PullRequestRef, labels: LabelEdit, options?: CallOptions): Promise<void>
  /** One comment for each marker and author: created once, edited after that, untouched when equal. */
  upsertComment(pullRequest: PullRequestRef, comment: CommentSpec, options?: CallOptions): Promise<CommentResult>
  setStatus(repository: string, sha: string, status: CommitStatus, options?: CallOptions): Promise<void>

  /** Verifies and normalises this forge's webhooks. */
  readonly source?: InboundSource
  /** What only some forges have: absent where this one has it not. */
  readonly checks?: VcsChecks
  readonly reviews?: VcsReviews
  readonly contents?: VcsContents
  readonly access?: VcsAccess
  readonly deployments?: VcsDeployments
  readonly issues?: VcsIssues
  /** The same adapter for a tenant's own credential and host. */
  connect?(connection: VcsConnection): Vcs
  /** Its token and webhook secrets, asked for once: they are hidden wherever they turn up. */
  secrets?(): readonly string[]
  /** Releases sockets. */
  close?(): Promise<void>
}

/** A tenant's own credential. `baseUrl` came from the tenant, so the adapter must send through `transport`, which is guarded. */
export interface VcsConnection {
  credential: string
  baseUrl?: string
  transport?: Transport
}

export interface VcsCapabilities {
  labels: boolean
  reviewers: boolean
  teamReviewers: boolean
  assignees: boolean
  draft: boolean
  autoMerge: boolean
  statuses: boolean
  checks: boolean
  /** Longest pull request body it takes; what the adapter adds of its own, such as its marker, is left out already. */
  bodyLimit: { size: number; unit: 'characters' | 'bytes' }
  titleLimit: number
  /** Whether it renders `<details>`, into which long prompts fold. Absent: no. */
  details?: boolean
}

export interface RepositoryInspection {
  repository: string
  ok: boolean
  defaultBranch: string | null
  visibility: 'public' | 'internal' | 'private' | null
  /** Permissions the credential lacks for what Pullwright does, in the forge's own words. */
  missing: string[]
  /** What stands in the way, in sentences that say what to do. */
  problems: string[]
  autoMergeAllowed: boolean | null
  mergeMethods: MergeMethod[]
  /** Milliseconds since the epoch, where the forge tells. */
  credentialExpiresAt: number | null
  /** It is renewed by itself, as tokens of a GitHub App are: its age says nothing. */
  credentialRenews?: boolean
  /** Why the forge did not let the repository be looked at, such as `auth`; absent where it did. */
  refused?: VcsErrorCode
}

export interface ReadFiles {
  /** Branch, tag or commit; default: the default branch. */
  ref?: string
  paths: string[]
}

export interface FileSnapshot {
  commit: string
  /** One entry for each path asked for; `null` where there is no such file. */
  files: Record<string, { content: string; sha: string } | null>
}

/** `document` records what already runs; `propose` asks for something. */
export type PullRequestKind = 'document' | 'propose'

export interface FileChange {
  path: string
  /** UTF-8 text, bytes, or `null` to delete. Deleting what is not there changes nothing. */
  content: string | Uint8Array | null
}

export interface PullRequestSpec {
  repository: string
  base: string
  branch: string
  kind: PullRequestKind
  /** Equal identity means zero writes. Kept in a hidden marker of the body. */
  identity: string
  /**
   * Which of several deployments is newer: kept in the marker, and a higher one of the same origin wins. What comes late
   * is `unchanged`, with a reason. Without it whoever comes last wins.
   */
  order?: PullRequestOrder
  files: FileChange[]
  commitMessage: string
  title: string
  body: string
  draft?: boolean
  labels?: string[]
  /** User names. */
  reviewers?: string[]
  /** Team slugs, with or without the organisation. */
  teamReviewers?: string[]
  assignees?: string[]
  /** `true`: by the first method the repository allows. `false` switches it off where it is on. Absent: it is left alone. */
  autoMerge?: MergeMethod | boolean
  statuses?: CommitStatus[]
  /** What to do where somebody else committed to the branch. Default `append`, and only while they left our files alone. */
  onForeignCommits?: 'append' | 'fail' | 'new-branch'
  /** The commit the branch must stand at; otherwise `conflict`. */
  expectedHead?: string
}

/** Sequences compare only within one origin: the store that counted them. */
export interface PullRequestOrder {
  origin: string
  sequence: number
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

export interface PublishResult {
  outcome: 'created' | 'updated' | 'unchanged' | 'conflict'
  /** Null with `conflict`, and with `unchanged` where the base held these files already. */
  pullRequest: PullRequest | null
  /** The head of the branch after the call. */
  commit: string | null
  steps: PublishSteps
  /** With `conflict`, and without a pull request: why, in a sentence. */
  reason?: string
}

export type PublishStepName =
  | 'branch'
  | 'commit'
  | 'pullRequest'
  | 'labels'
  | 'reviewers'
  | 'assignees'
  | 'autoMerge'
  | 'statuses'

/** Only what was asked for is listed. */
export type PublishSteps = Partial<Record<PublishStepName, PublishStep>>

export interface PublishStep {
  status: 'applied' | 'already' | 'unsupported' | 'deferred' | 'failed'
  /** With `failed`, `deferred` and `unsupported`: why. */
  error?: string
}

export interface PullRequest extends PullRequestRef {
  url: string
  title: string
  body: string
  state: 'open' | 'merged' | 'closed'
  draft: boolean
  base: string
  branch: string
  /** Commit the branch stands at. */
  head: string
  labels: string[]
  author: string | null
  /** From our hidden marker; null where there is none. */
  marker: { kind: PullRequestKind; identity: string } | null
  /** The repository its branch is in: another one's name for a fork, null for a fork that is gone. Absent: not told. */
  headRepository?: string | null
  /** The base's commit that it was last compared with, or merged onto. Absent: not told. */
  baseCommit?: string | null
  /** With `merged`: the commit that the base got by it. */
  mergeCommit?: string | null
  /** With `merged`: who merged it. */
  mergedBy?: string | null
}

export interface PullRequestQuery {
  state?: 'open' | 'merged' | 'closed' | 'all'
  branch?: string
  base?: string
  /** The newest so many; an adapter may answer more. Default: all. */
  limit?: number
}

export interface MergeRequest {
  expectedHead: string
  method?: MergeMethod
}

export interface MergeResult {
  merged: boolean
  commit: string | null
}

export interface LabelEdit {
  add?: string[]
  remove?: string[]
}

export interface CommentSpec {
  /** Hidden in the comment; letters, digits, `:`, `-`, `_`, `/` and `.`. */
  marker: string
  body: string
}

export interface CommentResult {
  outcome: 'created' | 'updated' | 'unchanged'
  id: string
  url: string | null
}

export interface CommitStatus {
  context: string
  state: 'pending' | 'success' | 'failure' | 'error'
  description?: string
  url?: string
}
