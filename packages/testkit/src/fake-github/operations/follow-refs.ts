import type { PullRequest, Repository } from '../model/entities.ts'
import type { World } from '../model/world.ts'

/**
 * What GitHub does to open pull requests when branches move: a new head is noted, a head or base that is gone closes
 * them, a head that reached its base is merged.
 */
export async function followRefs(world: World, repository: Repository, names: readonly string[]): Promise<void> {
  repository.pushedAt = world.now()
  for (const pullRequest of repository.pullRequests) {
    if (pullRequest.state !== 'OPEN') continue
    const head = `refs/heads/${pullRequest.headRefName}`
    const base = `refs/heads/${pullRequest.baseRefName}`
    if (names.includes(head) || names.includes(base)) await follow(world, pullRequest, head, base)
  }
}

async function follow(world: World, pullRequest: PullRequest, head: string, base: string): Promise<void> {
  const { git } = pullRequest.repository
  const [headOid, baseOid] = await Promise.all([git.resolve(head), git.resolve(base)])
  if (headOid === null || baseOid === null) return close(world, pullRequest)
  if (headOid === pullRequest.headOid && baseOid === pullRequest.baseOid) return
  const baseMoved = baseOid !== pullRequest.baseOid
  pullRequest.headOid = headOid
  pullRequest.baseOid = baseOid
  pullRequest.updatedAt = world.now()
  pullRequest.unknownReads = world.unknownReads
  if (!(await git.isAncestor(headOid, baseOid))) return
  if (!baseMoved) return close(world, pullRequest)
  pullRequest.state = 'MERGED'
  pullRequest.mergedAt = world.now()
  pullRequest.closedAt = world.now()
  pullRequest.mergeCommitOid = baseOid
}

function close(world: World, pullRequest: PullRequest): void {
  pullRequest.state = 'CLOSED'
  pullRequest.closedAt = world.now()
  pullRequest.updatedAt = world.now()
  pullRequest.autoMerge = null
}
