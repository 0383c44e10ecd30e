import { type CallOptions, type MergeRequest, type MergeResult, type PullRequestRef, VcsError } from '@pullwright/core'
import { changeEntry } from './change-entry.ts'
import { identity } from './mirror.ts'
import type { Place } from './publish.ts'

/** Base and pull request move in one push. Pinned to the commit that was looked at; one that is merged answers so. */
export async function mergePullRequest(
  place: Place,
  ref: PullRequestRef,
  { expectedHead, method = 'merge' }: MergeRequest,
  options: CallOptions,
): Promise<MergeResult> {
  if (method === 'rebase') throw new VcsError('unsupported', 'A git remote merges by merge or squash here.')
  const { mirror, now } = place
  const merged = await changeEntry(
    place,
    ref,
    async (entry) => {
      if (entry.head !== expectedHead) {
        throw new VcsError('conflict', `#${ref.number} stands at ${entry.head}, not at ${expectedHead}. Look again.`)
      }
      if (entry.state === 'merged') return null
      if (entry.state === 'closed') throw new VcsError('policy', `#${ref.number} is closed. Publish it anew.`)
      const base = await mirror.resolve(`refs/heads/${entry.base}`)
      if (base === null) throw new VcsError('not-found', `There is no branch ${entry.base} any more.`)
      const tree = await mirror.git(['merge-tree', '--write-tree', base, entry.head]).catch(() => {
        throw new VcsError('conflict', `#${ref.number} cannot be merged: both sides changed the same lines.`)
      })
      const parents = method === 'squash' ? ['-p', base] : ['-p', base, '-p', entry.head]
      const input = `Merge #${entry.number}: ${entry.title}`
      const commit = await mirror.git(['commit-tree', tree, ...parents], { env: identity(place.author), input })
      return {
        entry: { ...entry, state: 'merged', mergeCommit: commit, mergedAt: now() },
        moves: [{ branch: entry.base, from: base, to: commit }],
      }
    },
    options,
  )
  return { merged: true, commit: merged.mergeCommit }
}
