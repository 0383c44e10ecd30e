import type { JsonObject } from '@pullwright/core'

// Parts of GitLab's payloads as its documentation shows them, with values of our own:
// https://docs.gitlab.com/user/project/integrations/webhook_events/

export const HOME = 'https://gitlab.example.com/acme/prompts'
const [BEFORE, AFTER] = ['a'.repeat(40), 'b'.repeat(40)]
export const NONE = '0'.repeat(40)

const user: JsonObject = {
  ...{ id: 4, name: 'Jane Doe', username: 'jane', avatar_url: null, email: '[REDACTED]' },
}

const project: JsonObject = {
  ...{ id: 15, name: 'prompts', description: '', web_url: HOME, avatar_url: null, namespace: 'Acme' },
  ...{ git_ssh_url: 'git@gitlab.example.com:acme/prompts.git', git_http_url: `${HOME}.git`, visibility_level: 0 },
  ...{ path_with_namespace: 'acme/prompts', default_branch: 'main', ci_config_path: null, homepage: HOME },
  ...{ url: 'git@gitlab.example.com:acme/prompts.git', ssh_url: 'git@gitlab.example.com:acme/prompts.git' },
  http_url: `${HOME}.git`,
}

const repository: JsonObject = { name: 'prompts', url: `${HOME}.git`, description: '', homepage: HOME }
const times = { created_at: '2026-01-05 10:00:00 UTC', updated_at: '2026-01-05 11:00:00 UTC' }

const commit: JsonObject = {
  ...{ id: AFTER, message: 'Calmer\n', title: 'Calmer', timestamp: '2026-01-05T11:00:00+00:00' },
  ...{ url: `${HOME}/-/commit/${AFTER}`, author: { name: 'Jane Doe', email: 'jane@example.com' } },
}

export const push = (more: JsonObject): JsonObject => ({
  ...{ object_kind: 'push', event_name: 'push', before: BEFORE, after: AFTER, ref: 'refs/heads/main' },
  ...{ ref_protected: true, checkout_sha: AFTER, user_id: 4, user_name: 'Jane Doe', user_username: 'jane' },
  ...{ user_email: '', user_avatar: null, project_id: 15, project, repository },
  ...{ commits: [{ ...commit, added: [], modified: ['bot.json'], removed: [] }], total_commits_count: 1, ...more },
})

const attributes: JsonObject = {
  ...{ id: 99, iid: 1, target_branch: 'main', source_branch: 'pullwright/bot', source_project_id: 15, author_id: 4 },
  ...{ assignee_ids: [], title: 'Deploy bot', ...times, milestone_id: null, state: 'opened', state_id: 1 },
  ...{ merge_status: 'can_be_merged', detailed_merge_status: 'mergeable', target_project_id: 15, labels: [] },
  ...{ description: 'Calmer', url: `${HOME}/-/merge_requests/1`, source: project, target: project, draft: false },
  ...{ last_commit: commit, merge_commit_sha: null, blocking_discussions_resolved: true, work_in_progress: false },
}

export const mergeRequest = (action: string, more: JsonObject = {}, changes: JsonObject = {}): JsonObject => ({
  ...{ object_kind: 'merge_request', event_type: 'merge_request', user, project, repository },
  ...{ object_attributes: { ...attributes, action, ...more }, labels: [], changes, assignees: [], reviewers: [] },
})

export const issue = (kind: 'issue' | 'work_item'): JsonObject => ({
  ...{ object_kind: kind, event_type: kind, user, project, repository, assignees: [], labels: [], changes: {} },
  object_attributes: {
    ...{ id: 301, iid: 23, title: 'Shorter answers', author_id: 4, project_id: 15, ...times, description: 'Please.' },
    ...{ type: kind === 'issue' ? 'Issue' : 'Task', state: 'opened', action: 'open', url: `${HOME}/-/issues/23` },
  },
})

/** On what it is: `commit`, `merge_request`, `issue` or `snippet`. */
export const note = (on: string, more: JsonObject = {}): JsonObject => ({
  ...{ object_kind: 'note', event_type: 'note', user, project_id: 15, project, repository },
  object_attributes: {
    ...{ id: 1243, note: 'Looks good to me.', noteable_id: 99, author_id: 4, ...times, project_id: 15, system: false },
    ...{ noteable_type: NOTEABLE[on] ?? '', action: 'create', url: `${HOME}/-/merge_requests/1#note_1243`, ...more },
  },
  [on]: on === 'merge_request' ? attributes : on === 'commit' ? commit : { id: 99, iid: 9, title: 'Another' },
})

const NOTEABLE: Readonly<Record<string, string>> = {
  ...{ commit: 'Commit', merge_request: 'MergeRequest', issue: 'Issue', snippet: 'Snippet' },
}

export const pipeline = (status: string, more: JsonObject = {}): JsonObject => ({
  object_kind: 'pipeline',
  object_attributes: {
    ...{ id: 31, iid: 3, name: 'Evaluations', ref: 'pullwright/bot', tag: false, sha: AFTER, before_sha: BEFORE },
    ...{
      source: 'merge_request_event',
      status,
      detailed_status: status,
      stages: ['test'],
      created_at: times.created_at,
    },
    ...{ finished_at: status === 'running' ? null : times.updated_at, duration: 63, url: `${HOME}/-/pipelines/31` },
    ...more,
  },
  merge_request: { ...attributes, iid: 1 },
  ...{ user, project, commit, builds: [] },
})

export const job = (build_status: string, more: JsonObject = {}): JsonObject => ({
  ...{ object_kind: 'build', ref: 'pullwright/bot', tag: false, before_sha: BEFORE, sha: AFTER, retries_count: 0 },
  ...{ build_id: 1977, build_name: 'evaluate', build_stage: 'test', build_status, build_allow_failure: false },
  ...{ build_created_at: '2026-01-05T10:00:00.000Z', build_finished_at: null, build_failure_reason: 'unknown_failure' },
  ...{ pipeline_id: 31, project_id: 15, project_name: 'Acme / prompts', user, project, repository, runner: null },
  ...{ commit: { id: 31, name: null, sha: AFTER, message: 'Calmer\n', status: 'running' }, environment: null, ...more },
})

/** Of group hooks: about a member, a project or a subgroup. */
export const ofGroup = (event_name: string, more: JsonObject): JsonObject => ({
  ...{ event_name, created_at: '2026-01-05T10:00:00Z', updated_at: '2026-01-05T10:00:00Z', ...more },
})

/** What all the others have: a kind, the project, and what happened. */
export const about = (object_kind: string, more: JsonObject): JsonObject => ({ object_kind, user, project, ...more })
