import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createPullwrightHandler, type PullwrightHandlerOptions } from '../src/index.ts'
import { everything, setUpAdmin, startReceiver, USER } from './admin-harness.ts'
import { HOOK_TIMEOUT_MS, openStores, STORE_KINDS, type Stores } from './every-store.ts'
import { deployed } from './harness.ts'

let stores: Stores
const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

function setUp(options: PullwrightHandlerOptions = {}) {
  const store = stores.open()
  const made = setUpAdmin(options, { store })
  closing.push(
    () => stores.drop(store),
    () => made.pullwright.stop(),
  )
  return made
}

const draft = { url: 'https://hooks.example.com/in', events: ['*'], rate_limit: { per_second: 5 }, timeout_ms: 2_000 }

describe.each(STORE_KINDS)('the admin API on %s', (kind) => {
  beforeAll(async () => {
    stores = await openStores(kind)
  }, HOOK_TIMEOUT_MS)
  afterAll(() => stores.close(), HOOK_TIMEOUT_MS)

  it('stays shut without authorize, and says how to open it', async () => {
    const { pullwright } = setUp()
    const request = () => new Request('https://host.example/pullwright/api/v1/endpoints')
    for (const answer of [await createPullwrightHandler(pullwright)(request()), await pullwright.handler(request())]) {
      expect(answer.status).toBe(403)
      expect(await answer.json()).toMatchObject({
        code: 'authorize-missing',
        detail: expect.stringMatching('authorize'),
      })
    }
    expect(() => createPullwrightHandler(pullwright, { admin: true })).toThrow(/authorize: \(request, native\) =>/)
    const closed = createPullwrightHandler(pullwright, { admin: false })
    expect([closed.matches('/api/v1/endpoints'), (await closed(request())).status]).toEqual([false, 404])
  })

  it('lets in whom authorize lets in, for what they may do', async () => {
    const { handler, call } = setUp()
    const anonymous = await handler(new Request('https://host.example/api/v1/endpoints'))
    expect([anonymous.status, anonymous.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    const viewer = { [USER]: 'acme:jane:view' }
    expect((await call('GET', '/endpoints', undefined, viewer)).status).toBe(200)
    expect((await call('POST', '/endpoints', draft, viewer)).body).toMatchObject({ status: 403, code: 'forbidden' })
    expect((await call('POST', '/deliveries/dlv_1/retry', undefined, viewer)).status).toBe(403)
  })

  it.each([{ project: undefined }, { project: '*' }, { project: 7 }, { capabilities: 'view' }, { subject: '' }])(
    'lets nobody in where authorize answers %j',
    async (wrong) => {
      const caller = { subject: 'jane', project: 'acme', capabilities: ['view'], ...wrong }
      const { call, logger } = setUp({ authorize: () => caller as never })
      expect((await call('GET', '/endpoints')).status).toBe(500)
      expect(logger.lines.map(({ message }) => message).join()).toMatch('`authorize` must answer')
    },
  )

  it('makes an endpoint, shows its secret once, and knows who did it', async () => {
    const { call } = setUp()
    const made = await call('POST', '/endpoints', { ...draft, headers: { Authorization: 'Bearer of-bad-news' } })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      ...{ project: 'acme', version: 1, rate_limit: { per_second: 5 }, timeout_ms: 2_000 },
      ...{ secret: expect.stringMatching(/^whsec_/), created_at: '2026-01-01T00:00:00.000Z' },
    })
    expect([made.headers.get('etag'), made.headers.get('location')]).toEqual(['"1"', `endpoints/${made.body.id}`])
    const seen = await call('GET', `/endpoints/${made.body.id}`)
    const { secret, ...rest } = made.body
    expect(seen.body).toEqual(rest)
    expect(JSON.stringify(seen.body)).not.toMatch(/bad-news|whsec_/)
    const turned = await call('POST', `/endpoints/${made.body.id}/rotate-secret`, { overlap_seconds: 60 })
    expect(turned.body.secret).not.toBe(secret)
    expect(turned.body.secret_ages).toHaveLength(2)
    const { body: audit } = await call('GET', '/audit')
    expect(audit.data.map(({ action, actor }: Record<string, string>) => [action, actor])).toEqual([
      ['endpoint.create', 'jane'],
      ['endpoint.rotate-secret', 'jane'],
    ])
    expect(JSON.stringify(audit)).not.toMatch(/bad-news|whsec_/)
  })

  it('names every wrong value by its name on the wire', async () => {
    const { call } = setUp()
    const { status, headers, body } = await call('POST', '/endpoints', {
      url: 'x',
      events: [],
      timeout_ms: 1,
      colour: 'red',
    })
    expect(status).toBe(422)
    expect(headers.get('content-type')).toMatch('application/problem+json')
    expect(body).toMatchObject({
      type: 'urn:pullwright:problem:invalid-argument',
      code: 'invalid-argument',
      status: 422,
    })
    expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(
      expect.arrayContaining(['url', 'events', 'timeout_ms']),
    )
    const deeper = await call('POST', '/endpoints', { ...draft, payload: { max_bytes: 5 } })
    expect(deeper.body.errors).toMatchObject([{ path: 'payload.max_bytes' }])
    expect((await call('POST', '/endpoints', { ...draft, url: 'https://169.254.169.254/' })).body.code).toBe(
      'egress-blocked',
    )
    expect((await call('POST', '/endpoints', { ...draft, project: 'other' })).status).toBe(422)
    expect((await call('GET', '/deliveries?stauts=dead')).body).toMatchObject({ status: 400, code: 'invalid-request' })
    expect((await call('GET', '/deliveries?limit=0')).body.errors).toMatchObject([{ path: 'limit' }])
    expect((await call('GET', '/events?cursor=evt_none')).body.code).toBe('invalid-cursor')
  })

  it('takes JSON only, of a bounded size', async () => {
    const { call } = setUp({ maxBodyBytes: 500 })
    expect((await call('POST', '/endpoints', '{"url":')).body.code).toBe('invalid-request')
    expect(
      (await call('POST', '/endpoints', 'x=1', { 'content-type': 'application/x-www-form-urlencoded' })).status,
    ).toBe(415)
    expect((await call('POST', '/endpoints/end_1/enable', 'x=1', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await call('POST', '/endpoints', { ...draft, description: 'x'.repeat(500) })).status).toBe(413)
    expect((await call('POST', '/endpoints')).status).toBe(422)
  })

  it('changes only the version that was read', async () => {
    const { call } = setUp()
    const { body } = await call('POST', '/endpoints', draft)
    const path = `/endpoints/${body.id}`
    const change = (value: object, match?: string) =>
      call('PATCH', path, value, match === undefined ? {} : { 'if-match': match })
    expect((await change({ name: 'a' })).body).toMatchObject({ status: 428, code: 'version-required' })
    const changed = await change({ name: 'a', rate_limit: null }, '"1"')
    expect(changed.body).toMatchObject({ name: 'a', rate_limit: null, version: 2 })
    expect(changed.headers.get('etag')).toBe('"2"')
    for (const stale of ['"1"', 'W/"2"', '2', '"x"', '"0"', '""'])
      expect((await change({ name: 'b' }, stale)).status).toBe(412)
    expect((await change({ name: 'c' }, '*')).body.version).toBe(3)
    expect((await call('POST', `${path}/disable`, { reason: 'too loud' }, { 'if-match': '"1"' })).status).toBe(412)
    expect((await call('POST', `${path}/disable`, { reason: 'too loud' })).body).toMatchObject({
      enabled: false,
      disabled_reason: 'too loud',
    })
    expect((await call('POST', `${path}/enable`)).body.enabled).toBe(true)
    expect((await call('DELETE', path, undefined, { 'if-match': '"1"' })).status).toBe(412)
    const removed = await call('DELETE', path)
    expect([removed.status, removed.body]).toEqual([204, ''])
    expect((await call('GET', path)).body.code).toBe('not-found')
  })

  it.each([
    ['PATCH', '', { name: 'mine' }],
    ['POST', '/rotate-secret', {}],
    ['POST', '/disable', {}],
    ['POST', '/enable', undefined],
  ])('lets one of two that read the same version do %s %s', async (method, verb, body) => {
    const { call } = setUp()
    const { body: made } = await call('POST', '/endpoints', draft)
    const change = () => call(method, `/endpoints/${made.id}${verb}`, body, { 'if-match': '"1"' })
    const both = await Promise.all([change(), change()])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412])
    expect((await call('GET', `/endpoints/${made.id}`)).body.version).toBe(2)
  })

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
    const store = stores.open()
    const processes = [store, stores.again(store)].map((one) => setUpAdmin({}, { store: one }))
    closing.push(
      ...processes.map(
        ({ pullwright }) =>
          () =>
            pullwright.stop(),
      ),
    )
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

  it('limits each caller, and says when to come again', async () => {
    const { call, clock } = setUp({ rateLimit: { requests: 2, perSeconds: 60 } })
    const first = await call('GET', '/events')
    expect(first.headers.get('ratelimit-policy')).toBe('"caller";q=2;w=60')
    expect(first.headers.get('ratelimit')).toBe('"caller";r=1;t=60')
    await call('GET', '/events')
    const refused = await call('GET', '/events')
    expect([refused.status, refused.headers.get('retry-after'), refused.body.code]).toEqual([429, '60', 'rate-limited'])
    expect((await call('GET', '/events', undefined, { [USER]: everything('acme', 'ada') })).status).toBe(200)
    await clock.advance(60_000)
    expect((await call('GET', '/events')).status).toBe(200)
  })

  it.each([
    [{ cookie: 'sid=1', origin: 'https://evil.example' }, 403],
    [{ cookie: 'sid=1', origin: 'null' }, 403],
    [{ cookie: 'sid=1' }, 403],
    [{ cookie: 'sid=1', 'sec-fetch-site': 'cross-site', origin: 'https://host.example' }, 403],
    [{ cookie: 'sid=1', 'sec-fetch-site': 'same-site', origin: 'https://blog.host.example' }, 403],
    [{ authorization: 'Basic eDp5', origin: 'https://evil.example' }, 403],
    [{ authorization: 'Negotiate eDp5', origin: 'https://evil.example' }, 403],
    [{ cookie: 'sid=1', 'sec-fetch-site': 'same-origin' }, 201],
    [{ cookie: 'sid=1', origin: 'https://host.example' }, 201],
    [{ cookie: 'sid=1', origin: 'https://admin.example', 'sec-fetch-site': 'cross-site' }, 201],
    [{ authorization: 'Bearer t', origin: 'https://evil.example' }, 201],
  ])('with %j answers %i to a request that changes something', async (headers, status) => {
    const { call } = setUp({ allowedOrigins: ['https://admin.example'] })
    expect((await call('POST', '/endpoints', draft, headers as Record<string, string>)).status).toBe(status)
    expect((await call('GET', '/endpoints', undefined, headers as Record<string, string>)).status).toBe(200)
  })

  it('pages through everything, each once, newest first', async () => {
    const { pullwright, call } = setUp()
    const emitted: string[] = []
    for (let revision = 0; revision < 7; revision++) {
      emitted.push(
        (await pullwright.as({ project: 'acme' }).emitter.emit('environment.deployed', { ...deployed, revision })).id,
      )
    }
    for (const list of ['events', 'deployments']) {
      const seen: string[] = []
      let cursor = ''
      do {
        const { body } = await call('GET', `/${list}?limit=3&app=support-bot${cursor}`)
        seen.push(...body.data.map(({ id }: { id: string }) => id))
        cursor = body.next_cursor === null ? '' : `&cursor=${body.next_cursor}`
      } while (cursor !== '')
      expect(seen).toEqual([...emitted].reverse())
    }
    expect((await call('GET', '/events?app=other')).body.data).toEqual([])
  })

  it('shows an event whose time was given in another unit, and all beside it', async () => {
    const { pullwright, call } = setUp()
    const occurredAt = new Date(Date.UTC(2026, 0, 1) * 1000)
    await pullwright.as({ project: 'acme' }).emitter.emit('environment.deployed', deployed, { occurredAt })
    await pullwright.as({ project: 'acme' }).emitter.emit('environment.deployed', { ...deployed, revision: 2 })
    for (const path of ['/events', '/deployments']) expect((await call('GET', path)).body.data).toHaveLength(2)
    expect((await call('GET', '/readyz')).status).toBe(200)
  })

  it('shows deliveries with their attempts, retries them, and cancels tasks', async () => {
    const receiver = await startReceiver()
    closing.push(receiver.close)
    receiver.state.status = 400
    const { pullwright, call } = setUp()
    const endpoint = (await call('POST', '/endpoints', { ...draft, url: receiver.url, rate_limit: null })).body
    await pullwright.as({ project: 'acme' }).emitter.emit('environment.deployed', deployed)
    await pullwright.drain()
    const [listed] = (await call('GET', `/deliveries?endpoint=${endpoint.id}&status=dead&status=retrying`)).body.data
    expect(listed).toMatchObject({
      endpoint_id: endpoint.id,
      status: 'dead',
      attempts: 1,
      event_type: 'environment.deployed',
    })
    const shown = (await call('GET', `/deliveries/${listed.id}`)).body
    expect(JSON.parse(shown.body)).toMatchObject({ event: 'environment.deployed', delivery_id: listed.id })
    expect(shown.history).toMatchObject([{ number: 1, outcome: 'dead', details: { response: { status: 400 } } }])
    expect((await call('GET', `/deliveries/${listed.id}/attempts`)).body.data).toEqual(shown.history)
    receiver.state.status = 204
    expect((await call('POST', `/deliveries/${listed.id}/retry`)).body.status).toBe('pending')
    expect((await call('POST', `/tasks/${listed.id}/cancel`)).body.status).toBe('cancelled')
    expect((await call('POST', `/tasks/${listed.id}/cancel`)).body.code).toBe('conflict')
    expect((await call('POST', `/tasks/${listed.id}/retry`)).status).toBe(200)
    await pullwright.drain()
    expect((await call('GET', `/tasks/${listed.id}`)).body).toMatchObject({
      status: 'done',
      kind: 'endpoint',
      handler: null,
    })
    expect((await call('POST', `/endpoints/${endpoint.id}/test`)).body).toMatchObject({ ok: true, status: 204 })
    expect((await call('POST', '/endpoints/test', { url: receiver.url })).body.ok).toBe(true)
    const { data } = (await call('GET', '/audit')).body
    expect(data.map(({ action }: { action: string }) => action)).toEqual([
      ...['endpoint.create', 'delivery.retry', 'task.cancel', 'task.retry'],
    ])
    expect((await call('GET', '/audit?action=delivery.retry')).body.data).toMatchObject([
      { actor: 'jane', target: listed.id },
    ])
  })

  it('exports the audit log as lines that verify, and as CSV', async () => {
    const { call } = setUp()
    await call('POST', '/endpoints', draft)
    const lines = await call('GET', '/audit/export')
    expect(lines.headers.get('content-type')).toMatch('application/jsonl')
    expect(JSON.parse(lines.body)).toMatchObject({ action: 'endpoint.create', sequence: 1 })
    expect((await call('GET', '/audit/export?format=csv')).body).toMatch(/^sequence,time,project/)
    expect((await call('GET', '/audit/verify')).body).toMatchObject({ ok: true, count: 1 })
  })

  it('answers to HEAD what it answers to GET, without a body, and 405 elsewhere', async () => {
    const { call } = setUp()
    const head = await call('HEAD', '/endpoints')
    expect([head.status, head.headers.get('content-type')?.startsWith('application/json')]).toEqual([200, true])
    const put = await call('PUT', '/endpoints')
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST'])
  })

  it('tells nobody why it failed, and the log everything', async () => {
    const { call, store, logger } = setUp()
    await call('GET', '/events')
    store.query.events = async () => Promise.reject(new Error('relation "events" does not exist'))
    const { status, body } = await call('GET', '/events')
    expect([status, body.code]).toEqual([500, 'failed'])
    expect(JSON.stringify(body)).not.toMatch('relation')
    expect(JSON.stringify(logger.lines)).toMatch('relation')
  })
})
