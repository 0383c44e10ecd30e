import { once } from 'node:events'
import { createServer, request as httpRequest, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { createPullwright, type InboundSource, memoryStore, type Plugin, type PluginRoute } from '@pullwright/core'
import express, { type Express } from 'express'
import express4 from 'express4'
import { afterEach, describe, expect, it } from 'vitest'
import { pullwrightExpress } from '../src/index.ts'

const LIMIT = 64 * 1024
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const closing: (() => Promise<unknown>)[] = []

afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

function setUp(routes: PluginRoute[] = []) {
  const bodies: string[] = []
  const logged: string[] = []
  const source: InboundSource = {
    name: 'probe',
    maxBodyBytes: LIMIT,
    bodyTimeoutMs: 250,
    verify: ({ headers, body }) => {
      bodies.push(Buffer.from(body).toString('utf8'))
      return headers['x-secret'] === 'open' ? { ok: true } : { ok: false, reason: 'no-match' }
    },
    deliveryId: ({ headers }) => headers['x-delivery'] ?? null,
    normalise: ({ json }) => [{ type: 'webhook.test', data: json }],
  }
  const plugin: Plugin = { apiVersion: 1, name: 'probe', sources: [source], routes }
  const pullwright = createPullwright({
    store: memoryStore(),
    plugins: [plugin],
    logger: { ...silent, error: (_fields, message) => void logged.push(message) },
  })
  closing.push(() => pullwright.stop())
  return { pullwright, bodies, logged }
}

async function listen(app: Express): Promise<string> {
  const server: Server = createServer(app)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closing.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const HEADERS = { 'content-type': 'application/json', 'x-secret': 'open' }
const post = (url: string, body: string, headers: Record<string, string> = HEADERS) =>
  fetch(url, { method: 'POST', body, headers })

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('pullwrightExpress on %s', (_version, framework) => {
  it('receives a webhook below its mount point, byte for byte', async () => {
    const { pullwright, bodies } = setUp()
    const app = framework()
    app.use('/deep/pullwright', pullwrightExpress(pullwright))
    const url = await listen(app)
    const body = '{ "message":\t"ü \\u0041" }\n'
    const response = await post(`${url}/deep/pullwright/hooks/probe/`, body)
    expect(response.status).toBe(202)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toMatchObject({ id: expect.stringMatching(/^evt_/), status: 'recorded' })
    expect(bodies).toEqual([body])
  })

  it('answers a delivery it has with the first id', async () => {
    const { pullwright } = setUp()
    const app = framework()
    app.use(pullwrightExpress(pullwright))
    const url = `${await listen(app)}/hooks/probe`
    const headers = { ...HEADERS, 'x-delivery': 'one' }
    const first = (await (await post(url, '{"message":"a"}', headers)).json()) as { id: string }
    const second = await post(url, '{"message":"a"}', headers)
    expect([second.status, await second.json()]).toEqual([200, { id: first.id, status: 'duplicate' }])
  })

  it('refuses what is unsigned, unknown, or asked for in the wrong way', async () => {
    const { pullwright } = setUp()
    const app = framework()
    app.use('/pullwright', pullwrightExpress(pullwright))
    const url = `${await listen(app)}/pullwright`
    expect((await post(`${url}/hooks/probe`, '{}', {})).status).toBe(401)
    expect((await post(`${url}/hooks/other`, '{}')).status).toBe(404)
    expect((await fetch(`${url}/hooks/probe`)).status).toBe(405)
    expect((await post(`${url}/hooks/probe`, 'not json')).status).toBe(400)
  })

  it('reports health, to HEAD as well', async () => {
    const { pullwright } = setUp()
    const app = framework()
    app.use('/pullwright', pullwrightExpress(pullwright))
    const url = await listen(app)
    expect(await (await fetch(`${url}/pullwright/healthz`)).json()).toEqual({ status: 'ok' })
    expect((await fetch(`${url}/pullwright/readyz`)).status).toBe(200)
    expect((await fetch(`${url}/pullwright/healthz`, { method: 'HEAD' })).status).toBe(200)
  })

  it('leaves everything else to the host, with its body', async () => {
    const { pullwright } = setUp()
    const app = framework()
    app.use(pullwrightExpress(pullwright))
    app.use(framework.json())
    app.post('/orders', (req, res) => void res.json({ got: req.body.n }))
    app.post('/shop/hooks/probe', (_req, res) => void res.json({ by: 'host' }))
    const url = await listen(app)
    expect(await (await post(`${url}/orders`, '{"n":1}')).json()).toEqual({ got: 1 })
    expect(await (await post(`${url}/shop/hooks/probe`, '{}')).json()).toEqual({ by: 'host' })
  })

  it('names the line to change when a parser read the body first', async () => {
    const { pullwright, bodies, logged } = setUp()
    const app = framework()
    app.use(framework.json())
    app.use('/pullwright', pullwrightExpress(pullwright))
    const response = await post(`${await listen(app)}/pullwright/hooks/probe`, '{"message":"a"}')
    expect(response.status).toBe(500)
    expect(await response.text()).toMatch('before `app.use(express.json())`')
    expect(logged.join()).toMatch('before `app.use(express.json())`')
    expect(bodies).toEqual([])
  })

  it('uses the bytes a parser kept', async () => {
    const { pullwright, bodies } = setUp()
    const app = framework()
    app.use(framework.json({ verify: (req, _res, bytes) => void Object.assign(req, { rawBody: bytes }) }))
    app.use('/pullwright', pullwrightExpress(pullwright))
    const body = '{"message":   "a"}'
    expect((await post(`${await listen(app)}/pullwright/hooks/probe`, body)).status).toBe(202)
    expect(bodies).toEqual([body])
  })

  it('uses the bytes that express.raw() left in the body', async () => {
    const { pullwright, bodies } = setUp()
    const app = framework()
    app.use(framework.raw({ type: () => true }))
    app.use('/pullwright', pullwrightExpress(pullwright))
    const body = '{"message":   "a"}'
    expect((await post(`${await listen(app)}/pullwright/hooks/probe`, body)).status).toBe(202)
    expect(bodies).toEqual([body])
  })

  it('is found under routers in routers', async () => {
    const { pullwright, bodies } = setUp()
    const app = framework()
    const inner = framework.Router().use('/inner', pullwrightExpress(pullwright))
    app.use('/:tenant', framework.Router().use('/outer', inner))
    const url = `${await listen(app)}/acme/outer/inner`
    expect((await post(`${url}/hooks/probe`, '{"message":"a"}')).status).toBe(202)
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
    expect(bodies).toEqual(['{"message":"a"}'])
  })

  it('keeps hooks to the networks named, by the address of the connection', async () => {
    const { pullwright } = setUp()
    const app = framework()
    app.use('/open', pullwrightExpress(pullwright, { hooks: { allow: ['127.0.0.0/8'] } }))
    app.use('/shut', pullwrightExpress(pullwright, { hooks: { allow: { probe: ['192.0.2.0/24'] } } }))
    const url = await listen(app)
    expect((await post(`${url}/open/hooks/probe`, '{"message":"a"}')).status).toBe(202)
    expect((await post(`${url}/shut/hooks/probe`, '{"message":"a"}')).status).toBe(403)
  })

  it('refuses a body over the limit, declared or not, and the connection lives on', async () => {
    const { pullwright, bodies } = setUp()
    const app = framework()
    app.use('/pullwright', pullwrightExpress(pullwright))
    const url = `${await listen(app)}/pullwright/hooks/probe`
    expect((await post(url, 'x'.repeat(LIMIT + 1))).status).toBe(413)
    const chunked = new ReadableStream({
      start(controller) {
        for (let chunk = 0; chunk < 40; chunk++) controller.enqueue(new Uint8Array(64 * 1024))
        controller.close()
      },
    })
    expect((await fetch(url, { method: 'POST', body: chunked, duplex: 'half', headers: HEADERS })).status).toBe(413)
    expect(bodies).toEqual([])
    expect((await post(url, '{"message":"a"}')).status).toBe(202)
  })

  it('streams what a plugin streams, and stops when the client leaves', async () => {
    const events: string[] = []
    const stream: PluginRoute = {
      method: 'GET',
      path: '/ticks',
      access: 'public',
      handle: async (request) => {
        request.signal.addEventListener('abort', () => events.push('aborted'))
        const body = new ReadableStream({
          start: (controller) => controller.enqueue(new TextEncoder().encode('tick')),
          cancel: () => void events.push('cancelled'),
        })
        return new Response(body, {
          headers: [
            ['set-cookie', 'a=1'],
            ['set-cookie', 'b=2'],
            ['content-type', 'text/plain'],
          ],
        })
      },
    }
    const { pullwright } = setUp([stream])
    const app = framework()
    app.use('/pullwright', pullwrightExpress(pullwright))
    const client = httpRequest(`${await listen(app)}/pullwright/ticks`)
    client.on('error', () => undefined).end()
    const [response] = await once(client, 'response')
    expect(response.headers['set-cookie']).toEqual(['a=1', 'b=2'])
    const [chunk] = await once(response, 'data')
    expect(String(chunk)).toBe('tick')
    client.destroy()
    await expect.poll(() => [...events].sort()).toEqual(['aborted', 'cancelled'])
  })

  it('lets go of a sender whose body does not come', async () => {
    const { pullwright, bodies } = setUp()
    const app = framework()
    app.use('/pullwright', pullwrightExpress(pullwright))
    const url = new URL(await listen(app))
    const socket = connect(Number(url.port), url.hostname)
    socket.write('POST /pullwright/hooks/probe HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{"half":')
    let answer = ''
    for await (const chunk of socket) answer += chunk
    expect(answer).toMatch(/^HTTP\/1.1 408 /)
    expect(bodies).toEqual([])
  })

  it('survives a client that leaves in the middle of its body', async () => {
    const { pullwright, bodies } = setUp()
    const app = framework()
    app.use('/pullwright', pullwrightExpress(pullwright))
    const url = new URL(await listen(app))
    const socket = connect(Number(url.port), url.hostname)
    await once(socket, 'connect')
    socket.write('POST /pullwright/hooks/probe HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n{"half":')
    socket.resume().end()
    await once(socket, 'close')
    expect((await fetch(`${url.origin}/pullwright/healthz`)).status).toBe(200)
    expect(bodies).toEqual([])
  })

  it('takes any request target without falling over', async () => {
    const { pullwright } = setUp()
    const app = framework()
    app.use('/pullwright', pullwrightExpress(pullwright))
    const url = new URL(await listen(app))
    const statusOf = async (method: string, target: string, host = 'h') => {
      const socket = connect(Number(url.port), url.hostname)
      socket.write(`${method} ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
      let answer = ''
      for await (const chunk of socket) answer += chunk
      return Number(answer.slice(9, 12))
    }
    expect(await statusOf('GET', '/pullwright//healthz')).toBe(200)
    expect(await statusOf('GET', '/pullwright/healthz', 'a b:c/@')).toBe(200)
    expect(await statusOf('GET', 'http://proxy.example/pullwright/healthz')).toBe(200)
    expect(await statusOf('GET', '/pullwright//evil.example/x')).toBe(404)
    expect(await statusOf('GET', '/pullwright/%zz')).toBe(404)
    expect(await statusOf('TRACE', '/pullwright/healthz')).toBe(404)
    expect(await statusOf('DELETE', '/pullwright/hooks/probe')).toBe(405)
  })

  it('shows authorize the request of Express', async () => {
    const route: PluginRoute = {
      method: 'POST',
      path: '/private',
      access: 'manage',
      handle: async (request, caller) => Response.json({ who: caller?.subject, body: await request.json() }),
    }
    const { pullwright } = setUp([route])
    const app = framework()
    app.use((req, _res, next) => {
      Object.assign(req, { session: req.headers['x-user'] })
      next()
    })
    const authorize = (_request: Request, native: unknown) => {
      const { session } = native as { session?: string }
      return session === undefined ? null : { subject: session, project: 'default', capabilities: ['manage' as const] }
    }
    app.use('/pullwright', pullwrightExpress(pullwright, { authorize }))
    const url = `${await listen(app)}/pullwright/private`
    expect((await post(url, '{}', {})).status).toBe(401)
    expect(await (await post(url, '{"a":1}', { 'x-user': 'jane' })).json()).toEqual({ who: 'jane', body: { a: 1 } })
  })
})
