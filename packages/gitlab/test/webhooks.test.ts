import { createPullwright, memoryStore } from '@pullwright/core'
import { expect, it } from 'vitest'
import { gitlab } from '../src/index.ts'
import { WEBHOOKS } from './webhook-table.ts'

/** Every heading of GitLab's pages "Webhook events" and "System hooks", by the header it is sent with. */
const DOCUMENTED = [
  ...['Push', 'Tag Push', 'Issue', 'Note', 'Merge Request', 'Wiki Page', 'Pipeline', 'Job', 'Deployment'],
  ...['Member', 'Project', 'Subgroup', 'Feature Flag', 'Release', 'Milestone', 'Emoji', 'Resource Access Token'],
  ...['Vulnerability', 'System'],
]

it('the table has every webhook that GitLab documents', () => {
  const events = new Set(WEBHOOKS.map(({ event }) => event))
  expect([...events].sort()).toEqual(DOCUMENTED.map((name) => `${name} Hook`).sort())
})

it.each(WEBHOOKS.map((row) => [row.event, row.about, row] as const))(
  '%s, %s: received as the table says',
  async (...args) => {
    const { event, payload, becomes } = args[2]
    const token = 's'.repeat(24)
    const vcs = gitlab({ auth: { token: 'unused' }, baseUrl: 'https://gitlab.example.com', webhookSecret: token })
    const pullwright = createPullwright({ store: memoryStore(), vcs: [vcs] })
    const headers = {
      ...{ 'x-gitlab-event': event, 'x-gitlab-token': token, 'content-type': 'application/json' },
      ...{ 'x-gitlab-instance': 'https://gitlab.example.com', 'x-gitlab-event-uuid': 'one' },
    }
    const body = JSON.stringify(payload)
    const request = new Request('http://127.0.0.1/hooks/gitlab', { method: 'POST', headers, body })
    const response = await pullwright.handler(request)
    expect([response.status, await response.json()]).toMatchObject(
      becomes.length === 0 ? [200, { status: 'ignored' }] : [202, { status: 'recorded' }],
    )
    const events = (await pullwright.events.list()).reverse()
    expect(events.map(({ type }) => type)).toEqual(becomes)
    for (const { data } of events) expect(data).toMatchObject({ vcs: 'gitlab', repository: 'acme/prompts' })
    await pullwright.stop()
  },
)
