import type { VcsCapabilities } from '@pullwright/core'
import { bodyLimit } from '@pullwright/core/vcs'
import { RULES } from './rules.ts'

export function capabilities(): VcsCapabilities {
  return {
    labels: true,
    reviewers: true,
    teamReviewers: false,
    assignees: true,
    draft: true,
    autoMerge: true,
    statuses: true,
    checks: false,
    bodyLimit: bodyLimit(RULES),
    titleLimit: RULES.title,
    details: true,
  }
}
