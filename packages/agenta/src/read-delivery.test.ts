import type { JsonValue } from '@pullwright/core'
import { describe, expect, it } from 'vitest'
import { readDelivery } from './read-delivery.ts'

const BOT = {
  application: { id: 'app-1', slug: 'support-bot' },
  application_variant: { id: 'var-1', slug: 'default' },
  application_revision: { id: 'rev-7', slug: 'prompt-v7', version: '7' },
}
const NEWER = { ...BOT, application_revision: { id: 'rev-8', slug: 'prompt-v8', version: '8' } }
const ATTRIBUTES = {
  user_id: 'user-1',
  message: 'Calmer',
  references: {
    environment: { id: 'env-1', slug: 'production' },
    environment_variant: { id: 'env-var-1', slug: 'production' },
    environment_revision: { id: 'env-rev-8', slug: 'prod-0008', version: '8' },
  },
  state: { references: { 'support-bot.revision': NEWER } },
  diff: { created: {}, deleted: {}, updated: { 'support-bot.revision': { old: BOT, new: NEWER } } },
}

const envelope = (attributes: JsonValue, type = 'environments.revisions.committed') => ({
  event: {
    event_id: 'event-1',
    event_type: type,
    timestamp: '2026-04-07T11:24:18.123456+00:00',
    created_at: '2026-04-07T11:24:18.123456+00:00',
    attributes,
  },
  subscription: { id: 'sub-1', name: 'x', tags: null, meta: null },
  scope: { project_id: 'project-1' },
})

const read = (json: JsonValue, headers: Record<string, string> = {}) =>
  readDelivery({ json, headers, body: new Uint8Array(), receivedAt: 0 })

describe('readDelivery', () => {
  it('keeps the references of every application that changed', () => {
    expect(read(envelope(ATTRIBUTES))).toEqual({
      occurredAt: Date.UTC(2026, 3, 7, 11, 24, 18, 123),
      committed: {
        event_id: 'event-1',
        agenta_project_id: 'project-1',
        environment: 'production',
        environment_id: 'env-1',
        environment_version: '8',
        commit_message: 'Calmer',
        deployed_by: { user_id: 'user-1' },
        changes: [
          {
            app: 'support-bot',
            kind: 'updated',
            old: { application: BOT.application, variant: BOT.application_variant, revision: BOT.application_revision },
            new: {
              application: BOT.application,
              variant: BOT.application_variant,
              revision: NEWER.application_revision,
            },
          },
        ],
      },
    })
  })

  it('tells first deployments, changes and removals apart', () => {
    const diff = {
      created: { 'a.revision': { new: BOT } },
      updated: { 'b.revision': { old: BOT, new: NEWER } },
      deleted: { 'c.revision': { old: BOT } },
    }
    const changes = read(envelope({ ...ATTRIBUTES, diff }))?.committed.changes
    expect(changes?.map(({ kind, old, new: after }) => [kind, old !== null, after !== null])).toEqual([
      ['created', false, true],
      ['updated', true, true],
      ['deleted', true, false],
    ])
  })

  it('takes the name from the key where the application has no slug, dots and all', () => {
    const diff = { created: { 'my.app.revision': { new: { ...BOT, application: { id: 'app-1' } } } } }
    expect(read(envelope({ ...ATTRIBUTES, diff }))?.committed.changes[0]?.app).toBe('my.app')
  })

  it('takes numbers for versions and does without what may be missing', () => {
    const minimal = {
      references: { environment: { id: 'env-1' } },
      diff: { created: { 'bot.revision': { new: { application_revision: { id: 'r', version: 3 } } } } },
    }
    const delivery = read({
      event: { event_id: 'e', event_type: 'environments.revisions.committed', attributes: minimal },
    })
    expect(delivery).toEqual({
      occurredAt: undefined,
      committed: {
        event_id: 'e',
        agenta_project_id: null,
        environment: 'env-1',
        environment_id: 'env-1',
        changes: [
          {
            app: 'bot',
            kind: 'created',
            old: null,
            new: { application: {}, variant: {}, revision: { id: 'r', version: '3' } },
          },
        ],
      },
    })
  })

  it.each(['webhooks.subscriptions.tested', 'testsets.revisions.committed', 'traces.fetched', 'something.new'])(
    'does nothing for %s, whatever is in it',
    (type) => {
      expect(read(envelope(null, type))).toBeNull()
      expect(read({ reshaped: true }, { 'x-agenta-event-type': type })).toBeNull()
    },
  )

  it('does nothing when no application changed', () => {
    expect(read(envelope({ ...ATTRIBUTES, diff: { created: {}, updated: {}, deleted: {} } }))).toBeNull()
    const other = { created: { 'judge.revision': { new: { evaluator_revision: { id: 'x' } } } } }
    expect(read(envelope({ ...ATTRIBUTES, diff: other }))).toBeNull()
  })

  it('understands the bare attributes of a subscription that sends only these', () => {
    const headers = { 'x-agenta-event-type': 'environments.revisions.committed', 'x-agenta-event-id': 'event-9' }
    expect(read(ATTRIBUTES, headers)?.committed).toMatchObject({ event_id: 'event-9', agenta_project_id: null })
    expect(() => read(ATTRIBUTES)).toThrow(/payload_fields/)
  })

  it.each([
    ['a list', []],
    ['nothing', null],
    ['a reshaped body', { text: 'deployed!' }],
    ['an event without a diff', envelope({ user_id: 'u', references: { environment: { slug: 'production' } } })],
    ['an event that is text', envelope('$.event')],
  ])('refuses %s with advice', (_name, json) => {
    const headers = { 'x-agenta-event-type': 'environments.revisions.committed', 'x-agenta-event-id': 'e' }
    expect(() => read(json, headers)).toThrow(/payload_fields/)
  })
})
