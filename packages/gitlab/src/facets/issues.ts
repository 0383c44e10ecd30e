import { Issues } from '@gitbeaker/rest'
import type { CallOptions, IssueSpec, VcsIssues } from '@pullwright/core'
import { checkLength, hasCommentMarker, writeComment } from '@pullwright/core/vcs'
import type { GitLabClient } from '../client.ts'
import { escapeQuickActions } from '../escape-quick-actions.ts'
import { projectPath } from '../project-path.ts'
import { RULES } from '../rules.ts'

export function issues(client: GitLabClient): VcsIssues {
  return {
    async upsert(repository: string, issue: IssueSpec, { signal }: CallOptions = {}) {
      const projectId = projectPath(repository)
      const description = writeComment({ marker: issue.marker, body: escapeQuickActions(issue.body) })
      checkLength('issue', description, RULES.body, RULES)
      const context = { repository, doing: 'write an issue', needs: ['role: Reporter'], signal }
      const open = await client.rest(context, (to) =>
        new Issues(to).all({
          projectId,
          state: 'opened',
          scope: 'created_by_me',
          perPage: 100,
          orderBy: 'created_at',
          sort: 'asc',
        }),
      )
      const ours = open.find((one) => hasCommentMarker(one.description ?? '', issue.marker))
      const labels = issue.labels ?? []
      if (ours === undefined) {
        const options = { description, ...(labels.length === 0 ? {} : { labels: labels.join(',') }) }
        const made = await client.rest(context, (to) => new Issues(to).create(projectId, issue.title, options))
        return { outcome: 'created' as const, number: made.iid, url: made.web_url }
      }
      const found = { number: ours.iid, url: ours.web_url }
      const absent = labels.filter((name) => !ours.labels.includes(name))
      const same = ours.title === issue.title && ours.description === description && absent.length === 0
      if (same) return { outcome: 'unchanged' as const, ...found }
      const changes = {
        title: issue.title,
        description,
        ...(absent.length === 0 ? {} : { addLabels: absent.join(',') }),
      }
      await client.rest(context, (to) => new Issues(to).edit(projectId, ours.iid, changes))
      return { outcome: 'updated' as const, ...found }
    },
  }
}
