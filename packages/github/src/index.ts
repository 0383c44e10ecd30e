/**
 * GitHub and GitHub Enterprise Server for Pullwright: pull requests in the fewest requests.
 *
 * @module @pullwright/github
 */
export type { GitHubAppAuth, GitHubAppCredentials } from './app/app-identity.ts'
export { installationCredential } from './app/app-identity.ts'
export type { GitHubAppFeature } from './app/features.ts'
export type { GitHubApp, GitHubAppOptions } from './app/github-app.ts'
export { githubApp } from './app/github-app.ts'
export type { KnownInstallation } from './app/known-installations.ts'
export type { GitHubAppManifest, ManifestOptions } from './app/manifest.ts'
export type { GitHubAppSecrets } from './app/stored-app.ts'
export type { GitHubOptions } from './github.ts'
export { github } from './github.ts'
