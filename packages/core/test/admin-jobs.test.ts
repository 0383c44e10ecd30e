import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../src/index.ts'
import { setUpAdmin } from './admin-harness.ts'
import { HOOK_TIMEOUT_MS, openStores, STORE_KINDS, type Stores } from './every-store.ts'

let stores: Stores
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const MANY = 1_201
const SINCE = '2025-12-31T00:00:00Z'

/** An endpoint with more dead deliveries than two batches hold. */
async function withDead(store: Store) {
  const made = setUpAdmin({}, { store })
  closing.push(() => made.pullwright.stop())
  const { body: endpoint } = await made.call('POST', '/endpoints', {
    url: 'https://hooks.example.com/',
    events: ['webhook.test'],
  })
  const { emitter } = made.pullwright.as({ project: 'acme' })
  await Promise.all(Array.from({ length: MANY }, (_, i) => emitter.emit('webhook.test', { message: String(i) })))
  const open = await store.query.tasks({ statuses: ['pending'], limit: 2_000 })
  await Promise.all(open.map(({ id }) => store.cancel(id, made.clock.now())))
  return { ...made, endpoint: endpoint.id as string }
}

const pending = async (store: Store) => (await store.query.tasks({ statuses: ['pending'], limit: 2_000 })).length

/** The same store, which stops to answer to `redrive` after so many batches. */
function failingAfter(store: Store, batches: number): Store {
  let left = batches
  return {
    ...store,
    redrive: async (request) => {
      if (left-- <= 0) throw new Error('The connection was lost')
      return store.redrive(request)
    },
  }
}

describe.each(STORE_KINDS)('recovering over HTTP on %s', (kind) => {
  beforeAll(async () => {
    stores = await openStores(kind)
  }, HOOK_TIMEOUT_MS)
  afterAll(() => stores.close(), HOOK_TIMEOUT_MS)

  it('begins a job, which tells how far it is', async () => {
    const store = stores.open()
    const { call, endpoint } = await withDead(store)
    const begun = await call('POST', '/deliveries/recover', { endpoint, since: SINCE })
    expect([begun.status, begun.headers.get('location')]).toEqual([202, `../jobs/${begun.body.id}`])
    expect(begun.body).toMatchObject({
      kind: 'recover',
      status: 'pending',
      done: 0,
      total: null,
      request: { endpoint },
    })
    const seen = () => call('GET', `/jobs/${begun.body.id}`).then(({ body }) => body)
    await expect.poll(async () => (await seen()).status).toBe('done')
    expect(await seen()).toMatchObject({ done: MANY, total: MANY, recovered: MANY, error: null })
    expect(await pending(store)).toBe(MANY)
  })

  it('goes on where it was after a restart', async () => {
    const store = stores.open()
    const { endpoint } = await withDead(store)
    const first = setUpAdmin({}, { store: failingAfter(store, 1) })
    const { body: job } = await first.call('POST', '/deliveries/recover', { endpoint, since: SINCE })
    await expect.poll(() => first.logger.lines.map(({ message }) => message).join()).toMatch('A job was interrupted')
    expect((await first.call('GET', `/jobs/${job.id}`)).body).toMatchObject({
      status: 'running',
      done: 201,
      total: MANY,
    })
    // The first process is gone without a word; its lease runs out.
    const second = setUpAdmin({}, { store: stores.again(store) })
    closing.push(() => second.pullwright.stop())
    await second.pullwright.http.admin.jobs.runDue()
    expect((await second.call('GET', `/jobs/${job.id}`)).body.done).toBe(201)
    await second.clock.advance(60_001)
    await second.pullwright.http.admin.jobs.runDue()
    expect((await second.call('GET', `/jobs/${job.id}`)).body).toMatchObject({
      status: 'done',
      done: MANY,
      total: MANY,
      recovered: MANY,
    })
    expect(await pending(store)).toBe(MANY)
  })

  it('is refused for a stretch of time that ends before it begins', async () => {
    const { call, pullwright } = setUpAdmin({}, { store: stores.open() })
    closing.push(() => pullwright.stop())
    const { body } = await call('POST', '/deliveries/recover', { endpoint: 'end_1', since: SINCE, until: SINCE })
    expect(body).toMatchObject({ code: 'invalid-argument', errors: [{ path: 'until' }] })
  })

  it('is refused for an endpoint that is disabled', async () => {
    const { call, pullwright } = setUpAdmin({}, { store: stores.open() })
    closing.push(() => pullwright.stop())
    const { body } = await call('POST', '/endpoints', {
      url: 'https://hooks.example.com/',
      events: ['*'],
      enabled: false,
    })
    expect((await call('POST', '/deliveries/recover', { endpoint: body.id, since: SINCE })).body.code).toBe('conflict')
  })
})
