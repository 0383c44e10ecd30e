import Database from 'libsql'
import { expect, test } from 'vitest'
import { sqlite } from '../src/index.ts'
import { claimRequest, NOW, newEvent, newTask } from './sample.ts'

/**
 * What may be read from end to end. Pages of everything, newest first, end with the page; the store's own row is one;
 * unfinished work is counted over the indexes that hold nothing else.
 */
const MAY_BE_SCANNED = [
  'SCAN e', // queryEvents without a filter
  'SCAN t', // queryTasks without a filter
  'SCAN pullwright_store',
  'SCAN pullwright_tasks USING INDEX pullwright_tasks_line',
  'SCAN pullwright_tasks USING INDEX pullwright_tasks_lease',
  'SCAN t USING INDEX pullwright_tasks_open',
]

/** Their rows are few whatever has happened: those of one id, one key, one batch, one store's configuration. */
const MAY_BE_SORTED = [
  'WITH RECURSIVE lines',
  't.id IN',
  'e.idempotency_key = ?',
  'name IN',
  'pullwright_rows',
  'GROUP BY',
]

test('no statement reads more the more has ended', async () => {
  const database = new Database(':memory:')
  const asked = new Set<string>()
  const noting = {
    prepare(sql: string) {
      asked.add(sql)
      return database.prepare(sql)
    },
    exec: (sql: string) => database.exec(sql),
    close() {},
  }
  const store = sqlite({ database: noting })
  await store.migrate()
  asked.clear()
  await useEverything(store)
  for (const sql of asked) {
    if (sql.startsWith('PRAGMA')) continue
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]
    const scans = steps.map(({ detail }) => detail).filter((detail) => /^SCAN (pullwright|[a-z]$|[a-z] )/.test(detail))
    expect(
      scans.filter((detail) => !MAY_BE_SCANNED.includes(detail)),
      sql,
    ).toEqual([])
    const sorts = steps.filter(({ detail }) => detail.includes('TEMP B-TREE'))
    if (!MAY_BE_SORTED.some((part) => sql.includes(part))) expect(sorts, sql).toEqual([])
  }
  expect(asked.size).toBeGreaterThan(60)
  await store.close()
  database.close()
})

async function useEverything(store: ReturnType<typeof sqlite>): Promise<void> {
  const tasks = [
    newTask('tsk_1'),
    newTask('tsk_2', { concurrencyKey: 'k', ordered: true }),
    newTask('tsk_3', { concurrencyKey: 'l', supersede: true }),
    newTask('tsk_4'),
  ]
  const receipt = { source: 's', deliveryId: 'd', bodyHash: 'h', bodyWindowMs: 5, receivedAt: NOW, eventId: 'evt_1' }
  const documents = [{ project: 'acme', collection: 'c', key: 'k', value: 1, at: NOW }]
  const marks = { idempotencyKey: 'once', people: ['p'], attributes: { app: 'one', environment: 'x' } }
  await store.append({ events: [newEvent('1', { tasks, ...marks })], receipt, documents })
  const claimed = await store.claim(claimRequest())
  const [first, second] = claimed
  if (first === undefined || second === undefined) throw new Error('Nothing to claim')
  await store.saveStep(first.lease, { name: 'x', sealed: 'y' })
  await store.extend([first.lease], NOW + 5)
  const attempt = { startedAt: 1, endedAt: 2, outcome: 'done', error: null, details: null } as const
  await store.settle([
    { lease: first.lease, at: NOW, transition: { status: 'waiting', wakeOn: 's' }, attempt },
    { lease: second.lease, at: NOW, transition: { status: 'dead', reason: 'x' } },
  ])
  await store.wake('s', NOW)
  await store.claim(claimRequest({ now: NOW + 100_000 }))
  const redrive = { at: NOW, limit: 3, statuses: ['dead', 'cancelled'] } as const
  await store.redrive(redrive)
  await store.redrive({ ...redrive, taskIds: ['tsk_1'] })
  await store.redrive({ ...redrive, endpointId: 'end_1', project: 'acme', since: 0 })
  await store.redrive({ ...redrive, statuses: ['done'], endpointId: 'end_1' })
  await store.cancel('tsk_4', NOW)
  const filters = [{}, { project: 'acme' }, { attributes: { app: 'one', environment: 'x' }, after: 100 }]
  for (const filter of [...filters, { attributes: { app: 'one' }, project: 'acme' }, { rootId: 'evt_1' }]) {
    await store.query.events(filter)
    await store.query.events({ ...filter, types: ['a', 'b'], since: NOW })
    await store.query.events({ ...filter, person: 'p' })
    await store.query.events({ ...filter, idempotencyKey: 'once' })
    await store.query.tasks(filter)
    await store.query.tasks({ ...filter, eventTypes: ['a', 'b'], after: 100 })
    await store.query.tasks({ ...filter, statuses: ['pending', 'dead', 'done'] })
    await store.query.tasks({ ...filter, endpointId: 'end_1', after: 7 })
    await store.query.tasks({ ...filter, eventId: 'evt_1' })
    await store.query.tasks({ ...filter, ids: ['tsk_1'] })
  }
  await store.query.event('evt_1', 'acme')
  await store.query.attempts('tsk_1')
  await store.query.backlog(NOW)
  await store.query.nextDueAt({ handlers: ['work'], endpoints: true })
  for (const rows of [store.endpoints, store.subscriptions, store.integrations]) {
    await rows.list()
    await rows.list({ project: 'acme' })
    await rows.get('x')
    await rows.remove('x')
  }
  await store.documents.list('acme', 'c', { prefix: 'k', after: 'k' })
  await store.blobs.put({ project: 'acme', key: 'k', bytes: Uint8Array.of(1), expiresAt: 0 })
  await store.blobs.sweep(NOW)
  await store.appendAudit([
    { project: 'acme', at: 1, actor: null, action: 'a', target: 't', result: 'ok', details: null },
  ])
  await store.query.audit({ project: 'acme', action: 'a', after: 0 })
  await store.schedules.register([{ name: 'x', firstAt: 1 }])
  const schedule = await store.schedules.claim({ names: ['x'], now: NOW, leaseMs: 1 })
  if (schedule !== null) await store.schedules.settle(schedule, NOW)
  await store.schedules.nextDueAt(['x'])
  await store.forget({ project: 'acme', person: 'p', at: NOW })
  await store.prune({ before: NOW + 1, limit: 100 })
}
