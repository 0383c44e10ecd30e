export type { GitHubOptions } from './github.ts'
export { github } from './github.ts'
