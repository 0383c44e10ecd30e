import type { GitCommit } from './parse-commit.ts'

export interface Comparison {
  ahead: number
  behind: number
  /** Commits of the head that the base lacks, oldest first. */
  commits: string[]
}

export interface CommitGraph {
  isAncestor(ancestor: string, descendant: string): Promise<boolean>
  compare(base: string, head: string): Promise<Comparison>
  /** Newest first, in an order where no commit comes before its children. */
  history(from: string): Promise<string[]>
}

/**
 * Walks commits in memory. A commit never changes, so each is read once: for the small repositories of tests this is
 * many times faster than a process for every question.
 */
export function commitGraph(read: (oid: string) => Promise<GitCommit | null>): CommitGraph {
  const parents = new Map<string, readonly string[]>()
  const parentsOf = async (oid: string) => {
    const known = parents.get(oid) ?? (await read(oid))?.parents
    if (known !== undefined) parents.set(oid, known)
    return known ?? []
  }
  const history = (from: string) => newestFirst(from, parentsOf)
  return {
    history,
    isAncestor: async (ancestor, descendant) =>
      ancestor === descendant || (await history(descendant)).includes(ancestor),
    async compare(base, head) {
      if (base === head) return { ahead: 0, behind: 0, commits: [] }
      const [ofBase, ofHead] = [await history(base), await history(head)]
      const [inBase, inHead] = [new Set(ofBase), new Set(ofHead)]
      const commits = ofHead.filter((oid) => !inBase.has(oid)).reverse()
      return { ahead: commits.length, behind: ofBase.filter((oid) => !inHead.has(oid)).length, commits }
    },
  }
}

/** Reverse post-order of a depth-first walk, without recursion: histories are longer than stacks. */
async function newestFirst(from: string, parentsOf: (oid: string) => Promise<readonly string[]>): Promise<string[]> {
  const seen = new Set([from])
  const done: string[] = []
  const stack = [{ oid: from, left: [...(await parentsOf(from))] }]
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const next = top.left.pop()
    if (next === undefined) {
      done.push(top.oid)
      stack.pop()
    } else if (!seen.has(next)) {
      seen.add(next)
      stack.push({ oid: next, left: [...(await parentsOf(next))] })
    }
  }
  return done.reverse()
}
