import { type CallOptions, type FileSnapshot, isVcsError, type ReadFiles, VcsError } from '@pullwright/core'
import { blobId, checkPath } from '@pullwright/core/vcs'
import type { BranchBody, CommitBody, RepositoryBody } from './bodies.ts'
import type { BitbucketClient, CallContext } from './client.ts'
import { repositoryName } from './repository-name.ts'

const REPOSITORY = '/repositories/{workspace}/{repo_slug}'

/**
 * Files at one commit, as UTF-8 text: one request for the commit and one for each path. Bitbucket tells no blob ids, so
 * `sha` is worked out as git does. What is no text is refused with `unsupported`.
 */
export async function readFiles(
  client: BitbucketClient,
  repository: string,
  { ref, paths }: ReadFiles,
  { signal }: CallOptions = {},
): Promise<FileSnapshot> {
  for (const path of paths) checkPath(path)
  const context: CallContext = {
    repository,
    doing: `read files at ${ref ?? 'the main branch'}`,
    needs: ['repository'],
    signal,
  }
  const commit = await resolveRef(client, ref, context)
  const files: FileSnapshot['files'] = {}
  for (const path of new Set(paths)) {
    const bytes = await readFile(client, commit, path, context)
    files[path] = bytes === null ? null : { content: toText(bytes, path, repository), sha: blobId(bytes) }
  }
  return { commit, files }
}

/** The file's bytes; null where there is none, or a folder. `commit` is a full hash: a branch may have slashes. */
export async function readFile(
  client: BitbucketClient,
  commit: string,
  path: string,
  context: CallContext,
): Promise<Uint8Array | null> {
  const encoded = path.split('/').map(encodeURIComponent).join('/')
  const call = { parameters: { ...repositoryName(context.repository) }, bytes: true }
  try {
    const { data } = await client.call<ArrayBuffer>(`GET ${REPOSITORY}/src/${commit}/${encoded}`, call, context)
    const bytes = new Uint8Array(data)
    return isListing(bytes) ? null : bytes
  } catch (error) {
    if (isVcsError(error) && error.code === 'not-found') return null
    throw error
  }
}

/** A folder is answered as a page of its entries, where a file is answered as it is. */
function isListing(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x7b) return false
  try {
    const { pagelen, values } = JSON.parse(Buffer.from(bytes).toString('utf8')) as {
      pagelen?: unknown
      values?: unknown
    }
    const entries = Array.isArray(values) ? (values as { type?: unknown }[]) : []
    return (
      typeof pagelen === 'number' && entries.length > 0 && entries.every(({ type }) => /^commit_/.test(String(type)))
    )
  } catch {
    return false
  }
}

/** The full hash of a branch, tag or commit; of the main branch where none is named. One request or two. */
export async function resolveRef(
  client: BitbucketClient,
  ref: string | undefined,
  context: CallContext,
): Promise<string> {
  const parameters = { ...repositoryName(context.repository) }
  if (ref === undefined) {
    const { data } = await client.call<RepositoryBody>(`GET ${REPOSITORY}`, { parameters }, context)
    const main = data.mainbranch?.name
    if (main === undefined) throw new VcsError('not-found', `${context.repository} is empty: push a first commit.`)
    return resolveRef(client, main, context)
  }
  if (ref === '' || /[\s:]/.test(ref))
    throw new VcsError('invalid', `${JSON.stringify(ref)} is no branch, tag or commit.`)
  if (/^[0-9a-f]{7,40}$/i.test(ref)) return commitOf(client, ref, context)
  return (
    (await tipOf(client, 'branches', ref, context)) ??
    (await tipOf(client, 'tags', ref, context)) ??
    missingRef(ref, context)
  )
}

function missingRef(ref: string, { repository, doing }: CallContext): never {
  throw new VcsError('not-found', `Cannot ${doing} in ${repository}: there is no branch or tag ${JSON.stringify(ref)}.`)
}

async function commitOf(client: BitbucketClient, commit: string, context: CallContext): Promise<string> {
  const parameters = { ...repositoryName(context.repository), commit }
  const { data } = await client.call<CommitBody>(`GET ${REPOSITORY}/commit/{commit}`, { parameters }, context)
  return data.hash
}

/** Where a branch or tag stands; null where there is none. */
export async function tipOf(
  client: BitbucketClient,
  kind: 'branches' | 'tags',
  name: string,
  context: CallContext,
): Promise<string | null> {
  const parameters = { ...repositoryName(context.repository), name }
  try {
    const { data } = await client.call<BranchBody>(`GET ${REPOSITORY}/refs/${kind}/{name}`, { parameters }, context)
    return data.target.hash
  } catch (error) {
    // The repository itself being out of sight reads the same, and is told by the next request.
    if (isVcsError(error) && error.code === 'not-found') return null
    throw error
  }
}

function toText(bytes: Uint8Array, path: string, repository: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new VcsError('unsupported', `${path} in ${repository} is no UTF-8 text, so it cannot be read as such.`)
  }
}
