import { createRequire } from 'node:module'
import { createPullwright, type JsonValue, memoryStore, signWebhook } from '@pullwright/core'
import { expect, it } from 'vitest'
import { github } from '../src/index.ts'
import { WEBHOOKS } from './webhook-table.ts'

const examples: { name: string; examples: { action?: string }[] }[] = createRequire(import.meta.url)(
  '@octokit/webhooks-examples',
)
const SECRET = 's'.repeat(32)
const { source } = github({ auth: { token: 'unused' }, webhookSecret: SECRET })
const ALL = examples.flatMap(({ name, examples }) => examples.map((payload) => ({ name, payload })))

const received = (event: string, payload: object, id: string) => {
  const body = JSON.stringify(payload)
  const signed = signWebhook('github', { secrets: SECRET, id, timestamp: new Date(0), body })
  const lower = Object.fromEntries(Object.entries(signed).map(([name, value]) => [name.toLowerCase(), value]))
  return { headers: { ...lower, 'x-github-event': event, 'x-github-delivery': id }, body }
}

const typesOf = (event: string, json: object) => {
  const request = received(event, json, 'one')
  const events = source?.normalise({
    ...request,
    body: Buffer.from(request.body),
    json: json as JsonValue,
    receivedAt: 0,
  })
  return (events ?? []).map(({ type }) => type)
}

it('each webhook that GitHub publishes becomes what the table says', () => {
  expect(ALL).toHaveLength(329)
  const seen = new Map<string, Set<string | null>>()
  for (const { name, payload } of ALL) {
    const key = `${name} ${payload.action ?? ''}`
    const known = seen.get(key) ?? new Set()
    const types = typesOf(name, payload)
    for (const type of types.length === 0 ? [null] : types) known.add(type)
    seen.set(key, known)
  }
  const said = WEBHOOKS.flatMap(({ event, actions, becomes }) =>
    actions.map((action): [string, (string | null)[]] => [`${event} ${action}`, [...becomes]]),
  )
  const sorted = (entries: [string, (string | null)[]][]) =>
    Object.fromEntries(entries.map(([key, types]) => [key, types.map(String).sort()]))
  expect(sorted([...seen].map(([key, types]) => [key, [...types]]))).toEqual(sorted(said))
})

it('each is received without an error, and fits our own schema where it means something', async () => {
  const vcs = github({ auth: { token: 'unused' }, webhookSecret: SECRET })
  const pullwright = createPullwright({ store: memoryStore(), vcs: [vcs] })
  const refused: unknown[] = []
  for (const [n, { name, payload }] of ALL.entries()) {
    const { headers, body } = received(name, { ...payload, n }, `delivery-${n}`)
    const request = new Request('http://localhost/hooks/github', { method: 'POST', headers, body })
    const response = await pullwright.handler(request)
    if (response.status >= 300) refused.push([name, payload.action, response.status, await response.text()])
  }
  expect(refused).toEqual([])
  expect((await pullwright.events.list({ limit: 100 })).length).toBeGreaterThan(20)
  await pullwright.stop()
})
