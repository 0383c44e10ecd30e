import { createPullwright, generateKey, type Plugin } from '@pullwright/core'
import Database from 'libsql'
import { expect, test } from 'vitest'
import { sqlite, sqliteTransaction } from '../src/index.ts'
import { testFolder } from './folder.ts'

const path = testFolder()
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const created = (variant_name: string) => ({ app_name: 'support-bot', variant_name })

/** A Pullwright whose only handler hands on the data of each variant that is created. */
function start(file: string, handle: (data: unknown) => void) {
  const plugin: Plugin = {
    name: 'house',
    apiVersion: 1,
    handlers: {
      note: {
        on: ['variant.created'],
        async run({ event }) {
          handle(event.data)
          return { kind: 'done', result: event.id }
        },
      },
    },
  }
  return createPullwright({ store: sqlite({ file }), plugins: [plugin], logger })
}

test('what is emitted before a restart is handled after it, once', async () => {
  const file = path()
  const before = start(file, () => {
    throw new Error('Nothing is dispatched here')
  })
  await before.migrate()
  const { id } = await before.emitter.emit('variant.created', created('v1'), { idempotencyKey: 'once' })
  await before.stop()

  const seen: unknown[] = []
  const after = start(file, (data) => seen.push(data))
  const again = await after.emitter.emit('variant.created', created('v1'), { idempotencyKey: 'once' })
  expect(again).toEqual({ id, status: 'duplicate' })
  await after.drain()
  expect(seen).toEqual([created('v1')])
  const [task] = await after.tasks.list()
  expect(task).toMatchObject({ eventId: id, status: 'done', attempts: 1, result: id })
  await after.drain()
  expect(seen).toHaveLength(1)
  await after.stop()
})

test('an event in a transaction of the host is handled once that has committed', async () => {
  const file = path()
  const seen: unknown[] = []
  const pullwright = start(file, (data) => seen.push(data))
  await pullwright.migrate()
  const host = new Database(file)
  host.exec('CREATE TABLE variants (name TEXT)')
  for (const [name, end] of [
    ['v1', 'ROLLBACK'],
    ['v2', 'COMMIT'],
  ] as const) {
    host.exec('BEGIN IMMEDIATE')
    host.prepare('INSERT INTO variants VALUES (?)').run(name)
    await pullwright.emitter.emit('variant.created', created(name), { transaction: sqliteTransaction(host) })
    expect(seen).toEqual([])
    host.exec(end)
  }
  await pullwright.drain()
  expect(seen).toEqual([created('v2')])
  expect(host.prepare('SELECT name FROM variants').all()).toEqual([{ name: 'v2' }])
  host.close()
  await pullwright.stop()
})

test('a started instance hears of what another on the same file emits', async () => {
  const file = path()
  let tell: (data: unknown) => void = () => {}
  const heard = new Promise((resolve) => {
    tell = resolve
  })
  const worker = start(file, (data) => tell(data))
  await worker.start()
  const producer = createPullwright({ store: sqlite({ file }), logger })
  await producer.migrate()
  const began = performance.now()
  await producer.emitter.emit('variant.created', created('v1'))
  expect(await heard).toEqual(created('v1'))
  expect(performance.now() - began).toBeLessThan(1000)
  await producer.stop()
  await worker.stop()
})

test('the first call on a new file may be any: to look, to configure, to emit', async () => {
  const key = generateKey()
  const first = () => createPullwright({ store: sqlite({ file: path() }), key, logger })
  const [looks, configures, audits] = [first(), first(), first()]
  expect(await looks.deployments.list()).toEqual([])
  const made = await configures.webhooks.endpoints.create({ url: 'https://hooks.example.com/a', events: ['*'] })
  expect(await configures.webhooks.endpoints.list()).toMatchObject([{ id: made.id }])
  expect(await audits.audit.list()).toEqual([])
  for (const each of [looks, configures, audits]) await each.stop()
})
