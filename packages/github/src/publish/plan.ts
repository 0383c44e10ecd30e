import type { MergeMethod } from '@pullwright/core'
import type { MergedPullRequestNode, OpenPullRequestNode } from '../graphql/publish-plan.ts'

/** What is on GitHub before we write: the answer of the first request, in our words. */
export interface Plan {
  repositoryId: string
  /** As GitHub spells it today, also after a rename. */
  repository: string
  viewer: string
  autoMergeAllowed: boolean
  mergeMethods: MergeMethod[]
  base: Tip
  /** The branch; null where there is none. */
  head: (Tip & { contained: boolean }) | null
  /** Open pull requests of this branch of this repository. */
  open: OpenPullRequestNode[]
  merged: MergedPullRequestNode[]
  /** Pull requests of ours that were asked for on this branch and had to take another. */
  relocated: { branch: string; number: number }[]
  /** A branch that stands in the way of ours, git having one place for both. */
  clash: string | null
  /** By lower-case name; null where there is no such label. */
  labels: Map<string, string | null>
  /** By lower-case login; null where there is no such user. */
  people: Map<string, string | null>
  /** By the text given. */
  teams: Map<string, { id: string } | { problem: string }>
}

/** Where a branch stands, and our files there: git's ids, null where there is no file. */
export interface Tip {
  oid: string
  files: Map<string, string | null>
}
