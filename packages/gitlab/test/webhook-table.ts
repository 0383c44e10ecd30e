import type { JsonObject } from '@pullwright/core'
import { about, HOME, issue, job, mergeRequest, NONE, note, ofGroup, pipeline, push } from './webhook-payloads.ts'

/**
 * What each webhook that GitLab documents becomes: by its `X-Gitlab-Event` and what is particular about it, the types of
 * our events in order (none: it is acknowledged and does nothing), the reason, and what GitLab sends. The test receives
 * every row, so the table cannot say anything else than what happens.
 */
export interface WebhookRow {
  event: string
  about: string
  becomes: readonly string[]
  why: string
  payload: JsonObject
}

const row = (event: string, about: string, becomes: string, why: string, payload: JsonObject): WebhookRow => ({
  ...{ event, about, becomes: becomes === '' ? [] : becomes.split(' '), why, payload },
})

const MERGE = 'Merge Request Hook'
const label = (title: string): JsonObject => ({ id: 7, title, color: '#ffffff', project_id: 15, type: 'ProjectLabel' })
const labels = { labels: { previous: [], current: [label('hold')] } }
const assignees = { assignees: { previous: [], current: [{ id: 4, name: 'Jane Doe', username: 'jane' }] } }
const merged = { state: 'merged', merge_commit_sha: 'c'.repeat(40) }
const ended = { build_finished_at: '2026-01-05T11:00:00.000Z' }
const member = { group_name: 'acme', group_path: 'acme', group_id: 100, user_username: 'joe', group_access: 'Guest' }
const made = { name: 'prompts', path: 'prompts', path_with_namespace: 'acme/prompts', project_id: 15 }
const owned = { ...made, owners: [{ name: 'Jane Doe', email: '[REDACTED]' }], project_visibility: 'private' }
const subgroup = { name: 'team', path: 'team', full_path: 'acme/team', group_id: 10, parent_group_id: 7 }
const token = { id: 25, name: 'bot', user_id: 90, scopes: ['api'], expires_at: '2026-01-12' }
const group = { group_id: 35, group_name: 'acme', group_path: 'acme', full_path: 'acme' }
const wiki = { title: 'Prompts', slug: 'prompts', action: 'create', url: `${HOME}/-/wikis/prompts`, format: 'markdown' }
const emoji = { id: 1, user_id: 4, name: 'thumbsup', awardable_type: 'MergeRequest', awardable_id: 99, action: 'award' }
const deployment = {
  deployment_id: 15,
  environment: 'production',
  environment_tier: 'production',
  short_sha: 'bbbbbbbb',
}
const flaw = {
  title: 'Weak hash',
  state: 'detected',
  severity: 'low',
  report_type: 'sast',
  url: `${HOME}/-/security/1`,
}
const milestone = { id: 61, iid: 10, title: 'v1', state: 'active', project_id: 15, group_id: null }
const release = { id: 1, name: 'v1.1', tag: 'v1.1', released_at: '2026-01-05 10:00:00 UTC', assets: { count: 0 } }

const ISSUES = 'issues ask for nothing'
const PEOPLE = 'who belongs where is asked when it is needed'
const STILL = 'it has not come to its end'
const BESIDE = 'no work of ours is in it'
const LOOKED_UP = 'looked up when it is needed'
const DIALECT = 'GitLab says it twice where approval rules hold: by a person, and for the merge request as a whole'

