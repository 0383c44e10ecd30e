import type { VcsCapabilities } from '@pullwright/core'
import { LIMITS } from './limits.ts'
import { MARKER_ROOM } from './marker.ts'

/** GitHub's, whatever the repository: what one of them forbids is told in the steps. */
export function capabilities(): VcsCapabilities {
  return {
    labels: true,
    reviewers: true,
    teamReviewers: true,
    assignees: true,
    draft: true,
    autoMerge: true,
    statuses: true,
    // Only apps may write checks: personal tokens have no such permission.
    checks: false,
    // GitHub's limit less what our marker takes.
    bodyLimit: { size: LIMITS.body - MARKER_ROOM, unit: 'characters' },
    titleLimit: LIMITS.title,
    details: true,
  }
}
