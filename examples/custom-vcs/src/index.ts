export { gitRemote } from './git-remote.ts'
