import { expect, test } from 'vitest'
import { memoryStore } from '../memory/memory-store.ts'
import type { Store } from '../ports/store.ts'
import { createAudit } from './audit.ts'

const clock = { now: () => 1_800_000_000_000 }
const open = (bound: { project?: string; subject?: string } = {}, store: Store = memoryStore()) => ({
  store,
  audit: createAudit({ store, clock, ...bound }),
})

test('an entry says who, what, when and how it ended', async () => {
  const { audit } = open({ project: 'acme', subject: 'ada' })
  const entry = await audit.record({
    action: 'endpoint.create',
    target: 'end_1',
    details: { url: 'https://a.example' },
  })
  expect(entry).toMatchObject({
    ...{ project: 'acme', at: clock.now(), actor: 'ada', action: 'endpoint.create', target: 'end_1' },
    ...{ result: 'ok', details: { url: 'https://a.example' }, sequence: 1 },
  })
  expect(await audit.list()).toEqual([entry])
})

test('without a project entries belong to the default one, and nobody acted', async () => {
  const { audit } = open()
  expect(await audit.record({ action: 'a', target: 't' })).toMatchObject({
    project: 'default',
    actor: null,
    details: null,
  })
  expect(await audit.record({ action: 'a', target: 't', project: 'zeta', actor: 'bob' })).toMatchObject({
    project: 'zeta',
    actor: 'bob',
  })
  expect(await audit.list({ project: 'zeta' })).toHaveLength(1)
})

test('bound to a project it knows no other', async () => {
  const { store, audit } = open({ project: 'acme' })
  const other = createAudit({ store, clock, project: 'zeta' })
  await other.record({ action: 'secret.thing', target: 't' })
  expect(await audit.list({ project: 'zeta' })).toEqual([])
  expect(await audit.verify('zeta')).toMatchObject({ ok: true, count: 0 })
  expect(await audit.export({ format: 'jsonl', project: 'zeta' })).toBe('')
  expect(await audit.record({ action: 'a', target: 't', project: 'zeta' })).toMatchObject({ project: 'acme' })
})

test('a chain of several pages is verified and exported as a whole', async () => {
  const { store, audit } = open({ project: 'acme' })
  const plain = { project: 'acme', at: 0, actor: null, action: 'a', target: 't', result: 'ok', details: null } as const
  const entries = await store.appendAudit(Array.from({ length: 2500 }, () => plain))
  expect(await audit.verify()).toEqual({ ok: true, count: 2500, head: entries.at(-1)?.hash })
  expect((await audit.export({ format: 'jsonl' })).trimEnd().split('\n')).toHaveLength(2500)
  expect((await audit.export({ format: 'csv' })).trimEnd().split('\r\n')).toHaveLength(2501)
  expect(await audit.export({ format: 'jsonl', action: 'b' })).toBe('')
})

test('an empty chain is sound', async () => {
  expect(await open().audit.verify()).toEqual({ ok: true, count: 0, head: '0'.repeat(64) })
})

test('tampering on a later page is found', async () => {
  const { store } = open()
  const plain = {
    project: 'default',
    at: 0,
    actor: null,
    action: 'a',
    target: 't',
    result: 'ok',
    details: null,
  } as const
  await store.appendAudit(Array.from({ length: 1500 }, () => plain))
  const query: Store['query'] = {
    ...store.query,
    audit: async (filter) =>
      (await store.query.audit(filter)).map((entry) => (entry.sequence === 1200 ? { ...entry, actor: 'eve' } : entry)),
  }
  const audit = createAudit({ store: { ...store, query }, clock })
  expect(await audit.verify()).toMatchObject({ ok: false, sequence: 1200 })
})
