import { createPullwright, memoryStore, signWebhook } from '@pullwright/core'
import { expect, it } from 'vitest'
import { jira } from '../src/index.ts'
import { WEBHOOKS } from './webhook-table.ts'

/** Every name of "Available webhook events" on Jira's page "Webhooks", by what stands before the last `_`. */
const DOCUMENTED = {
  'jira:issue': 'created updated deleted',
  'jira:version': 'created updated deleted moved released unreleased merged',
  ...{ comment: 'created updated deleted', issue_property: 'set deleted', worklog: 'created updated deleted' },
  ...{ issuelink: 'created deleted', attachment: 'created deleted', issuetype: 'created updated deleted' },
  project: 'created updated deleted soft_deleted restored_deleted archived restored_archived',
  ...{ sprint: 'created updated deleted started closed', board: 'created updated deleted configuration_changed' },
  ...{ filter: 'created updated deleted', user: 'created updated deleted' },
  option:
    'voting_changed watching_changed unassigned_issues_changed subtasks_changed attachments_changed ' +
    'issuelinks_changed timetracking_changed',
  jira_expression_evaluation: 'failed',
}

it('the table has every webhook that Jira documents', () => {
  const documented = Object.entries(DOCUMENTED).flatMap(([of, names]) =>
    names.split(' ').map((name) => `${of}_${name}`),
  )
  expect([...new Set(WEBHOOKS.map(({ event }) => event))].sort()).toEqual(documented.sort())
})

it.each(WEBHOOKS.map((row) => [row.event, row.about, row] as const))(
  '%s %s: received as the table says',
  async (...args) => {
    const { payload, becomes } = args[2]
    const secret = 's'.repeat(24)
    const pullwright = createPullwright({ store: memoryStore(), plugins: [jira({ secret })] })
    const body = JSON.stringify(payload)
    const signed = signWebhook('jira', { secrets: secret, id: 'one', timestamp: 0, body })
    const headers = { ...signed, 'content-type': 'application/json' }
    const response = await pullwright.handler(
      new Request('http://127.0.0.1/hooks/jira', { method: 'POST', headers, body }),
    )
    expect([response.status, await response.json()]).toMatchObject(
      becomes.length === 0 ? [200, { status: 'ignored' }] : [202, { status: 'recorded' }],
    )
    const events = await pullwright.events.list()
    expect(events.map(({ type }) => type)).toEqual(becomes)
    for (const { data } of events)
      expect(data).toMatchObject({ tracker: 'jira', key: 'SP-12', title: 'Shorter answers' })
    await pullwright.stop()
  },
)
