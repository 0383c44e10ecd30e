import { iso } from '../../graphql/context.ts'
import type { Issue } from '../../model/entities.ts'
import { nameWithOwner, type World } from '../../model/world.ts'
import { simpleUser } from './account-bodies.ts'
import { labelBody } from './pull-request-body.ts'

/** `issue`. */
export function issueBody(world: World, issue: Issue) {
  const full = nameWithOwner(issue.repository)
  const api = `${world.apiUrl}/repos/${full}`
  const url = `${api}/issues/${issue.number}`
  return {
    id: issue.databaseId,
    node_id: issue.id,
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${world.webUrl}/${full}/issues/${issue.number}`,
    number: issue.number,
    state: issue.state.toLowerCase(),
    title: issue.title,
    body: issue.body,
    user: simpleUser(world, issue.author),
    labels: issue.labels.map((label) => labelBody(world, label)),
    assignee: null,
    assignees: [],
    milestone: null,
    locked: false,
    comments: 0,
    closed_at: iso(issue.closedAt),
    created_at: iso(issue.createdAt),
    updated_at: iso(issue.updatedAt),
    author_association: 'MEMBER',
  }
}
