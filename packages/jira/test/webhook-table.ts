import type { JsonObject } from '@pullwright/core'

/**
 * What each webhook that Jira documents becomes: by its `webhookEvent` and what is particular about it, the types of our
 * events (none: it is acknowledged and does nothing), the reason, and what Jira sends. The test receives every row, so
 * the table cannot say anything else than what happens. Payloads as developer.atlassian.com/cloud/jira/platform/webhooks
 * shows them, with values of our own.
 */
export interface WebhookRow {
  event: string
  about: string
  becomes: readonly string[]
  why: string
  payload: JsonObject
}

const row = (event: string, about: string, becomes: string, why: string, payload: JsonObject): WebhookRow => ({
  ...{ event, about, becomes: becomes === '' ? [] : [becomes], why },
  payload: { timestamp: 1767607200000, webhookEvent: event, ...payload },
})

/** Of one kind of thing: what it is called in the payload, and why its events are none. */
const none = (events: string, why: string, payload: JsonObject): WebhookRow[] =>
  events.split(' ').map((event) => row(event, '', '', why, payload))

const SITE = 'https://acme.atlassian.net/rest/api/2'
const user: JsonObject = {
  ...{ self: `${SITE}/user?accountId=99:27`, accountId: '99:27', accountType: 'atlassian', active: true },
  ...{ displayName: 'Jane Doe', timeZone: 'Europe/Berlin', avatarUrls: {} },
}
const project: JsonObject = {
  ...{ self: `${SITE}/project/10000`, id: '10000', key: 'SP', name: 'Prompts', projectTypeKey: 'software' },
  ...{ simplified: false, avatarUrls: {} },
}
const status = {
  self: `${SITE}/status/3`,
  id: '3',
  name: 'In Progress',
  statusCategory: { id: 4, key: 'indeterminate' },
}
const issue: JsonObject = {
  ...{ id: '99291', self: `${SITE}/99291`, key: 'SP-12' },
  fields: {
    ...{ summary: 'Shorter answers', description: 'Please.', created: '2026-01-05T10:00:00.000+0000', labels: ['bot'] },
    ...{
      status,
      issuetype: { id: '10002', name: 'Task', subtask: false },
      project,
      priority: { id: '3', name: 'Medium' },
    },
    ...{ assignee: user, reporter: user, creator: user, resolution: null, duedate: null, votes: { votes: 0 } },
  },
}
const comment: JsonObject = {
  ...{ self: `${SITE}/issue/99291/comment/10501`, id: '10501', author: user, body: 'Ship it.', updateAuthor: user },
  ...{ created: '2026-01-05T10:00:00.000+0000', updated: '2026-01-05T10:00:00.000+0000', jsdPublic: true },
}
const short: JsonObject = {
  id: issue.id ?? '',
  self: issue.self ?? '',
  key: 'SP-12',
  fields: { summary: 'Shorter answers' },
}
const moved = { field: 'status', fieldtype: 'jira', fieldId: 'status', from: '1', to: '3', fromString: 'To Do' }
const changelog = { id: '10124', items: [{ ...moved, toString: 'In Progress' }] }
const version = {
  self: `${SITE}/version/10000`,
  id: '10000',
  name: 'v1',
  archived: false,
  released: false,
  projectId: 10000,
}
const sprint = {
  id: 4,
  self: 'https://acme.atlassian.net/rest/agile/1.0/sprint/4',
  state: 'future',
  name: 'S 4',
  originBoardId: 2,
}
const board = { id: 2, self: 'https://acme.atlassian.net/rest/agile/1.0/board/2', name: 'Prompts', type: 'scrum' }
const worklog = { self: `${SITE}/issue/99291/worklog/1`, id: '1', issueId: '99291', timeSpentSeconds: 60, author: user }
const link = {
  id: 10001,
  sourceIssueId: 99291,
  destinationIssueId: 99292,
  issueLinkType: { id: 10000, name: 'Blocks' },
}
const attachment = {
  self: `${SITE}/attachment/1`,
  id: '1',
  filename: 'a.txt',
  author: user,
  size: 12,
  mimeType: 'text/plain',
}
const about = (issue_event_type_name: string): JsonObject => ({ issue_event_type_name, user, issue, changelog })

