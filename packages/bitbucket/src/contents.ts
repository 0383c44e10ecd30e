import { type CallOptions, type ChangedFile, isVcsError, type PullRequestRef, type VcsContents } from '@pullwright/core'
import type { CommitBody } from './bodies.ts'
import type { BitbucketClient, CallContext } from './client.ts'
import { contextOf, PULL_REQUEST } from './pull-requests.ts'
import { resolveRef } from './read-files.ts'
import { pullRequestName, repositoryName } from './repository-name.ts'

interface DiffstatBody {
  status?: string
  old?: { path?: string } | null
  new?: { path?: string } | null
}

export function createContents(client: BitbucketClient): VcsContents {
  return {
    changedFiles: (ref, options = {}) => changedFiles(client, ref, options),
    mergeBase: (repository, one, other, options = {}) => mergeBase(client, repository, [one, other], options),
  }
}

async function changedFiles(
  client: BitbucketClient,
  ref: PullRequestRef,
  { signal }: CallOptions,
): Promise<ChangedFile[]> {
  const context = contextOf(ref, 'read the changes of pull request', ['pullrequest'], signal)
  const parameters = { ...pullRequestName(ref), pagelen: 100 }
  const all = await client.all<DiffstatBody>(`GET ${PULL_REQUEST}/diffstat`, parameters, context)
  return all.flatMap(toChangedFile)
}

function toChangedFile({ status, old, new: now }: DiffstatBody): ChangedFile[] {
  const path = now?.path ?? old?.path
  if (path === undefined) return []
  if (status === 'renamed' && old?.path !== undefined) return [{ path, status, previousPath: old.path }]
  return [{ path, status: status === 'added' || status === 'removed' ? status : 'modified' }]
}

async function mergeBase(
  client: BitbucketClient,
  repository: string,
  refs: readonly [string, string],
  { signal }: CallOptions,
): Promise<string | null> {
  const context: CallContext = { repository, doing: 'find where two branches met', needs: ['repository'], signal }
  const [one, other] = [await resolveRef(client, refs[0], context), await resolveRef(client, refs[1], context)]
  const route = `GET /repositories/{workspace}/{repo_slug}/merge-base/${one}..${other}`
  try {
    const { data } = await client.call<CommitBody>(route, { parameters: { ...repositoryName(repository) } }, context)
    return data.hash
  } catch (error) {
    if (isVcsError(error) && error.code === 'not-found') return null
    throw error
  }
}
