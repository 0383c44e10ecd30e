import type { BareRepository } from '../../git/bare-repository.ts'
import type { GitPerson } from '../../git/parse-commit.ts'

/**
 * Replays the head's own commits on the base, one by one, and answers the last; null on a conflict. Each step merges
 * two made-up commits whose only common ancestor holds the tree of the replayed commit's parent: a cherry-pick.
 */
export async function rebaseCommits(
  git: BareRepository,
  base: string,
  head: string,
  committer: GitPerson,
): Promise<string | null> {
  let onto = base
  for (const oid of (await git.compare(base, head)).commits) {
    const commit = await git.commitAt(oid)
    const parent = commit === null ? null : await git.commitAt(commit.parents[0] ?? '')
    const target = await git.commitAt(onto)
    if (commit === null || parent === null || target === null) return null
    const made = (tree: string, parents: string[]) =>
      git.commitTree({ tree, parents, message: 'step', author: committer, committer })
    const root = await made(parent.tree, [])
    const tree = await git.mergeTree(await made(target.tree, [root]), await made(commit.tree, [root]))
    if (tree === null) return null
    onto = await git.commitTree({ tree, parents: [onto], message: commit.message, author: commit.author, committer })
  }
  return onto
}
