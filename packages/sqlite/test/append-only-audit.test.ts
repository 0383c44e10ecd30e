import Database from 'libsql'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { testFolder } from './folder.ts'

const path = testFolder()
const entry = { project: 'acme', at: 1, actor: 'ada', action: 'a', target: 't', result: 'ok', details: null } as const

test('whoever has the file at hand changes and deletes no audit entry by plain SQL', async () => {
  const file = path()
  const store = sqlite({ file })
  await store.migrate()
  await store.appendAudit([entry, entry])
  const database = new Database(file)
  for (const statement of [
    'DELETE FROM pullwright_audit',
    'DELETE FROM pullwright_audit WHERE sequence = 1',
    `UPDATE pullwright_audit SET record = replace(record, 'ada', 'eve')`,
    `UPDATE pullwright_audit SET action = 'audit.erased', record = json_set(record, '$.erased', json('true'))`,
    `REPLACE INTO pullwright_audit SELECT project, sequence, at, 'b', record FROM pullwright_audit`,
  ]) {
    expect(() => database.exec(statement), statement).toThrow(/append-only/)
  }
  database.close()
  expect(await store.query.audit({ project: 'acme' })).toMatchObject([entry, entry])
  await store.close()
})
