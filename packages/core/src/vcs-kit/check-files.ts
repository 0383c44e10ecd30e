import { VcsError } from '../errors.ts'
import type { FileChange } from '../ports/vcs.ts'
import type { ForgeRules } from './forge-rules.ts'

/** The changes as they are, once every path is one that git can hold, and all of them together. */
export function checkFiles(
  files: readonly FileChange[],
  { forge, commitBytes }: Pick<ForgeRules, 'forge' | 'commitBytes'>,
): readonly FileChange[] {
  if (files.length === 0) throw new VcsError('invalid', 'A pull request needs at least one file to change.')
  const seen = new Set<string>()
  for (const { path } of files) {
    checkPath(path)
    if (seen.has(path)) throw new VcsError('invalid', `${JSON.stringify(path)} is changed twice.`)
    seen.add(path)
  }
  const written = new Set(files.filter(({ content }) => content !== null).map(({ path }) => path))
  for (const path of written) checkPlace(path, written)
  const bytes = files.reduce((sum, { content }) => sum + (content === null ? 0 : Buffer.byteLength(content)), 0)
  if (bytes > commitBytes) {
    const message = `The files are ${bytes} bytes; ${forge} takes ${commitBytes} in one commit. Commit fewer or smaller ones.`
    throw new VcsError('too-large', message)
  }
  return files
}

/** Refuses with `invalid` what git could hold at no path. A backslash it can. */
export function checkPath(path: string): void {
  const parts = path.split('/')
  const bad = parts.some((part) => part === '' || part === '.' || part === '..' || part.toLowerCase() === '.git')
  if (bad || path.includes('\0') || Buffer.byteLength(path) > 4096) {
    const message = `${JSON.stringify(path.slice(0, 200))} is no path in a repository: it must be relative, without empty parts, ".", ".." or ".git".`
    throw new VcsError('invalid', message)
  }
}

function checkPlace(path: string, written: ReadonlySet<string>): void {
  const parts = path.split('/')
  for (let length = 1; length < parts.length; length++) {
    const folder = parts.slice(0, length).join('/')
    if (written.has(folder)) {
      throw new VcsError(
        'invalid',
        `${JSON.stringify(folder)} cannot be a file and the folder of ${JSON.stringify(path)}.`,
      )
    }
  }
}
