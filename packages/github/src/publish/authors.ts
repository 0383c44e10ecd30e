import type { ForeignCommit } from '@pullwright/core/vcs'
import type { ActorNode, CommitNode } from '../graphql/fragments.ts'

/** The commits that are not ours: neither pushed nor edited by the account whose credential we use. */
export function foreignCommits(commits: readonly CommitNode[], viewer: string, hosted: boolean): ForeignCommit[] {
  return commits
    .filter((commit) => !isOurs(commit, viewer, hosted))
    .map((commit) => ({ oid: commit.oid, author: nameOf(commit.author) }))
}

/**
 * Ours are authored by our account and committed by GitHub itself, as `createCommitOnBranch` does: a person whose
 * token we use, and who pushes from a machine of theirs, commits under their own name. A GitHub Enterprise Server
 * without web commit signing names the author as committer too, so there the author alone decides.
 */
function isOurs({ author, committer }: CommitNode, viewer: string, hosted: boolean): boolean {
  if (!isAccount(author, viewer)) return false
  return !hosted || committer?.email?.startsWith('noreply@') === true || committer?.user?.login === 'web-flow'
}

/** Apps are no users: their commits carry `123+my-app[bot]@users.noreply.github.com`. */
function isAccount(actor: ActorNode | null, viewer: string): boolean {
  if (actor === null) return false
  if (actor.user !== null) return same(actor.user.login, viewer)
  const [local = '', host = ''] = (actor.email ?? '').split('@')
  return host.startsWith('users.noreply.') && same(local.replace(/^\d+\+/, ''), viewer)
}

function same(a: string, b: string): boolean {
  const bare = (login: string) => login.toLowerCase().replace(/\[bot\]$/, '')
  return bare(a) === bare(b)
}

function nameOf(actor: ActorNode | null): string {
  return actor?.user?.login ?? actor?.name ?? actor?.email ?? 'somebody unknown'
}
