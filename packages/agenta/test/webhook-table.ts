import type { JsonObject, JsonValue } from '@pullwright/core'

/**
 * What each webhook that Agenta sends becomes: by its type and what is particular about it, whether it is a deployment
 * (`agenta.environment.committed`, of which the plugin's handler makes `environment.deployed`) or nothing, the reason,
 * and what Agenta sends. The test receives every row, so the table cannot say anything else than what happens.
 */
export interface WebhookRow {
  event: string
  about: string
  becomes: readonly string[]
  why: string
  payload: JsonValue
  /** What is recorded of each application: its slug, and what happened to it. */
  changes?: readonly (readonly [app: string, kind: string])[]
}

const COMMITTED = 'environments.revisions.committed'
const BECOMES = ['agenta.environment.committed']
const AT = '2026-04-07T11:24:18.123456+00:00'

const pointer = (app: string, version: string): JsonObject => ({
  application: { id: `019c0000-${app}-app`, slug: app },
  application_variant: { id: `019c0000-${app}-variant`, slug: 'production' },
  application_revision: { id: `019c0000-${app}-${version}`, slug: `prompt-v${version}`, version },
})

const references: JsonObject = {
  environment: { id: '019c0000-env', slug: 'production' },
  environment_variant: { id: '019c0000-env-variant', slug: 'production' },
  environment_revision: { id: '019c0000-env-8', slug: 'prod-0008', version: '8' },
}

const committed = (diff: JsonObject): JsonObject => ({
  ...{ user_id: '019315dc-0000-7000-8000-000000000001', message: 'Calmer', references },
  state: { references: { 'support-bot.revision': pointer('support-bot', '8') } },
  diff: { created: {}, updated: {}, deleted: {}, ...diff },
})

const envelope = (event_type: string, attributes: JsonValue): JsonObject => ({
  event: { event_id: `event-of-${event_type}`, event_type, timestamp: AT, created_at: AT, attributes },
  subscription: {
    ...{
      id: '019c0000-0000-7000-8000-00000000a001',
      name: 'Deployments',
      flags: { is_valid: true },
      tags: {},
      meta: {},
    },
    ...{ created_at: AT, updated_at: AT },
  },
  scope: { project_id: '019c0000-0000-7000-8000-000000000001' },
})

const updated = { 'support-bot.revision': { old: pointer('support-bot', '7'), new: pointer('support-bot', '8') } }
const created = { 'judge.revision': { new: pointer('judge', '1') } }
const deleted = { 'router.revision': { old: pointer('router', '3') } }
const evaluator = { 'tone.revision': { new: { evaluator_revision: { id: '019c0000-tone', version: '1' } } } }
const reference = (what: string): JsonObject => ({
  ...{ user_id: '019315dc-0000-7000-8000-000000000001' },
  references: {
    [what]: { id: `019c0000-${what}`, slug: what },
    [`${what}_revision`]: { id: '019c0000-r', version: '2' },
  },
})

const commit = (about: string, why: string, payload: JsonValue, ...changes: [string, string][]): WebhookRow => ({
  ...{ event: COMMITTED, about, becomes: changes.length === 0 ? [] : BECOMES, why, payload, changes },
})

const none = (event: string, why: string, attributes: JsonValue): WebhookRow => ({
  ...{ event, about: '', becomes: [], why, payload: envelope(event, attributes) },
})

const verbsOf = (what: string, verbs: string, why: string): WebhookRow[] =>
  verbs.split(' ').map((verb) => none(`${what}.revisions.${verb}`, why, reference(what)))

const READ = 'somebody read it: nothing changed'
const NOT_DEPLOYED = 'a revision counts where an environment points to it'

export const WEBHOOKS: readonly WebhookRow[] = [
  commit('another revision', 'it runs now', envelope(COMMITTED, committed({ updated })), ['support-bot', 'updated']),
  commit('a first one', 'it runs now', envelope(COMMITTED, committed({ created })), ['judge', 'created']),
  commit('an application taken out', 'it runs no more', envelope(COMMITTED, committed({ deleted })), [
    'router',
    'deleted',
  ]),
  commit(
    ...([
      'several applications',
      'each is told',
      envelope(COMMITTED, committed({ created, updated, deleted })),
    ] as const),
    ...([
      ['judge', 'created'],
      ['support-bot', 'updated'],
      ['router', 'deleted'],
    ] as [string, string][]),
  ),
  commit('the bare attributes', '`payload_fields` of the subscription', committed({ updated }), [
    'support-bot',
    'updated',
  ]),
  commit('no change', 'everything runs as before', envelope(COMMITTED, committed({}))),
  commit('an evaluator', 'it is no application', envelope(COMMITTED, committed({ created: evaluator }))),
  ...verbsOf('environments', 'retrieved fetched queried logged', READ),
  ...verbsOf('workflows', 'retrieved fetched queried logged', READ),
  ...verbsOf('workflows', 'committed', NOT_DEPLOYED),
  ...verbsOf('testsets', 'retrieved fetched queried logged', READ),
  ...verbsOf('testsets', 'committed', 'test cases are not deployed'),
  ...verbsOf('queries', 'retrieved fetched queried logged', READ),
  ...verbsOf('queries', 'committed', 'a query is not deployed'),
  ...['traces.fetched', 'traces.queried', 'testcases.fetched', 'testcases.queried'].map((type) =>
    none(type, READ, { count: 3 }),
  ),
  none('webhooks.subscriptions.tested', 'it only asks whether we are there', { user_id: '019315dc', count: 1 }),
]
