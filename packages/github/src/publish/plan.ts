import type { MergeMethod } from '@pullwright/core'
import type { KnownPullRequest, PublishState } from '@pullwright/core/vcs'
import type { MergedPullRequestNode, OpenPullRequestNode } from '../graphql/publish-plan.ts'

/** What is on GitHub before we write: the answer of the first request, in our words. */
export interface Plan extends PublishState<Open, Merged> {
  repositoryId: string
  /** As GitHub spells it today, also after a rename. */
  repository: string
  viewer: string
  autoMergeAllowed: boolean
  mergeMethods: MergeMethod[]
  /** By lower-case name; null where there is no such label. */
  labels: Map<string, string | null>
  /** By lower-case login; null where there is no such user. */
  people: Map<string, string | null>
  /** By the text given. */
  teams: Map<string, { id: string } | { problem: string }>
}

export type Open = KnownPullRequest & { node: OpenPullRequestNode }
export type Merged = KnownPullRequest & { node: MergedPullRequestNode }
