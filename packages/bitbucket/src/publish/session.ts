import type { CallOptions } from '@pullwright/core'
import type { BitbucketClient, CallContext } from '../client.ts'
import type { People } from '../people.ts'
import type { Viewer } from '../viewer.ts'
import type { KnownBranches } from './known-branches.ts'

/** What an adapter has at hand for publishing. */
export interface Publisher {
  client: BitbucketClient
  viewer: Viewer
  people: People
  known: KnownBranches
  wishes: Wishes
}

/** What the operator wants of every pull request. */
export interface Wishes {
  defaultReviewers: boolean
  closeSourceBranch: boolean
  tasks: readonly string[]
}

/** One call of `publishPullRequest`. */
export interface Session extends Publisher {
  repository: string
  options: CallOptions
}

export function contextOf(
  { repository, options }: Pick<Session, 'repository' | 'options'>,
  doing: string,
  ...needs: string[]
): CallContext {
  return { repository, doing, needs, signal: options.signal }
}
