import { expect, test } from 'vitest'
import { createPullwright, memoryStore } from './index.ts'

const quiet = { debug() {}, info() {}, warn() {}, error() {} }

/** As plain JavaScript calls it: no type warns. */
type Anyhow = (...given: unknown[]) => Promise<unknown>

test.each([
  ['tasks', 'list', { status: 'dead' }, 'tasks.list: there is no "status"; there is: project, ids, eventId, rootId'],
  ['tasks', 'list', { statuses: 'dead' }, '`statuses` must be a list of any of pending, running'],
  ['tasks', 'list', { statuses: ['ded'] }, '`statuses` must be a list of any of pending, running'],
  ['tasks', 'list', { limit: '10' }, '`limit` must be a whole number'],
  ['tasks', 'list', { attributes: { revision: 16 } }, '`attributes` must be an object whose values are texts'],
  ['events', 'list', { type: 'environment.deployed' }, 'events.list: there is no "type"; there is: project, types'],
  ['events', 'list', { types: 'environment.deployed' }, '`types` must be a list of texts'],
  ['events', 'list', { since: '2026-01-01' }, '`since` must be milliseconds since the epoch'],
  ['events', 'list', 'environment.deployed', 'events.list: must be given an object such as'],
  ['deployments', 'list', { app_name: 'bot' }, 'there is: project, app, environment'],
  ['audit', 'list', { actor: 'jane' }, 'audit.list: there is no "actor"'],
  ['audit', 'export', {}, '`format` must be one of jsonl, csv'],
  ['webhooks.deliveries', 'list', { statuses: ['dead'] }, 'there is no "statuses"'],
  ['webhooks.deliveries', 'list', { status: 'failed' }, '`status` must be one of pending, running'],
  ['webhooks.deliveries', 'list', { since: 'yesterday' }, '`since` must be milliseconds since the epoch, a Date'],
  ['webhooks.deliveries', 'recover', { endpointId: 'end_1', since: 0 }, 'there is no "endpointId"'],
  ['webhooks.deliveries', 'recover', { endpoint: 'end_1' }, '`since` must be'],
  [
    'webhooks.deliveries',
    'recover',
    { endpoint: 'end_1', since: 0, status: 'pending' },
    '`status` must be one of done',
  ],
  ['webhooks.endpoints', 'list', { tenant: 'acme' }, 'there is no "tenant"; there is: project'],
])('%s.%s(%j) is refused with what there is', async (view, verb, given, says) => {
  const pullwright = createPullwright({ store: memoryStore(), logger: quiet })
  const place = view
    .split('.')
    .reduce((at, part) => at[part] as never, pullwright as unknown as Record<string, unknown>)
  const asked = (place as unknown as Record<string, Anyhow>)[verb]?.(given)
  await expect(asked).rejects.toMatchObject({ code: 'invalid-argument', message: expect.stringContaining(says) })
  await pullwright.stop()
})

test('a misspelt option of emit records nothing: it may have been the transaction', async () => {
  const pullwright = createPullwright({ store: memoryStore(), logger: quiet })
  const emit = pullwright.emitter.emit as Anyhow
  const asked = emit('variant.created', { app_name: 'bot', variant_name: 'v1' }, { transacton: {} })
  const message = expect.stringContaining('there is no "transacton"; there is: project, idempotencyKey')
  await expect(asked).rejects.toMatchObject({ code: 'invalid-argument', message })
  expect(await pullwright.events.list()).toEqual([])
  await pullwright.stop()
})
