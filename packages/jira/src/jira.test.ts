import { createPullwright, type JsonObject, type JsonValue, signWebhook } from '@pullwright/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jira } from './jira.ts'
import { readIssueEvent } from './read-issue-event.ts'

const SECRET = 'a-secret-of-the-webhook'
const ACTOR = { self: 'https://acme.atlassian.net/rest/api/2/user?accountId=99:27', accountId: '99:27' }

/** As developer.atlassian.com shows an issue in "Webhooks", shortened. */
const issue = {
  id: '99291',
  self: 'https://acme.atlassian.net/rest/api/2/issue/99291',
  key: 'SP-12',
  fields: {
    summary: 'Shorter answers',
    created: '2018-05-07T13:03:57.764+0000',
    labels: ['prompt', 'urgent'],
    status: { name: 'In Progress', id: '3' },
    issuetype: { name: 'Task', subtask: false },
    project: { id: '10000', key: 'SP', name: 'Sample Project' },
    assignee: { accountId: '99:28', displayName: 'Ada' },
  },
}
const updated = {
  timestamp: 1525698237764,
  webhookEvent: 'jira:issue_updated',
  issue_event_type_name: 'issue_generic',
  user: { ...ACTOR, displayName: 'Jane Doe' },
  issue,
  changelog: {
    id: '10124',
    items: [
      { field: 'status', fieldtype: 'jira', from: '1', fromString: 'To Do', to: '3', toString: 'In Progress' },
      { field: 'summary', fieldtype: 'jira', from: null, fromString: 'Answers', to: null, toString: 'Shorter answers' },
      { field: 'resolution', fieldtype: 'jira', from: '6', fromString: null, to: null, toString: null },
    ],
  },
}
const commented = {
  timestamp: 1525698237764,
  webhookEvent: 'comment_created',
  comment: { id: '10501', author: { ...ACTOR, displayName: 'Jane Doe' }, body: 'Ship it.' },
  issue: { id: issue.id, self: issue.self, key: issue.key, fields: { summary: issue.fields.summary } },
}
const shown = {
  ...{ tracker: 'jira', id: '99291', key: 'SP-12', url: 'https://acme.atlassian.net/browse/SP-12' },
  ...{ project_key: 'SP', title: 'Shorter answers', actor: 'Jane Doe' },
}
const whole = {
  ...shown,
  ...{ status: 'In Progress', kind: 'Task', labels: ['prompt', 'urgent'], assignee: 'Ada' },
}

const read = (json: JsonValue) => readIssueEvent(json, { tracker: 'jira', projectOf: () => 'default' })

describe('jira', () => {
  it.each<[string, JsonObject, JsonObject]>([
    ['issue.created', { ...updated, webhookEvent: 'jira:issue_created' }, whole],
    ['issue.deleted', { ...updated, webhookEvent: 'jira:issue_deleted' }, whole],
    ['issue.commented', commented, { ...shown, comment: { id: '10501', body: 'Ship it.' } }],
    [
      'issue.updated',
      updated,
      {
        ...whole,
        changes: [
          { field: 'status', from: 'To Do', to: 'In Progress' },
          { field: 'summary', from: 'Answers', to: 'Shorter answers' },
          { field: 'resolution', from: '6', to: null },
        ],
      },
    ],
  ])('records an %s from what Jira sends, and only once', async (type, payload, data) => {
    const pullwright = createPullwright({ plugins: [jira({ secret: ['new-secret', SECRET] })], logger: quiet })
    const send = async (id: string, secrets: string) => {
      const body = JSON.stringify(payload)
      const headers = signWebhook('jira', { secrets, id, timestamp: 0, body })
      return pullwright.handler(new Request('http://127.0.0.1/hooks/jira', { method: 'POST', headers, body }))
    }
    expect((await send('one', SECRET)).status).toBe(202)
    expect((await send('one', SECRET)).status).toBe(200)
    expect((await send('two', 'another-secret')).status).toBe(401)
    expect(await pullwright.events.list()).toMatchObject([
      { type, data, source: 'jira', occurredAt: 1525698237764, orderingKey: 'jira:99291' },
    ])
    await pullwright.stop()
  })

  it('makes nothing of what is not about issues, or comes a second time as an update', () => {
    for (const webhookEvent of ['sprint_started', 'comment_deleted', 'jira:version_released', 'toString', '']) {
      expect(read({ ...updated, webhookEvent })).toBeNull()
    }
    expect(read({ ...updated, issue_event_type_name: 'issue_commented' })).toBeNull()
  })

  it('asks the host for the project, by the key of Jira’s', () => {
    const projectOf = (key: string) => (key === 'SP' ? 'acme' : undefined)
    expect(readIssueEvent(commented, { tracker: 'jira', projectOf })?.project).toBe('acme')
    const elsewhere = { ...commented, issue: { ...commented.issue, key: 'OPS-1' } }
    expect(readIssueEvent(elsewhere, { tracker: 'jira', projectOf })).toBeNull()
  })

  it('links to a site under a path, and to no page of the gateway', () => {
    const at = (self: string) => read({ ...updated, issue: { ...issue, self } })?.data
    const url = 'https://example.com/jira/browse/SP-12'
    expect(at('https://example.com/jira/rest/api/2/issue/1')).toMatchObject({ url })
    expect(at('https://api.atlassian.com/ex/jira/1/rest/api/3/issue/1')).not.toHaveProperty('url')
  })

  it('says what to change where Jira leaves the body out, and refuses unusable options', () => {
    expect(() => read({ webhookEvent: 'jira:issue_updated' })).toThrow('Do not exclude the body')
    expect(() => jira({ secret: '' })).toThrow('`secrets` is empty')
    expect(() => jira({ secret: SECRET, name: 'Jira' })).toThrow('`name`')
  })

  it('never fails on an odd payload, save with our own words', () => {
    const odd = fc.record({
      webhookEvent: fc.constantFrom('jira:issue_updated', 'comment_created', 'jira:issue_created'),
      issue: fc.oneof(fc.record({ id: fc.string(), key: fc.string(), fields: fc.jsonValue() }), fc.jsonValue()),
      ...{ changelog: fc.jsonValue(), comment: fc.jsonValue(), user: fc.jsonValue(), timestamp: fc.jsonValue() },
    })
    fc.assert(
      fc.property(odd, (payload) => {
        try {
          read(payload as JsonValue)
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-event' })
        }
      }),
    )
  })
})

const quiet = { debug() {}, info() {}, warn() {}, error() {} }
