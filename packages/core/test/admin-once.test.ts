import { describe, expect, it } from 'vitest'
import { everything, startReceiver, USER } from './admin-harness.ts'
import { adminOn } from './admin-on-stores.ts'
import { STORE_KINDS } from './every-store.ts'

const draft = { url: 'https://hooks.example.com/in', events: ['*'], rate_limit: { per_second: 5 }, timeout_ms: 2_000 }

describe.each(STORE_KINDS)('an idempotency key on %s', (kind) => {
  const { setUp, setUpTwo, closing } = adminOn(kind)

  it('does a request with an idempotency key once', async () => {
    const { call, clock } = setUp()
    const key = { 'idempotency-key': 'one' }
    const first = await call('POST', '/endpoints', draft, key)
    const again = await call('POST', '/endpoints', draft, key)
    expect([again.status, again.body, again.headers.get('etag')]).toEqual([201, first.body, '"1"'])
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    expect((await call('POST', '/endpoints', { ...draft, name: 'other' }, key)).body).toMatchObject({
      status: 422,
      code: 'idempotency-key-reused',
    })
    expect((await call('POST', '/endpoints', draft, { ...key, [USER]: everything('acme', 'ada') })).body.id).not.toBe(
      first.body.id,
    )
    expect((await call('GET', '/endpoints')).body.data).toHaveLength(2)
    await clock.advance(25 * 3_600_000)
    expect((await call('POST', '/endpoints', draft, key)).body.id).not.toBe(first.body.id)
  })

  it('sends a test once for each idempotency key', async () => {
    const receiver = await startReceiver()
    closing.push(receiver.close)
    const { call } = setUp()
    const key = { 'idempotency-key': 'one' }
    const first = await call('POST', '/endpoints/test', { url: receiver.url }, key)
    const again = await call('POST', '/endpoints/test', { url: receiver.url }, key)
    expect([first.body.ok, again.body, receiver.state.received]).toEqual([true, first.body, 1])
    expect([first.headers, again.headers].map((one) => one.get('idempotency-replayed'))).toEqual([null, 'true'])
  })

  it('does it once also when two ask at the same time, and frees the key of what failed', async () => {
    const { call } = setUp()
    const key = { 'idempotency-key': 'two' }
    const both = await Promise.all([call('POST', '/endpoints', draft, key), call('POST', '/endpoints', draft, key)])
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
    const failing = { 'idempotency-key': 'three' }
    const blocked = { ...draft, url: 'https://10.0.0.1/' }
    expect((await call('POST', '/endpoints', blocked, failing)).status).toBe(422)
    expect((await call('POST', '/endpoints', draft, failing)).status).toBe(201)
  })

  it('knows a key that another process was sent', async () => {
    const processes = setUpTwo()
    const key = { 'idempotency-key': 'one' }
    const ask = () => Promise.all(processes.map(({ call }) => call('POST', '/endpoints', draft, key)))
    const made = (await ask()).filter(({ status }) => status === 201).map(({ body }) => body.secret)
    const again = (await ask()).map(({ status, body }) => [status, body.secret])
    expect(again).toEqual([
      [201, made[0]],
      [201, made[0]],
    ])
    expect((await processes[0]?.call('GET', '/endpoints'))?.body.data).toHaveLength(1)
  })

  it('keeps the answer that shows a secret sealed', async () => {
    const { call, store } = setUp()
    const { body } = await call('POST', '/endpoints', draft, { 'idempotency-key': 'one' })
    const rows = await store.documents.list('*', 'http:answers')
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toContain(body.secret)
  })
})
