import { type VcsCapabilities, VcsError } from '@pullwright/core'
import { bodyLimit, type ForgeRules } from '@pullwright/core/vcs'

/** A file takes nearly anything; these are what people and machines can still read. */
export const RULES: ForgeRules = {
  forge: 'the git remote',
  markerStyle: 'comment',
  title: 256,
  body: { size: 262_144, unit: 'bytes' },
  commitBytes: 100 * 1024 * 1024,
  branchNames: [{ forbidden: /^pull-requests(\/|$)/, reason: 'must not be the branch that holds the pull requests' }],
}

export const CAPABILITIES: VcsCapabilities = {
  labels: true,
  draft: true,
  reviewers: false,
  teamReviewers: false,
  assignees: false,
  autoMerge: false,
  statuses: false,
  checks: false,
  bodyLimit: bodyLimit(RULES),
  titleLimit: RULES.title,
}

/** `group/name`: a folder below the root, so nothing that leads out of it. */
export function checkRepository(repository: string): void {
  if (!/^[\w-][\w.-]*(\/[\w-][\w.-]*)*$/.test(repository)) {
    throw new VcsError('invalid', `A repository is given as group/name, not ${JSON.stringify(repository)}.`)
  }
}
