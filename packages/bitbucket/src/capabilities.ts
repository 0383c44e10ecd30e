import type { VcsCapabilities } from '@pullwright/core'
import { bodyLimit } from '@pullwright/core/vcs'
import { RULES } from './rules.ts'

/** Bitbucket Cloud's, whatever the repository. `details` is left out: raw HTML does not get through. */
export function capabilities(): VcsCapabilities {
  return {
    labels: false,
    reviewers: true,
    teamReviewers: false,
    assignees: false,
    draft: true,
    autoMerge: false,
    statuses: true,
    checks: false,
    bodyLimit: bodyLimit(RULES),
    titleLimit: RULES.title,
  }
}
