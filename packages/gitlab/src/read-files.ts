import { Commits, RepositoryFiles } from '@gitbeaker/rest'
import { type CallOptions, type FileSnapshot, isVcsError, type ReadFiles, VcsError } from '@pullwright/core'
import { checkPath } from '@pullwright/core/vcs'
import type { CallContext, GitLabClient } from './client.ts'
import { projectPath } from './project-path.ts'

/**
 * Files at one commit, as UTF-8 text: a request for the commit and one for each path. What is no text is refused with
 * `unsupported`, for it could not be given back as it is.
 */
export async function readFiles(
  client: GitLabClient,
  repository: string,
  { ref = 'HEAD', paths }: ReadFiles,
  { signal }: CallOptions = {},
): Promise<FileSnapshot> {
  const project = projectPath(repository)
  for (const path of paths) checkPath(path)
  if (ref === '' || /[\s:]/.test(ref)) {
    throw new VcsError('invalid', `${JSON.stringify(ref)} is no branch, tag or commit.`)
  }
  const context: CallContext = { repository, doing: `read files at ${ref}`, needs: ['role: Reporter'], signal }
  const commit = (await client.rest(context, (to) => new Commits(to).show(project, ref))).id
  const files: [string, FileSnapshot['files'][string]][] = []
  for (const path of new Set(paths)) files.push([path, await readFile(client, project, { path, commit }, context)])
  return { commit, files: Object.fromEntries(files) }
}

async function readFile(
  client: GitLabClient,
  project: string,
  { path, commit }: { path: string; commit: string },
  context: CallContext,
): Promise<FileSnapshot['files'][string]> {
  try {
    const file = await client.rest(context, (to) => new RepositoryFiles(to).show(project, path, commit))
    return { content: toText(Buffer.from(file.content, 'base64'), path), sha: file.blob_id }
  } catch (error) {
    if (isVcsError(error) && error.status === 404) return null
    throw error
  }
}

function toText(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new VcsError('unsupported', `${path} is no UTF-8 text, so it cannot be read as such.`)
  }
}
