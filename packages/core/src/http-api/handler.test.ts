import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { jsonResponse } from '../inbound/answers.ts'
import type { BodySource } from '../inbound/read-body.ts'
import { memoryStore } from '../memory/memory-store.ts'
import { createPullwright } from '../pullwright.ts'
import { createPullwrightHandler, type PullwrightHandlerOptions } from './handler.ts'
import type { PullwrightHttp, ReadyReport, ServedRoute } from './http-port.ts'

const { admin } = createPullwright({ store: memoryStore() }).http
const READY: ReadyReport = { ready: true, store: { name: 'memory', reachable: true }, backlog: [] }

function setUp(options: PullwrightHandlerOptions = {}, parts: Partial<PullwrightHttp> = {}) {
  const received: { source: string; request: BodySource }[] = []
  const logged: string[] = []
  const log = (_fields: object, message: string) => void logged.push(message)
  const http: PullwrightHttp = {
    receive: async (source, request) => {
      received.push({ source, request })
      return jsonResponse(202, { id: 'evt_1' })
    },
    health: async () => ({ status: 'ok' }),
    ready: async () => READY,
    routes: [],
    log: { debug: log, info: log, warn: log, error: log },
    now: () => 0,
    admin,
    ...parts,
  }
  const handler = createPullwrightHandler({ http }, options)
  const call = (method: string, path: string, native?: unknown) =>
    handler(new Request(`https://host.example${path}`, { method }), native)
  return { handler, call, received, logged }
}

const route = (parts: Partial<ServedRoute> = {}): ServedRoute => ({
  method: 'GET',
  path: '/callback',
  access: 'public',
  handle: async (_request, caller) => Response.json({ subject: caller?.subject ?? null }),
  ...parts,
})

