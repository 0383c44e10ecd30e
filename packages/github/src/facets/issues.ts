import { type CallOptions, type IssueSpec, VcsError, type VcsIssues } from '@pullwright/core'
import { checkLength, cutText, hasCommentMarker, writeComment } from '@pullwright/core/vcs'
import type { CallContext, GitHubClient, GraphQLAnswer } from '../client.ts'
import { type IssueNode, OPEN_ISSUES, type OpenIssuesData } from '../graphql/facet-queries.ts'
import { nodesOf } from '../graphql/fragments.ts'
import { LIMITS, RULES } from '../limits.ts'
import { missing } from '../missing.ts'
import { repositoryName } from '../repository-name.ts'

export function issues(client: GitHubClient): VcsIssues {
  return {
    async upsert(repository: string, issue: IssueSpec, { signal }: CallOptions = {}) {
      const { owner, name: repo } = repositoryName(repository)
      const body = writeComment(issue, RULES.markerStyle)
      checkLength('issue', body, RULES.body, RULES)
      const context: CallContext = { repository, doing: 'write an issue', signal }
      const title = cutText(issue.title, LIMITS.title)
      const there = await find(client, issue.marker, context)
      const known = nodesOf(there?.labels).map(({ name }) => name)
      const labels = unite(known, issue.labels ?? [])
      const same = there?.title === title && there.body === body && labels.length === known.length
      if (there !== null && same) return { outcome: 'unchanged' as const, number: there.number, url: there.url }
      const fields = { owner, repo, title, body, ...(labels.length === 0 ? {} : { labels }) }
      const { data } = await client.rest<{ status: number; data: { number: number; html_url: string } }>(
        (request, common) =>
          there === null
            ? request('POST /repos/{owner}/{repo}/issues', { ...fields, ...common })
            : request('PATCH /repos/{owner}/{repo}/issues/{issue_number}', {
                ...fields,
                issue_number: there.number,
                ...common,
              }),
        { ...context, needs: ['issues=write'] },
      )
      const outcome = there === null ? ('created' as const) : ('updated' as const)
      return { outcome, number: data.number, url: data.html_url }
    },
  }
}

/** The oldest open one of ours with this marker. */
async function find(client: GitHubClient, marker: string, context: CallContext): Promise<IssueNode | null> {
  let after: string | null = null
  for (;;) {
    const variables = { ...repositoryName(context.repository), after }
    const reading = { ...context, needs: ['issues=read'] }
    const answer: GraphQLAnswer<OpenIssuesData> = await client.graphql(OPEN_ISSUES, variables, reading)
    const repository = answer.data.repository
    if (!repository?.issues) throw missing(client, answer.problems, reading)
    if (!repository.hasIssuesEnabled) {
      throw new VcsError('unsupported', `${context.repository} has no issues: switch them on in its settings.`)
    }
    const page = repository.issues
    const ours = nodesOf(page).find((one) => one.viewerDidAuthor && hasCommentMarker(one.body, marker))
    if (ours !== undefined) return ours
    if (!page.pageInfo.hasNextPage || page.pageInfo.endCursor === null) return null
    after = page.pageInfo.endCursor
  }
}

/** Labels are the same whatever their case; those that people added stay. */
function unite(known: readonly string[], wanted: readonly string[]): string[] {
  const names = new Map([...wanted, ...known].map((name) => [name.toLowerCase(), name]))
  return [...names.values()]
}
