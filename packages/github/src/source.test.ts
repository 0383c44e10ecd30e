import { type JsonValue, signWebhook } from '@pullwright/core'
import { writeMarker } from '@pullwright/core/vcs'
import { expect, test } from 'vitest'
import { githubSource } from './source.ts'

const SECRETS = ['new', 'old'].map((age) => `${age}-${'s'.repeat(20)}`)
const source = githubSource('github', SECRETS)

const request = (event: string, json: JsonValue, secret = SECRETS[0] ?? '') => {
  const body = Buffer.from(JSON.stringify(json))
  const signed = signWebhook('github', { secrets: secret, id: 'd-1', timestamp: new Date(0), body })
  const lower = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]))
  return { headers: { ...lower, 'x-github-event': event, 'x-github-delivery': 'd-1' }, body, json, receivedAt: 0 }
}

const pullRequest = {
  number: 7,
  html_url: 'https://github.com/acme/prompts/pull/7',
  title: 'Deploy',
  body: writeMarker('x', { kind: 'propose', identity: 'dep-7' }),
  merged: false,
  merge_commit_sha: 'f00',
  head: { ref: 'pullwright/x', sha: 'abc' },
  base: { ref: 'main' },
  updated_at: '2030-01-01T00:00:00Z',
}
const payload = (action: string, more: Record<string, JsonValue> = {}): JsonValue => ({
  action,
  pull_request: pullRequest,
  repository: { full_name: 'acme/prompts' },
  sender: { login: 'jane' },
  ...more,
})

test('takes what is signed with any of the secrets, and nothing else', async () => {
  for (const secret of SECRETS) expect(await source.verify(request('ping', {}, secret))).toEqual({ ok: true })
  expect(await source.verify(request('ping', {}, 'another-secret'))).toEqual({ ok: false, reason: 'no-match' })
  expect(await source.verify({ ...request('ping', {}), headers: {} })).toEqual({ ok: false, reason: 'missing-header' })
})

test('knows a delivery by GitHub’s id', () => {
  expect(source.deliveryId(request('ping', {}))).toBe('d-1')
  expect(source.deliveryId({ ...request('ping', {}), headers: {} })).toBeNull()
})

test('tells a merge from a close, with what we know of the pull request', () => {
  const [closed] = source.normalise(request('pull_request', payload('closed')))
  expect(closed).toMatchObject({
    type: 'pull_request.closed',
    orderingKey: 'acme/prompts#7',
    occurredAt: Date.UTC(2030, 0, 1),
  })
  const pull_request = { ...pullRequest, merged: true, merged_by: { login: 'joe' } }
  const merged = payload('closed', { pull_request })
  expect(source.normalise(request('pull_request', merged))).toEqual([
    {
      type: 'pull_request.merged',
      data: {
        vcs: 'github',
        repository: 'acme/prompts',
        number: 7,
        url: 'https://github.com/acme/prompts/pull/7',
        title: 'Deploy',
        branch: 'pullwright/x',
        base: 'main',
        head: 'abc',
        merge_commit: 'f00',
        merged_by: 'joe',
        actor: 'jane',
        kind: 'propose',
        identity: 'dep-7',
      },
      orderingKey: 'acme/prompts#7',
      idempotencyKey: 'pull_request.merged:https://github.com/acme/prompts/pull/7',
      occurredAt: Date.UTC(2030, 0, 1),
    },
  ])
})

test.each([
  ['pull_request', payload('opened'), 'pull_request.opened'],
  ['pull_request', payload('synchronize'), 'pull_request.updated'],
  ['pull_request', payload('labeled', { label: { name: 'hold' } }), 'pull_request.labeled'],
  ['pull_request_review', payload('submitted', { review: { state: 'approved' } }), 'pull_request.reviewed'],
  ['pull_request_review', payload('dismissed', { review: { state: 'dismissed' } }), 'pull_request.reviewed'],
  ['issue_comment', { ...payloadOfComment(), action: 'created' }, 'pull_request.commented'],
  ['repository', payload('created'), 'repository.created'],
])('%s means what it says', (event, json, type) => {
  expect(source.normalise(request(event, json as JsonValue)).map((one) => one.type)).toEqual([type])
})

