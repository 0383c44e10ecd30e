import type { CallContext, GitHubClient } from '../client.ts'
import { repositoryName } from '../repository-name.ts'
import { allPages, PER_PAGE } from './all-pages.ts'

/** The newest status of each context, over all pages. */
export function latestStatuses(client: GitHubClient, sha: string, context: CallContext) {
  const { owner, name: repo } = repositoryName(context.repository)
  const reading = { ...context, needs: ['statuses=read'] }
  return allPages(async (page) => {
    const { data } = await client.rest(
      (request, common) =>
        request('GET /repos/{owner}/{repo}/commits/{ref}/status', {
          ...{ owner, repo, ref: sha, page, per_page: PER_PAGE },
          ...common,
        }),
      reading,
    )
    return data.statuses
  })
}
