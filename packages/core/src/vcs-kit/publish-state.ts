import type { JobFile } from './job.ts'

/** What is on the forge before we write. `Open` and `Merged` may carry more: a decision gives them back as they are. */
export interface PublishState<
  Open extends KnownPullRequest = KnownPullRequest,
  Merged extends KnownPullRequest = Open,
> {
  base: Tip
  /** The branch; null where there is none. */
  head: Head | null
  /** Open pull requests from this branch of this repository, into whichever base. */
  open: Open[]
  /** Merged ones from it into this base: the newest few. */
  merged: Merged[]
  /** Open pull requests of ours whose marker names this branch as the one asked for, and that had to take another. */
  relocated: { branch: string; number: number }[]
  /** A branch that stands in the way of ours, git having one place for both; null where none does. */
  clash: string | null
}

/** Where a branch stands. */
export interface Tip {
  oid: string
  /** Our files there: git's blob ids by path, null where there is no file. Absent: not read yet, `read-files` asks for it. */
  files?: ReadonlyMap<string, string | null>
}

export interface Head extends Tip {
  /** Whether the base has all its commits. Absent: not known, and `read-commits` asks for them where it matters. */
  contained?: boolean
}

/** A pull request as far as a decision goes. */
export interface KnownPullRequest {
  number: number
  base: string
  body: string
  /** Whether the account whose credential we use opened it: anybody can copy a marker. */
  ours: boolean
  author: string | null
  /** The commit that its branch stands at, or stood at when it was merged. */
  head: string
  /** Commits of it that are not ours. Absent: not read yet, and `read-commits` asks for them where they matter. */
  foreign?: ForeignCommit[]
  /** Milliseconds since the epoch. */
  mergedAt?: number | null
}

export interface ForeignCommit {
  oid: string
  /** Who made it, as people know them. */
  author: string
}

/** What had to be read besides the state. */
export interface Evidence {
  commits?: BranchCommits
  /** Of the foreign commits, the one that changed a file of ours. */
  touched?: Touch | null
}

/** Commits that the branch has and the base has not, and those of them that are not ours. */
export interface BranchCommits {
  oids: string[]
  foreign: ForeignCommit[]
}

export interface Touch {
  path: string
  author: string
}

export type Decision<Open extends KnownPullRequest = KnownPullRequest, Merged extends KnownPullRequest = Open> =
  | { kind: 'unchanged'; pullRequest: Open | Merged | null; reason?: string }
  | { kind: 'conflict'; reason: string; pullRequest: Open | null }
  /** Our pull request is on another branch, or shall be. */
  | { kind: 'go-to'; branch: string }
  | { kind: 'read-files'; at: 'base' | 'head' }
  | { kind: 'read-commits' }
  | { kind: 'read-touches'; foreign: ForeignCommit[] }
  | CreateDecision
  | UpdateDecision<Open>
  /** All is written but the labels, reviewers and so on: an earlier run was interrupted. */
  | { kind: 'decorate'; pullRequest: Open; outcome: 'created' | 'updated' }

export interface CreateDecision {
  kind: 'create'
  /** `create`: at `from`; `forward`: the branch is there and moves to `from`; `keep`: it stands there already. */
  branch: 'create' | 'forward' | 'keep'
  from: Tip
  /** What differs there from what shall be. Empty: no commit is needed. */
  changes: JobFile[]
}

export interface UpdateDecision<Open extends KnownPullRequest> {
  kind: 'update'
  pullRequest: Open
  from: Tip
  changes: JobFile[]
}
