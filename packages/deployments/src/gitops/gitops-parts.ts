import type { PullRequest, Vcs } from '@pullwright/core'
import type { CompiledRoute } from '../route.ts'
import type { GitOpsOptions } from './gitops-options.ts'
import type { RequestedFile } from './requested-files.ts'

export interface GitOpsParts {
  options: GitOpsOptions
  routes: readonly CompiledRoute[]
}

/** A file of a merged pull request, with all that is known of it. */
export interface MergedFile {
  vcs: string
  repository: string
  number: number
  url: string
  actor: string | null
  pullRequest: PullRequest
  /** More than one file of it asks for something. */
  several: boolean
  vcsAdapter: Vcs
  requested: RequestedFile
}
