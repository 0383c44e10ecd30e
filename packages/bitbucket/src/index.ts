/**
 * Bitbucket Cloud for Pullwright.
 *
 * @module @pullwright/bitbucket
 */
export type { BitbucketAuth } from './authorization.ts'
export type { BitbucketOptions } from './bitbucket.ts'
export { bitbucket } from './bitbucket.ts'