describe('createPullwrightHandler', () => {
  it.each(['/hooks/agenta', '/hooks/agenta/', '/any/prefix/hooks/agenta', '/hooks/agenta?x=1'])(
    'finds the hook at %s when it was not told where it is mounted',
    async (path) => {
      const { call, received } = setUp()
      expect((await call('POST', path)).status).toBe(202)
      expect(received[0]?.source).toBe('agenta')
    },
  )

  it.each([
    ['/pullwright', '/pullwright/hooks/agenta', 202],
    ['pullwright/', '/pullwright/hooks/agenta', 202],
    ['/pullwright', '/hooks/agenta', 404],
    ['/pullwright', '/pullwright/more/hooks/agenta', 404],
    ['/pullwright', '/pullwrighter/hooks/agenta', 404],
    ['', '/hooks/agenta', 202],
    ['/', '/prefix/hooks/agenta', 404],
  ])('with base path %j, %s answers %i', async (basePath, path, status) => {
    const { call } = setUp({ basePath })
    expect((await call('POST', path)).status).toBe(status)
  })

  it('answers 404 with problem details elsewhere', async () => {
    const { call, handler } = setUp()
    for (const path of ['/', '/hooks', '/hooks/a/b', '/api/v1/elsewhere']) {
      const response = await call('GET', path)
      expect(response.status).toBe(404)
      expect(response.headers.get('content-type')).toMatch('application/problem+json')
      expect(handler.matches(path)).toBe(false)
    }
    expect(handler.matches('/hooks/agenta')).toBe(true)
  })

  it('answers 405 and says what is allowed', async () => {
    const { call } = setUp()
    const hook = await call('GET', '/hooks/agenta')
    expect([hook.status, hook.headers.get('allow')]).toEqual([405, 'POST'])
    const health = await call('POST', '/healthz')
    expect([health.status, health.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  it('says that it lives, to HEAD without a body', async () => {
    const { call } = setUp()
    expect(await (await call('GET', '/healthz')).json()).toEqual({ status: 'ok' })
    const head = await call('HEAD', '/healthz')
    expect([head.status, await head.text()]).toEqual([200, ''])
  })

  it('shows work that nobody here owns, and stays ready', async () => {
    const backlog = [
      { target: 'deployments/publish', status: 'pending' as const, count: 3, oldestDueAt: 0, owned: false },
      { target: 'calendar/wait', status: 'waiting' as const, count: 1, oldestDueAt: 1e300, owned: true },
    ]
    const { call } = setUp({}, { ready: async () => ({ ...READY, backlog }) })
    const response = await call('GET', '/readyz')
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({
      status: 'ready',
      backlog: [
        { target: 'deployments/publish', count: 3, owned: false, oldest_due_at: '1970-01-01T00:00:00.000Z' },
        { target: 'calendar/wait', oldest_due_at: '9999-12-31T23:59:59.999Z' },
      ],
    })
  })

  it('is not ready without its store', async () => {
    const down = { ready: false, store: { name: 'memory', reachable: false }, backlog: [] }
    const { call } = setUp({}, { ready: async () => down })
    expect((await call('GET', '/readyz')).status).toBe(503)
  })

  it('sets the security headers on every answer, also on those of plugins', async () => {
    const { call } = setUp(
      {},
      { routes: [route({ handle: async () => Response.redirect('https://forge.example/', 302) })] },
    )
    for (const [method, path] of [
      ['GET', '/healthz'],
      ['GET', '/nowhere'],
      ['GET', '/callback'],
    ] as const) {
      const { headers } = await call(method, path)
      expect([headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual(['no-store', 'nosniff'])
    }
  })

  it('keeps what a plugin says about caching', async () => {
    const handle = async () => new Response('x', { headers: { 'cache-control': 'max-age=60' } })
    const { call } = setUp({}, { routes: [route({ handle })] })
    expect((await call('GET', '/callback')).headers.get('cache-control')).toBe('max-age=60')
  })

  it('opens public routes to anybody and keeps the others shut without authorize', async () => {
    const { call } = setUp({}, { routes: [route(), route({ path: '/private', access: 'view' })] })
    expect(await (await call('GET', '/callback')).json()).toEqual({ subject: null })
    const shut = await call('GET', '/private')
    expect(shut.status).toBe(403)
    expect(await shut.text()).toMatch('authorize')
  })

  it('asks authorize, with the request of the framework, and checks the capability', async () => {
    const routes = [route({ path: '/private', access: 'manage' })]
    const authorize = (_request: Request, native: unknown) =>
      native === 'stranger'
        ? null
        : { subject: String(native), project: 'p', capabilities: native === 'boss' ? (['manage'] as const) : [] }
    const { call } = setUp({ authorize }, { routes })
    expect((await call('GET', '/private', 'stranger')).status).toBe(401)
    expect((await call('GET', '/private', 'guest')).status).toBe(403)
    expect(await (await call('GET', '/private', 'boss')).json()).toEqual({ subject: 'boss' })
  })

  it('answers 500 and logs when a route breaks', async () => {
    const handle = async () => Promise.reject(new Error('internal matter'))
    const { call, logged } = setUp({}, { routes: [route({ handle })] })
    const response = await call('GET', '/callback')
    expect(response.status).toBe(500)
    expect(await response.text()).not.toMatch('internal matter')
    expect(logged).toEqual(['A route failed'])
  })

  it('receives the bytes a body parser kept', async () => {
    const { handler, received } = setUp()
    const request = () => new Request('https://host.example/hooks/agenta', { method: 'POST', body: '{}' })
    await handler(request(), { rawBody: Buffer.from('kept') })
    await handler(request(), { rawBody: 'kept' })
    await handler(request(), { body: {} })
    expect(received.slice(0, 2).map(({ request }) => new TextDecoder().decode(request.body as Uint8Array))).toEqual([
      'kept',
      'kept',
    ])
    expect(received[2]?.request).toBeInstanceOf(Request)
  })

  it('does not stumble over broken escapes', async () => {
    const { call, received } = setUp()
    expect((await call('POST', '/hooks/%E0%A4%A')).status).toBe(202)
    expect(received[0]?.source).toBe('%E0%A4%A')
  })

  it('answers any path whatever, and never rejects', async () => {
    const { handler } = setUp()
    await fc.assert(
      fc.asyncProperty(fc.webPath(), fc.constantFrom('GET', 'POST', 'DELETE', 'OPTIONS'), async (path, method) => {
        const response = await handler(new Request(`https://host.example${path}`, { method }))
        expect([200, 202, 404, 405]).toContain(response.status)
      }),
    )
  })
})
