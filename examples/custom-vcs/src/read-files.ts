import { type CallOptions, type FileSnapshot, type ReadFiles, VcsError } from '@pullwright/core'
import { checkPath } from '@pullwright/core/vcs'
import { filesAt } from './mirror.ts'
import type { Place } from './publish.ts'

export async function readFiles(
  { mirror, remote }: Place,
  { ref, paths }: ReadFiles,
  options: CallOptions,
): Promise<FileSnapshot> {
  for (const path of paths) checkPath(path)
  await mirror.fetch(options)
  const name = ref ?? (await defaultBranch())
  const commit = (await mirror.resolve(`refs/heads/${name}`)) ?? (await mirror.resolve(name))
  if (commit === null) throw new VcsError('not-found', `There is no branch or commit ${JSON.stringify(name)}.`)
  const files: FileSnapshot['files'] = {}
  for (const [path, sha] of await filesAt(mirror, commit, paths)) {
    files[path] = sha === null ? null : { content: textOf(path, await mirror.bytes(['cat-file', 'blob', sha])), sha }
  }
  return { commit, files }

  async function defaultBranch(): Promise<string> {
    const said = await mirror.git(['ls-remote', '--symref', remote, 'HEAD'], options)
    return /^ref: refs\/heads\/(\S+)\s+HEAD/m.exec(said)?.[1] ?? 'HEAD'
  }
}

function textOf(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new VcsError('unsupported', `${path} is no UTF-8 text, so it cannot be read as such.`)
  }
}
