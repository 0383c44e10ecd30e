import { createPullwright, memoryStore, signWebhook } from '@pullwright/core'
import { expect, it } from 'vitest'
import { bitbucket } from '../src/index.ts'
import { WEBHOOKS } from './webhook-table.ts'

/** Every event that a webhook can be made for, by Bitbucket's API reference of webhooks. */
const DOCUMENTED = {
  repo: 'push fork updated transfer deleted created imported commit_comment_created commit_status_created commit_status_updated',
  issue: 'created updated comment_created',
  project: 'updated',
  pipeline: 'span_created',
  pullrequest:
    'created updated push approved unapproved changes_request_created changes_request_removed fulfilled rejected ' +
    'comment_created comment_updated comment_deleted comment_resolved comment_reopened',
}

it('the table has every webhook that Bitbucket documents', () => {
  const documented = Object.entries(DOCUMENTED).flatMap(([of, names]) =>
    names.split(' ').map((name) => `${of}:${name}`),
  )
  expect([...new Set(WEBHOOKS.map(({ event }) => event))].sort()).toEqual(documented.sort())
})

it.each(WEBHOOKS.map((row) => [row.event, row.about, row] as const))(
  '%s, %s: received as the table says',
  async (...args) => {
    const { event, payload, becomes } = args[2]
    const secret = 's'.repeat(24)
    const vcs = bitbucket({ auth: { token: 'unused' }, webhookSecret: secret })
    const pullwright = createPullwright({ store: memoryStore(), vcs: [vcs] })
    const body = JSON.stringify(payload)
    const signed = signWebhook('bitbucket', { secrets: secret, id: 'one', timestamp: 0, body })
    const headers = { ...signed, 'x-event-key': event, 'x-attempt-number': '1', 'content-type': 'application/json' }
    const request = new Request('http://127.0.0.1/hooks/bitbucket', { method: 'POST', headers, body })
    const response = await pullwright.handler(request)
    expect([response.status, await response.json()]).toMatchObject(
      becomes.length === 0 ? [200, { status: 'ignored' }] : [202, { status: 'recorded' }],
    )
    const events = (await pullwright.events.list()).reverse()
    expect(events.map(({ type }) => type)).toEqual(becomes)
    for (const { data } of events) expect(data).toMatchObject({ vcs: 'bitbucket', repository: 'acme/prompts' })
    await pullwright.stop()
  },
)
