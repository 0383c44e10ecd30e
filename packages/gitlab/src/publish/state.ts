import type { CallOptions } from '@pullwright/core'
import type { KnownPullRequest, PublishState } from '@pullwright/core/vcs'
import type { CallContext, GitLabClient } from '../client.ts'
import type { MergeRequestBody } from '../merge-request-view.ts'
import type { GitLabJob } from './job.ts'

export interface Known extends KnownPullRequest {
  /** As REST would answer it. */
  node: MergeRequestBody
}

/** What is on GitLab before we write. */
export interface State extends PublishState<Known> {
  viewer: string
  /** The number of each user that was named, by lower-case name. */
  people: Map<string, number>
  /** The commit that last changed each of our files on the branch. */
  revisions: Map<string, string>
}

/** One call of `publishPullRequest`. */
export interface Run {
  client: GitLabClient
  settings: PublishSettings
  options: CallOptions
  /** The branch this call made, as long as nothing else stands on it. */
  made: { branch: string; oid: string } | null
}

export interface PublishSettings {
  removeSourceBranch: boolean
  pause: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>
}

export function runContext({ options }: Run, job: GitLabJob, doing: string, needs: string[] = []): CallContext {
  return { repository: job.spec.repository, doing, needs, signal: options.signal }
}
