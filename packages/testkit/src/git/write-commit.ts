import type { GitPerson } from './parse-commit.ts'
import { runGit } from './run-git.ts'

export interface NewCommit {
  /** Null for a first commit. */
  parent: string | null
  message: string
  author: GitPerson
  committer: GitPerson
  additions: readonly { path: string; contents: string | Uint8Array }[]
  deletions: readonly string[]
}

/**
 * Writes blobs, trees and a commit with one `git fast-import` and answers the commit's id. `scratch` is a ref that
 * holds the commit until the caller has moved a real one and deleted it.
 */
export async function writeCommit(directory: string, scratch: string, commit: NewCommit): Promise<string> {
  const parts: (string | Uint8Array)[] = ['feature done\n', `commit ${scratch}\n`, 'mark :1\n']
  parts.push(`author ${person(commit.author)}\n`, `committer ${person(commit.committer)}\n`)
  pushData(parts, commit.message)
  if (commit.parent !== null) parts.push(`from ${commit.parent}\n`)
  for (const path of commit.deletions) parts.push(`D ${quote(path)}\n`)
  for (const file of commit.additions) {
    parts.push(`M 100644 inline ${quote(file.path)}\n`)
    pushData(parts, file.contents)
  }
  parts.push('get-mark :1\n', 'done\n')
  const input = Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)))
  const { stdout } = await runGit(directory, ['-c', 'fastimport.unpackLimit=1', 'fast-import', '--quiet', '--force'], {
    input,
  })
  return stdout.toString('utf8').trim()
}

export interface TreeCommit {
  tree: string
  parents: readonly string[]
  message: string
  author: GitPerson
  committer: GitPerson
}

/** A commit of a tree that is there already. */
export async function commitTree(directory: string, commit: TreeCommit): Promise<string> {
  const text = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${person(commit.author)}`,
    `committer ${person(commit.committer)}`,
    '',
    commit.message,
  ].join('\n')
  const { stdout } = await runGit(directory, ['hash-object', '-w', '--stdin', '-t', 'commit'], { input: text })
  return stdout.toString('utf8').trim()
}

function pushData(parts: (string | Uint8Array)[], contents: string | Uint8Array): void {
  const bytes = typeof contents === 'string' ? Buffer.from(contents) : contents
  parts.push(`data ${bytes.byteLength}\n`, bytes, '\n')
}

/** `Name <mail> seconds +0000`; what would end the field early is dropped, as git itself does. */
function person(who: GitPerson): string {
  const clean = (text: string) => text.replace(/[<>\n\0]/g, '').trim()
  return `${clean(who.name)} <${clean(who.email)}> ${Math.floor(who.at / 1000)} +0000`
}

/** C-style quoting, as fast-import wants it for any path. */
function quote(path: string): string {
  return `"${path.replace(/["\\]/g, (c) => `\\${c}`).replace(/\n/g, '\\n')}"`
}
