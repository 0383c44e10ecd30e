import { createPullwright, memoryStore, signWebhook } from '@pullwright/core'
import { expect, it } from 'vitest'
import { agenta } from '../src/index.ts'
import { WEBHOOKS } from './webhook-table.ts'

/** Every type of Agenta's events. */
const DOCUMENTED = [
  ...['queries', 'testsets', 'workflows', 'environments'].flatMap((what) =>
    ['retrieved', 'fetched', 'queried', 'logged', 'committed'].map((verb) => `${what}.revisions.${verb}`),
  ),
  ...['traces.fetched', 'traces.queried', 'testcases.fetched', 'testcases.queried', 'webhooks.subscriptions.tested'],
]

it('the table has every type that Agenta sends', () => {
  expect([...new Set(WEBHOOKS.map(({ event }) => event))].sort()).toEqual(DOCUMENTED.sort())
})

it.each(WEBHOOKS.map((row) => [row.event, row.about, row] as const))(
  '%s %s: received as the table says',
  async (...args) => {
    const { event, payload, becomes, changes = [] } = args[2]
    const secret = 's'.repeat(24)
    const pullwright = createPullwright({ store: memoryStore(), plugins: [agenta({ secret })] })
    const body = JSON.stringify(payload)
    const signed = signWebhook('agenta', { secrets: secret, id: 'one', timestamp: new Date(), body })
    const headers = {
      ...{
        ...signed,
        'content-type': 'application/json',
        'user-agent': 'Agenta-Webhook/1.0',
        'idempotency-key': 'one',
      },
      ...{ 'x-agenta-event-type': event, 'x-agenta-event-id': 'event-1', 'x-agenta-delivery-id': 'one' },
    }
    const request = new Request('http://127.0.0.1/hooks/agenta', { method: 'POST', headers, body })
    const response = await pullwright.handler(request)
    expect([response.status, await response.json()]).toMatchObject(
      becomes.length === 0 ? [200, { status: 'ignored' }] : [202, { status: 'recorded' }],
    )
    const events = await pullwright.events.list()
    expect(events.map(({ type }) => type)).toEqual(becomes)
    for (const { data } of events) {
      const recorded = (data as { changes: { app: string; kind: string }[] }).changes
      expect(recorded.map(({ app, kind }) => [app, kind])).toEqual(changes)
    }
    await pullwright.stop()
  },
)
