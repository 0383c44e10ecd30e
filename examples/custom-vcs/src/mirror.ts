import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CallOptions, VcsError } from '@pullwright/core'
import type { JobFile } from '@pullwright/core/vcs'
import { type GitCall, runGit } from './git.ts'

/** A branch to be moved; `from` is where it must stand, null where it must not be there. */
export interface Move {
  branch: string
  from: string | null
  to: string
}

export interface Person {
  name: string
  email: string
}

/** A bare copy of one remote repository: everything is read and made here, and pushed in one go. */
export interface Mirror {
  git(args: readonly string[], call?: GitCall): Promise<string>
  bytes(args: readonly string[], call?: GitCall): Promise<Buffer>
  /** The commit of a branch, a tag or a commit; null where there is none. */
  resolve(ref: string): Promise<string | null>
  fetch(options: CallOptions): Promise<void>
  /** All of them or none, each only where it stands as expected. `conflict` where one does not. */
  push(moves: readonly Move[], options: CallOptions): Promise<void>
  /** A commit with these changes. Nothing points to it until it is pushed. */
  commit(parent: string | null, files: readonly JobFile[], message: string): Promise<string>
  remove(): Promise<void>
}

const NOTHING = '0'.repeat(40)

export async function openMirror(remote: string, author: Person): Promise<Mirror> {
  const directory = await mkdtemp(join(tmpdir(), 'git-remote-'))
  await runGit(directory, ['init', '--quiet', '--bare'])
  const bytes: Mirror['bytes'] = (args, call) => runGit(directory, args, call)
  const git: Mirror['git'] = async (args, call) => (await bytes(args, call)).toString('utf8').trim()
  return {
    git,
    bytes,
    async resolve(ref) {
      const names = await git(['rev-parse', '--verify', '--quiet', `${ref}^{commit}`]).catch(() => null)
      return names
    },
    async fetch({ signal }) {
      await git(['fetch', '--quiet', '--prune', '--no-tags', remote, '+refs/heads/*:refs/heads/*'], { signal })
    },
    async push(moves, { signal }) {
      const leases = moves.map(({ branch, from }) => `--force-with-lease=refs/heads/${branch}:${from ?? ''}`)
      const refs = moves.map(({ branch, to }) => `${to}:refs/heads/${branch}`)
      await git(['push', '--quiet', '--atomic', ...leases, remote, ...refs], { signal })
      for (const { branch, to } of moves) await git(['update-ref', `refs/heads/${branch}`, to])
    },
    async commit(parent, files, message) {
      const env = { GIT_INDEX_FILE: join(directory, `index-${process.hrtime.bigint()}`), ...identity(author) }
      if (parent !== null) await git(['read-tree', parent], { env })
      const lines: string[] = []
      for (const { path, content } of files) {
        const oid = content === null ? NOTHING : await git(['hash-object', '-w', '--stdin'], { input: content })
        lines.push(`${content === null ? '0' : '100644'} ${oid}\t${path}\0`)
      }
      await git(['update-index', '-z', '--index-info'], { env, input: lines.join('') })
      const tree = await git(['write-tree'], { env })
      await rm(env.GIT_INDEX_FILE, { force: true })
      const parents = parent === null ? [] : ['-p', parent]
      return git(['commit-tree', tree, ...parents], { env, input: message })
    },
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

export function identity({ name, email }: Person): Record<string, string> {
  return { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email }
}

/** Git's id of each path at a commit; null where there is no file. */
export async function filesAt(
  mirror: Mirror,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, string | null>> {
  const listed = (await mirror.bytes(['ls-tree', '-z', '--full-tree', commit, '--', ...paths])).toString('utf8')
  const found = new Map<string, string | null>(paths.map((path) => [path, null]))
  for (const line of listed.split('\0')) {
    const [, type, oid, path] = /^\d+ (\w+) (\w+)\t([\s\S]+)$/.exec(line) ?? []
    if (path === undefined || oid === undefined) continue
    if (type !== 'blob') throw new VcsError('invalid', `${JSON.stringify(path)} is a folder there, not a file.`)
    found.set(path, oid)
  }
  return found
}
