import type { JsonObject } from '@pullwright/core'

// Parts of Bitbucket's payloads as its documentation shows them, with values of our own:
// https://support.atlassian.com/bitbucket-cloud/docs/event-payloads/

const API = 'https://api.bitbucket.org/2.0'
const HOME = 'https://bitbucket.org/acme/prompts'
const WHEN = '2026-01-05T10:00:00.000000+00:00'
export const [BEFORE, AFTER] = ['a'.repeat(40), 'b'.repeat(40)]

const links = (self: string, html: string): JsonObject => ({ self: { href: API + self }, html: { href: html } })

export const actor: JsonObject = {
  ...{ type: 'user', display_name: 'Jane Doe', nickname: 'jane', uuid: '{d301aafa-d676-4ee0-88be-962be7417567}' },
  ...{ account_id: '557058:ba8948b2', links: links('/users/jane', 'https://bitbucket.org/jane/') },
}

const workspace: JsonObject = { type: 'workspace', slug: 'acme', name: 'Acme', uuid: '{c040300a-0000-4000-8000-1}' }

export const repository: JsonObject = {
  ...{ type: 'repository', name: 'prompts', full_name: 'acme/prompts', uuid: '{673a6070-3421-46c9-9d48-90745f7bfe8e}' },
  ...{ links: links('/repositories/acme/prompts', HOME), website: '', owner: actor, scm: 'git', is_private: true },
  ...{
    workspace,
    project: { type: 'project', key: 'P', name: 'Prompts' },
    mainbranch: { type: 'branch', name: 'main' },
  },
}

const commit = (hash: string): JsonObject => ({
  ...{
    type: 'commit',
    hash,
    date: WHEN,
    message: 'Calmer\n',
    author: { type: 'author', raw: 'Jane Doe' },
    parents: [],
  },
  ...{ links: links(`/repositories/acme/prompts/commit/${hash}`, `${HOME}/commits/${hash}`) },
})

/** One end of a change: a branch or a tag, and where it points to. */
export const ref = (type: 'branch' | 'tag', name: string, hash: string): JsonObject => ({
  ...{ type, name, target: commit(hash), links: links(`/repositories/acme/prompts/refs/${name}`, `${HOME}/${name}`) },
})

export const push = (...changes: JsonObject[]): JsonObject => ({
  push: {
    changes: changes.map((change) => ({
      ...{ created: change.old === null, closed: change.new === null, forced: false, truncated: false, commits: [] },
      ...change,
    })),
  },
})

const end = (branch: string, hash: string): JsonObject => ({
  ...{ branch: { name: branch }, commit: { type: 'commit', hash: hash.slice(0, 12) }, repository },
})

export const pullrequest = (more: JsonObject = {}): JsonObject => ({
  ...{ type: 'pullrequest', id: 7, title: 'Deploy bot', description: 'Calmer', state: 'OPEN', author: actor },
  ...{ source: end('pullwright/bot', AFTER), destination: end('main', BEFORE), merge_commit: null, closed_by: null },
  ...{ participants: [], reviewers: [], close_source_branch: true, reason: '', comment_count: 0, task_count: 0 },
  ...{ created_on: WHEN, updated_on: WHEN, draft: false },
  ...{ links: links('/repositories/acme/prompts/pullrequests/7', `${HOME}/pull-requests/7`), ...more },
})

export const comment: JsonObject = {
  ...{ id: 17, created_on: WHEN, updated_on: WHEN, user: actor, parent: null, deleted: false },
  ...{ content: { raw: 'Looks good to me.', html: '<p>Looks good to me.</p>', markup: 'markdown' } },
  links: links('/repositories/acme/prompts/pullrequests/7/comments/17', `${HOME}/pull-requests/7#comment-17`),
}

export const issue: JsonObject = {
  ...{ type: 'issue', id: 3, title: 'Shorter answers', state: 'new', kind: 'bug', priority: 'major', votes: 0 },
  ...{ content: { raw: 'Please.' }, reporter: actor, created_on: WHEN, updated_on: WHEN },
  links: links('/repositories/acme/prompts/issues/3', `${HOME}/issues/3`),
}

export const status = (state: string, more: JsonObject = {}): JsonObject => ({
  commit_status: {
    ...{
      type: 'build',
      key: 'evaluations',
      name: 'Evaluations',
      description: '',
      state,
      url: 'https://ci.example.com/1',
    },
    ...{ refname: 'pullwright/bot', created_on: WHEN, updated_on: WHEN, commit: commit(AFTER), repository },
    links: {
      self: { href: `${API}/repositories/acme/prompts/commit/${AFTER}/statuses/build/evaluations` },
      commit: { href: `${API}/repositories/acme/prompts/commit/${AFTER}` },
    },
    ...more,
  },
})

export const verdict = (kind: 'approval' | 'changes_request'): JsonObject => ({ [kind]: { date: WHEN, user: actor } })