export const WEBHOOKS: readonly WebhookRow[] = [
  row('Push Hook', 'a branch', 'push', 'somebody pushed', push({})),
  row('Push Hook', 'a new branch', 'push', 'somebody pushed', push({ before: NONE })),
  row('Push Hook', 'a deleted branch', 'push', 'it is gone', push({ after: NONE, checkout_sha: null, commits: [] })),
  row('Tag Push Hook', 'a tag', '', 'a tag is no branch', push({ object_kind: 'tag_push', ref: 'refs/tags/v1' })),
  row('Issue Hook', 'an issue', '', ISSUES, issue('issue')),
  row('Issue Hook', 'a task', '', ISSUES, issue('work_item')),
  row('Note Hook', 'a merge request', 'pull_request.commented', 'somebody wrote', note('merge_request')),
  row('Note Hook', 'an edited comment', '', 'only new ones are told', note('merge_request', { action: 'update' })),
  row('Note Hook', 'a note of GitLab’s own', '', 'nobody wrote it', note('merge_request', { system: true })),
  row('Note Hook', 'a commit', '', 'talk beside merge requests', note('commit')),
  row('Note Hook', 'an issue', '', ISSUES, note('issue')),
  row('Note Hook', 'a snippet', '', 'talk beside merge requests', note('snippet')),
  row(MERGE, 'open', 'pull_request.opened', 'it is open', mergeRequest('open')),
  row(MERGE, 'reopen', 'pull_request.opened', 'it is open again', mergeRequest('reopen')),
  row(MERGE, 'close', 'pull_request.closed', 'without being merged', mergeRequest('close', { state: 'closed' })),
  row(MERGE, 'merge', 'pull_request.merged', 'it is in', mergeRequest('merge', merged)),
  row(
    MERGE,
    'update, commits',
    'pull_request.updated',
    'other code',
    mergeRequest('update', { oldrev: 'a'.repeat(40) }),
  ),
  row(
    ...([MERGE, 'update, its text', 'pull_request.updated', 'it is another one to read'] as const),
    mergeRequest('update', {}, { title: { previous: 'Draft: Deploy bot', current: 'Deploy bot' } }),
  ),
  row(
    MERGE,
    'update, labels',
    'pull_request.labeled',
    'a label may ask for a deployment',
    mergeRequest('update', {}, labels),
  ),
  row(MERGE, 'update, assignees', '', 'nothing that we act on changed', mergeRequest('update', {}, assignees)),
  row(MERGE, 'approved', 'pull_request.reviewed', DIALECT, mergeRequest('approved')),
  row(MERGE, 'approval', 'pull_request.reviewed', DIALECT, mergeRequest('approval')),
  row(MERGE, 'unapproved', 'pull_request.reviewed', DIALECT, mergeRequest('unapproved')),
  row(MERGE, 'unapproval', 'pull_request.reviewed', DIALECT, mergeRequest('unapproval')),
  row('Wiki Page Hook', 'a page', '', BESIDE, about('wiki_page', { object_attributes: wiki })),
  row('Pipeline Hook', 'running', '', STILL, pipeline('running')),
  row('Pipeline Hook', 'success', 'pipeline.completed', 'it has ended', pipeline('success')),
  row('Pipeline Hook', 'failed, of a tag', 'pipeline.completed', 'it has ended', pipeline('failed', { tag: true })),
  row('Pipeline Hook', 'manual', '', 'it waits for somebody', pipeline('manual')),
  row('Job Hook', 'created', '', STILL, job('created')),
  row('Job Hook', 'failed', 'check.completed', 'it has ended', job('failed', ended)),
  row(
    'Job Hook',
    'failed, and may',
    'check.completed',
    'it counts as neutral',
    job('failed', { build_allow_failure: true }),
  ),
  row(
    ...([
      'Deployment Hook',
      'a deployment',
      '',
      'what the forge keeps of deployments is written by us or by others',
    ] as const),
    about('deployment', { ...deployment, status: 'success', deployable_url: null }),
  ),
  ...['add_to', 'update_for', 'remove_from', 'access_request_to', 'access_request_denied_for'].map((verb) =>
    row('Member Hook', `user_${verb}_group`, '', PEOPLE, ofGroup(`user_${verb}_group`, member)),
  ),
  row('Project Hook', 'project_create', 'repository.created', 'it is new', ofGroup('project_create', owned)),
  row('Project Hook', 'project_destroy', '', LOOKED_UP, ofGroup('project_destroy', owned)),
  row('Subgroup Hook', 'subgroup_create', '', LOOKED_UP, ofGroup('subgroup_create', subgroup)),
  row('Subgroup Hook', 'subgroup_destroy', '', LOOKED_UP, ofGroup('subgroup_destroy', subgroup)),
  row(
    ...(['Feature Flag Hook', 'a flag', '', BESIDE] as const),
    about('feature_flag', { object_attributes: { id: 6, name: 'calm', description: '', active: true } }),
  ),
  row('Release Hook', 'a release', '', BESIDE, about('release', { ...release, action: 'create' })),
  row(
    'Milestone Hook',
    'a milestone',
    '',
    'planning beside code',
    about('milestone', { object_attributes: milestone }),
  ),
  row(
    'Emoji Hook',
    'award',
    '',
    'no verdict is in it',
    about('emoji', { event_type: 'award', object_attributes: emoji }),
  ),
  ...[
    about('access_token', { object_attributes: token }),
    { object_kind: 'access_token', group, object_attributes: token },
  ].map((payload) =>
    row('Resource Access Token Hook', 'group' in payload ? 'of a group' : 'of a project', '', LOOKED_UP, {
      ...payload,
      event_name: 'expiring_access_token',
    }),
  ),
  row(
    'Vulnerability Hook',
    'a finding',
    '',
    'the forge’s own affair',
    about('vulnerability', { object_attributes: flaw }),
  ),
  row('System Hook', 'project_create', 'repository.created', 'it is new', {
    ...ofGroup('project_create', owned),
    owner_username: 'jane',
  }),
  row('System Hook', 'a push', 'push', 'somebody pushed', push({})),
  row('System Hook', 'repository_update', '', 'its branches are told as pushes', {
    ...{ event_name: 'repository_update', user_id: 4, user_name: 'Jane Doe', project_id: 15, changes: [], refs: [] },
  }),
  ...['project_destroy', 'project_rename', 'project_transfer', 'project_update'].map((name) =>
    row('System Hook', name, '', LOOKED_UP, ofGroup(name, owned)),
  ),
  ...['user_create', 'user_add_to_team', 'key_create', 'group_create', 'user_failed_login'].map((name) =>
    row('System Hook', name, '', PEOPLE, ofGroup(name, { username: 'joe', user_id: 41 })),
  ),
]
