import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { commitGraph } from './commit-graph.ts'
import { diffFiles, type FileDifference } from './diff-files.ts'
import { objectReader } from './object-reader.ts'
import { type GitCommit, parseCommit } from './parse-commit.ts'
import { runGit } from './run-git.ts'
import { commitTree, type NewCommit, type TreeCommit, writeCommit } from './write-commit.ts'

export interface RefUpdate {
  /** Full name, such as `refs/heads/main`. */
  name: string
  /** Forty zeros delete. */
  after: string
  /** What the ref must hold now; forty zeros: it must not exist. Absent: whatever it holds. */
  before?: string
}

export const ZERO_OID = '0'.repeat(40)
const NOBODY = { name: 'Nobody', email: 'nobody@example.com', at: 0 }

/** A real bare repository on disk, seen through the plumbing a forge needs. Names of commits are full object ids. */
export type BareRepository = Awaited<ReturnType<typeof createBareRepository>>

/** Makes a bare repository at `path` (an empty or absent folder) with HEAD on `defaultBranch`. */
export async function createBareRepository(path: string, defaultBranch: string) {
  await Promise.all(['objects', 'refs'].map((folder) => mkdir(join(path, folder), { recursive: true })))
  // What `git init` would write (gitrepository-layout), without starting it: tests make hundreds of repositories.
  await writeFile(join(path, 'config'), '[core]\n\trepositoryformatversion = 0\n\tbare = true\n')
  await writeFile(join(path, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`)
  const reader = objectReader(path)
  let scratches = 0

  const commitAt = async (expression: string): Promise<GitCommit | null> => {
    const object = await reader.read(`${expression}^{commit}`)
    return object === null ? null : parseCommit(object.oid, object.data)
  }
  const graph = commitGraph(commitAt)
  const lines = async (...args: string[]) =>
    (await runGit(path, args)).stdout
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '')

  return {
    path,
    read: reader.read,
    commitAt,
    /** The commit a ref or expression stands at, or null. */
    resolve: async (expression: string): Promise<string | null> => (await commitAt(expression))?.oid ?? null,
    refs: async (prefix: string): Promise<{ name: string; oid: string }[]> =>
      (await lines('for-each-ref', '--format=%(objectname) %(refname)', prefix)).map((line) => ({
        oid: line.slice(0, 40),
        name: line.slice(41),
      })),

    /** Writes the commit and moves `ref` to it if it still stands at the parent. Answers null when it does not. */
    async commitTo(ref: string, commit: NewCommit): Promise<string | null> {
      const scratch = { name: `refs/scratch/${process.pid}-${++scratches}`, after: ZERO_OID }
      const oid = await writeCommit(path, scratch.name, commit)
      const refused = await moveRefs(path, [{ name: ref, after: oid, before: commit.parent ?? ZERO_OID }, scratch])
      if (refused !== null) await moveRefs(path, [scratch])
      return refused === null ? oid : null
    },
    /** All or nothing. Answers null, or git's words about what stood in the way. */
    updateRefs: (updates: readonly RefUpdate[]): Promise<string | null> => moveRefs(path, updates),

    isAncestor: graph.isAncestor,
    compare: graph.compare,
    /** Where two commits parted, or null. */
    async mergeBase(one: string, other: string): Promise<string | null> {
      if (await graph.isAncestor(one, other)) return one
      const answer = await runGit(path, ['merge-base', one, other], { allow: [0, 1] })
      return answer.code === 0 ? answer.stdout.toString('utf8').trim() : null
    },
    /** Paths of all files of a commit. */
    paths: async (ref: string): Promise<string[]> =>
      (await runGit(path, ['ls-tree', '-r', '-z', '--name-only', '--full-tree', ref])).stdout
        .toString('utf8')
        .split('\0')
        .filter((name) => name !== ''),
    /** Newest first; with a path, only what touched it. */
    log: (from: string, within?: string): Promise<string[]> =>
      within === undefined ? graph.history(from) : lines('log', '--format=%H', from, '--', `:(literal)${within}`),

    /** The tree of a clean merge of two commits, or null on a conflict. Needs git 2.38 where they have parted. */
    async mergeTree(ours: string, theirs: string): Promise<string | null> {
      if (await graph.isAncestor(ours, theirs)) return (await commitAt(theirs))?.tree ?? null
      if (await graph.isAncestor(theirs, ours)) return (await commitAt(ours))?.tree ?? null
      const answer = await runGit(path, ['merge-tree', '--write-tree', '--allow-unrelated-histories', ours, theirs], {
        allow: [0, 1],
      })
      return answer.code === 0 ? answer.stdout.toString('utf8').trim() : null
    },
    commitTree: (commit: TreeCommit): Promise<string> => commitTree(path, commit),
    /** The tree that another one becomes by these changes. */
    async changeTree(base: string | null, changes: Pick<NewCommit, 'additions' | 'deletions'>): Promise<string> {
      const scratch = { name: `refs/scratch/${process.pid}-${++scratches}`, after: ZERO_OID }
      const step = { message: 'step', author: NOBODY, committer: NOBODY }
      const parent = base === null ? null : await commitTree(path, { ...step, tree: base, parents: [] })
      const oid = await writeCommit(path, scratch.name, { ...step, ...changes, parent })
      await moveRefs(path, [scratch])
      return (await commitAt(oid))?.tree ?? ''
    },
    /** Name, status (`A`, `M`, `D`, `R`) and counted lines of each file that differs. */
    diff: (base: string, head: string): Promise<FileDifference[]> => diffFiles(path, base, head),
    close: reader.close,
  }
}

async function moveRefs(directory: string, updates: readonly RefUpdate[]): Promise<string | null> {
  const commands = updates.map(({ name, after, before }) => {
    if (after === ZERO_OID) return `delete ${name}\0${before ?? ''}\0`
    return `update ${name}\0${after}\0${before ?? ''}\0`
  })
  const input = `start\0${commands.join('')}prepare\0commit\0`
  const answer = await runGit(directory, ['update-ref', '--stdin', '-z'], { input, allow: [0, 1, 128] })
  return answer.code === 0 ? null : answer.stderr.trim()
}
