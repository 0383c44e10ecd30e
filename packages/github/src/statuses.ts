import { type CallOptions, type CommitStatus, VcsError } from '@pullwright/core'
import { cutText } from '@pullwright/core/vcs'
import type { CallContext, GitHubClient } from './client.ts'
import { LIMITS } from './limits.ts'
import { repositoryName } from './repository-name.ts'

/** Commit statuses have no mutation: one REST request each. A long description is cut to what GitHub takes. */
export async function setStatus(
  client: GitHubClient,
  repository: string,
  sha: string,
  status: CommitStatus,
  { signal }: CallOptions = {},
): Promise<void> {
  repositoryName(repository)
  if (!/^[0-9a-f]{40}$/i.test(sha)) throw new VcsError('invalid', 'A commit status needs the full id of a commit.')
  if (status.context.trim() === '') throw new VcsError('invalid', 'A commit status needs a context.')
  await postStatus(client, sha, status, { repository, doing: `set the commit status ${status.context}`, signal })
}

export async function postStatus(
  client: GitHubClient,
  sha: string,
  { context: name, state, description, url }: CommitStatus,
  context: CallContext,
): Promise<{ id: number }> {
  const { owner, name: repo } = repositoryName(context.repository)
  const { data } = await client.rest(
    (request, common) =>
      request('POST /repos/{owner}/{repo}/statuses/{sha}', {
        ...{ owner, repo, sha, context: name, state },
        ...(description === undefined ? {} : { description: cutText(description, LIMITS.statusDescription) }),
        ...(url === undefined ? {} : { target_url: url }),
        ...common,
      }),
    { ...context, needs: ['statuses=write'] },
  )
  return data
}
