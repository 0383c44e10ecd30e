import { createHash } from 'node:crypto'
import type { PolicyResult } from '@pullwright/core'

/**
 * What a pull request is marked with: the deployment's identity, and after `~` a digest of what policies minded, so that
 * another verdict on the same deployment is written, and the same one is not.
 */
export function documentIdentity(identity: string, results: readonly PolicyResult[]): string {
  const minded = results
    .filter(({ verdict }) => verdict !== 'pass')
    .map(({ policy, verdict, reason }) => [policy, verdict, reason])
  if (minded.length === 0) return identity
  const digest = createHash('sha256').update(JSON.stringify(minded)).digest('hex').slice(0, 8)
  return `${identity}~${digest}`
}
