import type { ForgeRules } from '@pullwright/core/vcs'

/** GitLab's limits that we meet before GitLab does. */
export const LIMITS = {
  /** Of a label's name and a status's description: columns of 255 characters. */
  label: 255,
  statusDescription: 255,
  /** Of a comment: https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics */
  comment: 1_000_000,
} as const

export const DRAFT = 'Draft: '

export const RULES: ForgeRules = {
  forge: 'GitLab',
  markerStyle: 'comment',
  // The column holds 255, and a draft is one by its title's beginning.
  title: 255 - DRAFT.length,
  // https://docs.gitlab.com/administration/instance_limits/#size-of-comments-and-descriptions-of-issues-merge-requests-and-epics
  body: { size: 1_048_576, unit: 'characters' },
  // 300 MB is the most of a request (docs.gitlab.com/api/commits), and base64 takes a third more.
  commitBytes: 200 * 1024 * 1024,
  branchNames: [
    // https://docs.gitlab.com/user/project/repository/branches/#name-your-branch
    { forbidden: /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i, reason: 'must not look like a commit: GitLab takes no such name' },
    { forbidden: /^refs\//, reason: 'must not begin with refs/; give the short name' },
  ],
}