test.each<[string, JsonValue]>([
  ['ping', { zen: 'x' }],
  ['push', { ref: 'refs/heads/main' }],
  ['pull_request', payload('assigned')],
  ['pull_request', payload('__proto__')],
  ['issue_comment', { action: 'created', issue: { number: 1 }, repository: { full_name: 'a/b' } }],
  ['pull_request', { action: 'closed' }],
  ['pull_request', []],
  ['pull_request', null],
  ['pull_request', { action: 'opened', pull_request: 'x', repository: 'y' }],
  ['constructor', {}],
])('%s with %j means nothing', (event, json) => {
  expect(source.normalise(request(event, json))).toEqual([])
})

const forge = (event: string, more: Record<string, JsonValue>) => {
  const json = { repository: { full_name: 'acme/prompts' }, sender: { login: 'jane' }, ...more }
  return source.normalise(request(event, json)).map(({ type, data }) => ({ type, data }))
}
const about = { vcs: 'github', repository: 'acme/prompts', actor: 'jane' }

test('tells of pushes to branches, new and deleted ones too', () => {
  const ref = 'refs/heads/a/b'
  const [zero, one] = ['0'.repeat(40), '1'.repeat(40)]
  expect(forge('push', { ref, before: zero, after: one, forced: true })).toEqual([
    { type: 'push', data: { ...about, branch: 'a/b', before: null, after: one, forced: true } },
  ])
  expect(forge('push', { ref, before: one, after: zero, forced: false })).toEqual([
    { type: 'push', data: { ...about, branch: 'a/b', before: one, after: null, forced: false } },
  ])
  expect(forge('push', { ref: 'refs/tags/v1', before: zero, after: one })).toEqual([])
})

test('tells of the end of workflows, checks and statuses', () => {
  const run = {
    id: 7,
    name: 'CI',
    head_sha: 'abc',
    head_branch: 'main',
    html_url: 'https://x',
    conclusion: 'timed_out',
  }
  const pull_requests = [{ number: 3 }]
  expect(forge('workflow_run', { action: 'completed', workflow_run: { ...run, pull_requests } })).toEqual([
    {
      type: 'pipeline.completed',
      data: {
        ...{ ...about, id: '7', name: 'CI', sha: 'abc', branch: 'main' },
        ...{ conclusion: 'failure', url: 'https://x', pull_requests: [3] },
      },
    },
  ])
  expect(forge('check_run', { action: 'completed', check_run: { ...run, conclusion: 'skipped' } })).toEqual([
    { type: 'check.completed', data: { ...about, name: 'CI', sha: 'abc', conclusion: 'neutral', url: 'https://x' } },
  ])
  expect(forge('status', { state: 'error', context: 'ci', sha: 'abc', target_url: null })).toEqual([
    { type: 'check.completed', data: { ...about, name: 'ci', sha: 'abc', conclusion: 'failure' } },
  ])
  expect(forge('status', { state: 'pending', context: 'ci', sha: 'abc' })).toEqual([])
})

test('tells of repositories that an app got to reach', () => {
  const installation = { account: { html_url: 'https://ghe.test/acme' } }
  const repositories_added = [
    { full_name: 'acme/a', private: true },
    { full_name: 'acme/b', private: false },
  ]
  expect(forge('installation_repositories', { action: 'added', installation, repositories_added })).toMatchObject([
    { type: 'repository.created', data: { repository: 'acme/a', url: 'https://ghe.test/acme/a', private: true } },
    { data: { repository: 'acme/b' } },
  ])
})

function payloadOfComment() {
  return {
    issue: { number: 7, html_url: 'https://x', title: 'Deploy', pull_request: { url: 'https://x' } },
    repository: { full_name: 'acme/prompts' },
  }
}