const PLANNING = 'planning beside the issue itself'
const TWICE = 'the comment has a webhook of its own'
const ONLY_NEW = 'only new comments are told'
const SETTINGS = 'how a site is set up asks for nothing'

export const WEBHOOKS: readonly WebhookRow[] = [
  row('jira:issue_created', '', 'issue.created', 'it is new', about('issue_created')),
  row('jira:issue_updated', 'a field', 'issue.updated', 'it is another one to read', about('issue_updated')),
  row('jira:issue_updated', 'a transition', 'issue.updated', 'it is another one to read', about('issue_generic')),
  row('jira:issue_updated', 'an assignee', 'issue.updated', 'it is another one to read', about('issue_assigned')),
  row('jira:issue_updated', 'a new comment', '', TWICE, { ...about('issue_commented'), comment }),
  row('jira:issue_updated', 'an edited comment', '', TWICE, { ...about('issue_comment_edited'), comment }),
  row('jira:issue_updated', 'a deleted comment', '', TWICE, about('issue_comment_deleted')),
  row('jira:issue_deleted', '', 'issue.deleted', 'it is gone', { user, issue }),
  row('comment_created', '', 'issue.commented', 'somebody wrote', {
    comment,
    issue: short,
    eventType: 'primaryAction',
  }),
  ...none('comment_updated comment_deleted', ONLY_NEW, { comment, issue: short }),
  ...none('issue_property_set issue_property_deleted', 'apps keep their own there', {
    property: { key: 'x' },
    issue: short,
  }),
  ...none('worklog_created worklog_updated worklog_deleted', PLANNING, { worklog }),
  ...none('issuelink_created issuelink_deleted', PLANNING, { issueLink: link }),
  ...none('attachment_created attachment_deleted', 'attachments are not read', { attachment }),
  ...none('issuetype_created issuetype_updated issuetype_deleted', SETTINGS, {
    issueType: { id: '10002', name: 'Task' },
  }),
  ...none('project_created project_updated project_deleted project_soft_deleted', SETTINGS, { project }),
  ...none('project_restored_deleted project_archived project_restored_archived', SETTINGS, { project }),
  ...none('jira:version_created jira:version_updated jira:version_deleted jira:version_moved', PLANNING, { version }),
  ...none('jira:version_released jira:version_unreleased', PLANNING, { version: { ...version, released: true } }),
  ...none('jira:version_merged', PLANNING, { version, mergedVersion: version }),
  ...none('sprint_created sprint_updated sprint_deleted sprint_started sprint_closed', PLANNING, { sprint }),
  ...none('board_created board_updated board_deleted board_configuration_changed', PLANNING, { board }),
  ...none('filter_created filter_updated filter_deleted', SETTINGS, { filter: { id: '1', name: 'Mine' } }),
  ...none('user_created user_updated user_deleted', 'who belongs where is no affair of ours', { user }),
  ...none('option_voting_changed option_watching_changed option_unassigned_issues_changed', SETTINGS, {
    property: { key: 'jira.option.voting', value: 'true' },
  }),
  ...none('option_subtasks_changed option_attachments_changed option_issuelinks_changed', SETTINGS, {
    property: { key: 'jira.option.allowsubtasks', value: 'true' },
  }),
  ...none('option_timetracking_changed', SETTINGS, { property: { key: 'jira.option.timetracking', value: 'true' } }),
  ...none('jira_expression_evaluation_failed', 'it is about an app’s own expression', {
    workflowId: 'x',
    errorMessages: [],
  }),
]
