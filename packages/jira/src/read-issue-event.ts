import { type InboundEvent, type JsonObject, type JsonValue, PullwrightError } from '@pullwright/core'

/** `webhookEvent` to our type. Source: developer.atlassian.com/cloud/jira/platform/webhooks, "Available webhook events". */
const TYPES: Readonly<Record<string, string>> = {
  'jira:issue_created': 'issue.created',
  'jira:issue_updated': 'issue.updated',
  'jira:issue_deleted': 'issue.deleted',
  comment_created: 'issue.commented',
}

/** Updates that only tell of a comment, which has an event of its own. Same source, `issue_event_type_name`. */
const ABOUT_COMMENTS = ['issue_commented', 'issue_comment_edited', 'issue_comment_deleted']

export interface ReadOptions {
  tracker: string
  projectOf: (jiraProjectKey: string) => string | undefined
}

/** What one delivery of Jira means; null for nothing. */
export function readIssueEvent(json: JsonValue, { tracker, projectOf }: ReadOptions): InboundEvent | null {
  const payload = objectAt(json)
  const name = textAt(payload.webhookEvent)
  const type = Object.hasOwn(TYPES, name) ? TYPES[name] : undefined
  if (type === undefined || ABOUT_COMMENTS.includes(textAt(payload.issue_event_type_name))) return null
  const issue = objectAt(payload.issue)
  const [id, key] = [textAt(issue.id), textAt(issue.key)]
  if (id === '' || key === '') {
    throw new PullwrightError('invalid-event', 'The delivery names no issue. Do not exclude the body in the webhook.')
  }
  const fields = objectAt(issue.fields)
  // A key is its project's and a number: comments of some sites come without the fields.
  const projectKey = textAt(objectAt(fields.project).key) || key.slice(0, key.lastIndexOf('-'))
  const project = projectOf(projectKey)
  if (project === undefined) return null
  return {
    type,
    project,
    data: {
      ...{ tracker, id, key, ...urlOf(issue, key), ...present('project_key', projectKey), ...shown(fields) },
      ...present('actor', personAt(payload.user) || personAt(objectAt(payload.comment).author)),
      ...(type === 'issue.updated' ? { changes: changesOf(payload) } : {}),
      ...(type === 'issue.commented' ? { comment: commentOf(payload) } : {}),
    },
    orderingKey: `${tracker}:${id}`,
    ...(typeof payload.timestamp === 'number' ? { occurredAt: payload.timestamp } : {}),
  }
}

function shown(fields: JsonObject): JsonObject {
  const labels = Array.isArray(fields.labels) ? fields.labels.filter((label) => typeof label === 'string') : []
  return {
    ...present('title', textAt(fields.summary)),
    ...present('status', textAt(objectAt(fields.status).name)),
    ...present('kind', textAt(objectAt(fields.issuetype).name)),
    ...present('assignee', personAt(fields.assignee)),
    ...(labels.length === 0 ? {} : { labels }),
  }
}

/** The issue's page, beside its API; an app's deliveries name Atlassian's gateway, which has no pages. */
function urlOf(issue: JsonObject, key: string): JsonObject {
  const [site = '', rest] = textAt(issue.self).split('/rest/api/')
  if (rest === undefined || site.startsWith('https://api.atlassian.com/')) return {}
  return { url: `${site}/browse/${encodeURIComponent(key)}` }
}

function changesOf(payload: JsonObject): JsonObject[] {
  const { items } = objectAt(payload.changelog)
  return (Array.isArray(items) ? items : []).map(objectAt).map((item) => ({
    field: textAt(item.field),
    from: textAt(item.fromString) || textAt(item.from) || null,
    to: (Object.hasOwn(item, 'toString') && textAt(item.toString)) || textAt(item.to) || null,
  }))
}

/** The body where it is text; the document format of newer APIs is left out. */
function commentOf(payload: JsonObject): JsonObject {
  const comment = objectAt(payload.comment)
  return { id: textAt(comment.id), ...present('body', textAt(comment.body)) }
}

/** Cloud has `displayName` and `accountId`, Data Center a `name`. */
function personAt(value: JsonValue | undefined): string {
  const person = objectAt(value)
  return textAt(person.displayName) || textAt(person.name) || textAt(person.accountId)
}

function present(name: string, value: string): JsonObject {
  return value === '' ? {} : { [name]: value }
}

function objectAt(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
}

function textAt(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
