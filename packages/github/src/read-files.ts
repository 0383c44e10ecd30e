import { type CallOptions, type FileSnapshot, type ReadFiles, VcsError } from '@pullwright/core'
import { checkPath } from '@pullwright/core/vcs'
import type { CallContext, GitHubClient } from './client.ts'
import { type ReadFileNode, type ReadFilesData, readFilesDocument } from './graphql/queries.ts'
import { missing } from './missing.ts'
import { repositoryName } from './repository-name.ts'

/** Of files in one request: each is a few fields, and GitHub limits how many a query may have. */
const FILES_PER_REQUEST = 100

/**
 * Files at one commit, as UTF-8 text; one request for each 100 paths, and one more for each file that GraphQL cuts.
 * What is no text is refused with `unsupported`, for it could not be given back as it is.
 */
export async function readFiles(
  client: GitHubClient,
  repository: string,
  { ref = 'HEAD', paths }: ReadFiles,
  { signal }: CallOptions = {},
): Promise<FileSnapshot> {
  for (const path of paths) checkPath(path)
  if (ref === '' || /[\s:]/.test(ref))
    throw new VcsError('invalid', `${JSON.stringify(ref)} is no branch, tag or commit.`)
  const context: CallContext = { repository, doing: `read files at ${ref}`, needs: ['contents=read'], signal }
  const wanted = [...new Set(paths)]
  const files: [string, FileSnapshot['files'][string]][] = []
  let at = ref
  do {
    const part = wanted.splice(0, FILES_PER_REQUEST)
    const { commit, nodes } = await readPart(client, repository, at, part, context)
    // The later parts at the same commit, though the branch may move.
    at = commit
    for (const [n, path] of part.entries()) {
      const node = nodes[n] ?? null
      files.push([path, node === null ? null : await toFile(client, repository, path, node, context)])
    }
  } while (wanted.length > 0)
  return { commit: at, files: Object.fromEntries(files) }
}

async function readPart(
  client: GitHubClient,
  repository: string,
  at: string,
  paths: readonly string[],
  context: CallContext,
): Promise<{ commit: string; nodes: (ReadFileNode | null)[] }> {
  const variables = {
    ...repositoryName(repository),
    at,
    ...Object.fromEntries(paths.map((path, n) => [`f${n}`, path])),
  }
  const answer = await client.graphql<ReadFilesData>(readFilesDocument(paths.length), variables, context)
  const found = answer.data.repository?.object ?? null
  const tagged = found?.target?.oid
  if (tagged !== undefined) return readPart(client, repository, tagged, paths, context)
  const serious = answer.problems.filter(({ type, path }) => type !== 'NOT_FOUND' || path.length < 3)
  if (found?.oid === undefined || serious.length > 0) throw missing(client, serious, context)
  return { commit: found.oid, nodes: paths.map((_, n) => found[`f${n}`] ?? null) }
}

async function toFile(
  client: GitHubClient,
  repository: string,
  path: string,
  { oid, type, object }: ReadFileNode,
  context: CallContext,
): Promise<FileSnapshot['files'][string]> {
  if (type !== 'blob') return null
  if (typeof object?.text === 'string' && object.isTruncated === false) return { content: object.text, sha: oid }
  const { owner, name } = repositoryName(repository)
  const { data } = await client.rest(
    (request, common) =>
      request('GET /repos/{owner}/{repo}/git/blobs/{file_sha}', { owner, repo: name, file_sha: oid, ...common }),
    context,
  )
  const bytes = Buffer.from(data.content, data.encoding === 'base64' ? 'base64' : 'utf8')
  try {
    return { content: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), sha: oid }
  } catch {
    throw new VcsError('unsupported', `${path} in ${repository} is no UTF-8 text, so it cannot be read as such.`)
  }
}
