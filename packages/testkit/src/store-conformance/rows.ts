import assert from 'node:assert/strict'
import type { EndpointRow, IntegrationRow, Row, Rows, Store, SubscriptionRow } from '@pullwright/core'
import { type Cases, NOW, type Scene } from './scene.ts'

const BASE = { project: 'acme', version: 1, createdAt: NOW, updatedAt: NOW }

const ENDPOINT: EndpointRow = {
  ...BASE,
  id: 'end_a',
  name: 'Alerts',
  description: null,
  url: 'https://hooks.example/in?a=1',
  events: ['pull_request.*', 'delivery.exhausted'],
  enabled: true,
  disabledReason: null,
  secrets: [{ sealed: 'sealed-1', createdAt: NOW, expiresAt: null }],
  settings: { headers: { 'x-a': 'b' }, retry: null, nested: [[], {}] },
}

const SUBSCRIPTION: SubscriptionRow = {
  ...BASE,
  id: 'deployments/publish',
  on: ['environment.deployed'],
  key: ['project', 'data.app_name'],
  supersede: true,
  needs: ['config'],
}

const INTEGRATION: IntegrationRow = {
  ...BASE,
  id: 'int_a',
  name: null,
  vcs: 'github',
  baseUrl: null,
  repository: 'acme/prompts',
  base: 'main',
  sealedCredential: 'sealed-2',
  credentialCreatedAt: NOW,
  enabled: false,
  rules: { labels: ['a'], when: { environment: ['production'] } },
}

/** The same law for every kind of row. */
const KINDS: Readonly<Record<string, (store: Store) => { rows: Rows<Row>; row: Row }>> = {
  endpoints: ({ endpoints }) => ({ rows: endpoints as unknown as Rows<Row>, row: ENDPOINT }),
  subscriptions: ({ subscriptions }) => ({ rows: subscriptions as unknown as Rows<Row>, row: SUBSCRIPTION }),
  integrations: ({ integrations }) => ({ rows: integrations as unknown as Rows<Row>, row: INTEGRATION }),
}

type Law = (rows: Rows<Row>, row: Row) => Promise<void>

const LAWS: Readonly<Record<string, Law>> = {
  async 'are read back as they were put'(rows, row) {
    assert.equal(await rows.get(row.id), null)
    assert.equal(await rows.put(row), true)
    assert.deepEqual(await rows.get(row.id), row)
    assert.deepEqual(await rows.get(row.id, 'acme'), row)
    assert.deepEqual(await rows.list(), [row])
  },

  async 'change only from the version that is stored'(rows, row) {
    assert.equal(await rows.put({ ...row, version: 2 }), false)
    assert.equal(await rows.put(row), true)
    assert.equal(await rows.put({ ...row, updatedAt: NOW + 1 }), false)
    assert.equal(await rows.put({ ...row, version: 3 }), false)
    assert.equal(await rows.put({ ...row, version: 2, updatedAt: NOW + 2 }), true)
    assert.deepEqual(await rows.get(row.id), { ...row, version: 2, updatedAt: NOW + 2 })
  },

  async 'let one of several parallel changes win'(rows, row) {
    const created = await Promise.all(Array.from({ length: 8 }, () => rows.put(row)))
    assert.equal(created.filter(Boolean).length, 1)
    const changes = Array.from({ length: 8 }, (_, index) => rows.put({ ...row, version: 2, updatedAt: NOW + index }))
    const changed = await Promise.all(changes)
    assert.equal(changed.filter(Boolean).length, 1)
    assert.equal((await rows.get(row.id))?.updatedAt, NOW + changed.indexOf(true))
  },

  async 'are hidden from other projects'(rows, row) {
    await rows.put(row)
    assert.equal(await rows.get(row.id, 'zeta'), null)
    assert.deepEqual(await rows.list({ project: 'zeta' }), [])
    assert.equal(await rows.remove(row.id, 'zeta'), false)
    assert.equal(await rows.put({ ...row, project: 'zeta', version: 2 }), false)
    assert.deepEqual(await rows.get(row.id), row)
  },

  async 'are listed by creation, oldest first'(rows, row) {
    const made = [2, 0, 1].map((age) => ({ ...row, id: `${row.id}${age}`, createdAt: NOW + age }))
    for (const each of made) await rows.put(each)
    await rows.put({ ...row, id: 'elsewhere', project: 'zeta', createdAt: NOW + 9 })
    const expected = [0, 1, 2].map((age) => `${row.id}${age}`)
    assert.deepEqual(
      (await rows.list({ project: 'acme' })).map(({ id }) => id),
      expected,
    )
    assert.deepEqual(
      (await rows.list()).map(({ id }) => id),
      [...expected, 'elsewhere'],
    )
  },

  async 'are removed once, and may be made anew'(rows, row) {
    await rows.put(row)
    assert.equal(await rows.remove(row.id, 'acme'), true)
    assert.equal(await rows.get(row.id), null)
    assert.equal(await rows.remove(row.id), false)
    assert.equal(await rows.put({ ...row, version: 2 }), false)
    assert.equal(await rows.put(row), true)
  },

  async 'are removed at the version that is named, and at no other'(rows, row) {
    await rows.put(row)
    await rows.put({ ...row, version: 2 })
    assert.equal(await rows.remove(row.id, 'acme', 1), false)
    assert.equal(await rows.remove(row.id, 'acme', 3), false)
    assert.equal((await rows.get(row.id))?.version, 2)
    const both = await Promise.all([rows.remove(row.id, 'acme', 2), rows.put({ ...row, version: 3 })])
    assert.equal(both.filter(Boolean).length, 1)
    assert.equal((await rows.get(row.id))?.version ?? null, both[0] ? null : 3)
  },

  async 'are copies'(rows, row) {
    const mine = { ...row }
    await rows.put(mine)
    mine.project = 'zeta'
    const read = await rows.get(row.id)
    assert.ok(read)
    read.version = 9
    assert.deepEqual(await rows.get(row.id), row)
  },
}

export const rows: Cases = Object.fromEntries(
  Object.entries(KINDS).flatMap(([kind, open]) =>
    Object.entries(LAWS).map(([sentence, law]) => {
      const run = async ({ store }: Scene) => {
        const { rows, row } = open(store)
        await law(rows, row)
      }
      return [`${kind} ${sentence}`, run]
    }),
  ),
)
