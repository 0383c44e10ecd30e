export type { JiraOptions } from './jira.ts'
export { jira } from './jira.ts'
