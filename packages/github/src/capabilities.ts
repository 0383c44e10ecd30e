import type { VcsCapabilities } from '@pullwright/core'
import { bodyLimit } from '@pullwright/core/vcs'
import { LIMITS, RULES } from './limits.ts'

/** GitHub's, whatever the repository: what one of them forbids is told in the steps. */
export function capabilities({ asApp }: { asApp: boolean }): VcsCapabilities {
  return {
    labels: true,
    reviewers: true,
    teamReviewers: true,
    assignees: true,
    draft: true,
    autoMerge: true,
    statuses: true,
    // Only apps may write checks: personal tokens have no such permission.
    checks: asApp,
    bodyLimit: bodyLimit(RULES),
    titleLimit: LIMITS.title,
    details: true,
  }
}
