export type { GitLabAuth } from './authorization.ts'
export type { GitLabOptions } from './gitlab.ts'
export { gitlab } from './gitlab.ts'
