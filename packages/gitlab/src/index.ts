/**
 * GitLab, hosted and self-managed, for Pullwright.
 *
 * @module @pullwright/gitlab
 */
export type { GitLabAuth } from './authorization.ts'
export type { GitLabOptions } from './gitlab.ts'
export { gitlab } from './gitlab.ts'
