import { afterEach, describe, expect, it } from 'vitest'
import { createPullwrightHandler, type PullwrightHandlerOptions } from '../src/index.ts'
import { everything, setUpAdmin, USER } from './admin-harness.ts'

const closing: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function setUp(options: PullwrightHandlerOptions = {}) {
  const made = setUpAdmin(options)
  closing.push(() => made.pullwright.stop())
  return made
}

const draft = { url: 'https://hooks.example.com/in', events: ['*'], rate_limit: { per_second: 5 }, timeout_ms: 2_000 }

describe('the admin API, before it does anything', () => {
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
