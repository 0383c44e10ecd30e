export { type GitRemoteOptions, gitRemote } from './git-remote.ts'
