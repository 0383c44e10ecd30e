export type { GitHubAppAuth, GitHubAppCredentials } from './app/app-identity.ts'
export { installationCredential } from './app/app-identity.ts'
export type { GitHubOptions } from './github.ts'
export { github } from './github.ts'
