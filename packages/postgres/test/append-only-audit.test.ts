import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from './server.ts'

let server: TestServer
beforeAll(async () => {
  server = await startServer()
}, 60_000)
afterAll(() => server.stop(), 60_000)

const entry = { project: 'acme', at: 1, actor: 'ada', action: 'a', target: 't', result: 'ok', details: null } as const

test('whoever may write to the table changes and deletes no audit entry by plain SQL', async () => {
  const store = server.store()
  await store.migrate()
  await store.appendAudit([{ ...entry, details: '\u0000' }, entry])
  const table = `${server.schemaOf(store)}.audit`
  for (const statement of [
    `delete from ${table}`,
    `delete from ${table} where sequence = 1`,
    `truncate ${table}`,
    `update ${table} set entry = replace(entry, 'ada', 'eve')`,
    `update ${table} set action = 'audit.erased', entry = (entry::jsonb || '{"erased":true}')::text where sequence = 2`,
  ]) {
    await expect(server.pool.query(statement), statement).rejects.toThrow(/append-only/)
  }
  expect(await store.query.audit({ project: 'acme' })).toMatchObject([{ sequence: 1 }, entry])
})
