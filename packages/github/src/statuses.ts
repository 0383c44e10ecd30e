import { type CallOptions, type CommitStatus, VcsError } from '@pullwright/core'
import { cutText } from '@pullwright/core/vcs'
import type { GitHubClient } from './client.ts'
import { LIMITS } from './limits.ts'
import { repositoryName } from './repository-name.ts'

/** Commit statuses have no mutation: one REST request each. A long description is cut to what GitHub takes. */
export async function setStatus(
  client: GitHubClient,
  repository: string,
  sha: string,
  { context, state, description, url }: CommitStatus,
  { signal }: CallOptions = {},
): Promise<void> {
  const { owner, name } = repositoryName(repository)
  if (!/^[0-9a-f]{40}$/i.test(sha)) throw new VcsError('invalid', 'A commit status needs the full id of a commit.')
  if (context.trim() === '') throw new VcsError('invalid', 'A commit status needs a context.')
  await client.rest(
    (request, common) =>
      request('POST /repos/{owner}/{repo}/statuses/{sha}', {
        owner,
        repo: name,
        sha,
        context,
        state,
        ...(description === undefined ? {} : { description: cutText(description, LIMITS.statusDescription) }),
        ...(url === undefined ? {} : { target_url: url }),
        ...common,
      }),
    { repository, doing: `set the commit status ${context}`, needs: ['statuses=write'], signal },
  )
}
