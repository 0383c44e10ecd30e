import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import {
  Agent,
  createServer,
  request as forward,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Pullwright, signWebhook } from '@pullwright/core'
import fastify from 'fastify'
import { Hono } from 'hono'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { BASE, createHost, HOOKS, LIMIT, SECRET, TOKEN } from './test-host.ts'

const root = resolve(import.meta.dirname, '..')
/** Where the files that the pages show are written to, and find what they import. */
const folder = mkdtempSync(join(tmpdir(), 'pullwright-mounts-'))
const files = ['mounts.md', 'receive-webhooks.md'].flatMap((page) =>
  [...readFileSync(join(root, 'docs', page), 'utf8').matchAll(/^```ts file=(\S+)\n(.*?)^```/gms)].map(
    ([, name = '', code = '']) => [name, code] as const,
  ),
)
const closers: (() => unknown)[] = []

beforeAll(() => {
  process.env.ADMIN_TOKEN = TOKEN
  mkdirSync(join(folder, 'node_modules'))
  for (const name of ['fastify', 'hono', '@pullwright', '@types']) {
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  symlinkSync(join(root, 'packages/core/node_modules/zod'), join(folder, 'node_modules/zod'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const host = JSON.stringify(join(root, 'docs/test-host.ts'))
  writeFileSync(
    join(folder, 'pullwright.ts'),
    `import { createHost } from ${host}\nexport const pullwright = createHost()\n`,
  )
  for (const [name, code] of files) writeFileSync(join(folder, name), code)
})
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})
afterAll(() => {
  delete process.env.ADMIN_TOKEN
  rmSync(folder, { recursive: true, force: true })
})

const shown = (name: string) => import(join(folder, name))

/** Each answers the origin at which it listens, and what it serves. */
const MOUNTS: Record<string, () => Promise<[origin: string, pullwright: Pullwright]>> = {
  async fastify() {
    const pullwright = createHost()
    const [{ pullwrightFastify }, { authorize }] = [await shown('fastify.ts'), await shown('authorize.ts')]
    const app = fastify()
    app.post('/own', async ({ body }) => body)
    await app.register(pullwrightFastify(pullwright, { basePath: BASE, authorize, ...HOOKS }))
    closers.push(() => app.close())
    return [await app.listen({ port: 0, host: '127.0.0.1' }), pullwright]
  },
  async hono() {
    const pullwright = createHost()
    const [{ pullwrightHono }, { authorize }] = [await shown('hono.ts'), await shown('authorize.ts')]
    const app = new Hono()
    app.route(BASE, pullwrightHono(pullwright, { basePath: BASE, authorize, ...HOOKS }))
    app.post('/own', async (context) => context.json(await context.req.json()))
    return [await serve(async (request) => app.fetch(request)), pullwright]
  },
  async 'Next.js'() {
    const [route, { pullwright }] = [await shown('route.ts'), await shown('pullwright.ts')]
    return [
      await serve(async (request) => {
        const { pathname } = new URL(request.url)
        if (pathname === '/own') return new Response(await request.text())
        // As Next.js finds it: by folder and by method.
        return pathname.startsWith(`${BASE}/`) ? route[request.method](request) : new Response(null, { status: 404 })
      }),
      pullwright,
    ]
  },
  async 'node:http'() {
    const pullwright = createHost()
    const [{ pullwrightServer }, { authorize }] = [await shown('node-http.ts'), await shown('authorize.ts')]
    return [await listen(pullwrightServer(pullwright, { basePath: BASE, authorize, ...HOOKS })), pullwright]
  },
}

describe.each(Object.entries(MOUNTS))('%s', (name, mount) => {
  it('receives signed bytes as they are, once, also behind a proxy and larger than frameworks like', async () => {
    const [origin, pullwright] = await mount()
    closers.push(() => pullwright.stop())
    for (const address of [origin, await proxyTo(origin)]) {
      const id = address === origin ? 'direct' : 'proxied'
      const body = ` { "app_name" : "b\\u00f6t ünïcode",\r\n "variant_name":"${id}" } `
      expect(await send(address, body)).toEqual([202, 'recorded'])
      expect(await send(address, body)).toEqual([200, 'duplicate'])
      expect(await send(address, body, { sent: body.trim() })).toEqual([401, 401])
      expect(await send(address, JSON.stringify({ ...small, note: 'x'.repeat(2 * 1024 * 1024) }))).toEqual(
        address === origin ? [202, 'recorded'] : [200, 'duplicate'],
      )
      expect(await send(address, JSON.stringify({ ...small, note: 'x'.repeat(LIMIT) }))).toEqual([413, 413])
    }
    const events = await pullwright.events.list()
    expect(events.map(({ data }) => data)).toContainEqual({ app_name: 'böt ünïcode', variant_name: 'proxied' })
    expect(events).toHaveLength(3)
  })

  it('serves the admin API below its base path, for whom the host lets in', async () => {
    const [origin, pullwright] = await mount()
    closers.push(() => pullwright.stop())
    const address = await proxyTo(origin)
    const api = `${address}${BASE}/api/v1`
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    expect((await fetch(`${api}/endpoints`)).status).toBe(401)
    const draft = JSON.stringify({ url: 'https://hooks.example.com/', events: ['*'] })
    const made = await fetch(`${api}/endpoints`, { method: 'POST', headers, body: draft })
    expect(made.status).toBe(201)
    const { id } = (await made.json()) as { id: string }
    const etag = made.headers.get('etag') ?? ''
    const change = { method: 'PATCH', headers: { ...headers, 'if-match': etag }, body: '{"name":"CI"}' }
    expect((await fetch(`${api}/endpoints/${id}`, change)).status).toBe(200)
    const list = await fetch(`${api}/endpoints?limit=1`, { headers })
    expect(await list.json()).toMatchObject({ data: [{ id, name: 'CI' }] })
    const { authorization } = headers
    const gone = await fetch(`${api}/endpoints/${id}`, { method: 'DELETE', headers: { authorization } })
    expect(gone.status).toBe(204)
    expect((await fetch(`${address}${BASE}/healthz`)).status).toBe(200)
    expect((await fetch(`${address}/api/v1/endpoints`, { headers })).status).toBe(404)
  })

  it.skipIf(name === 'node:http')('leaves the rest of the app its parsers', async () => {
    const [origin, pullwright] = await mount()
    closers.push(() => pullwright.stop())
    const own = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' }
    expect(await (await fetch(`${origin}/own`, own)).json()).toEqual({ a: 1 })
  })

  it.skipIf(name === 'Next.js')('knows the sender that the proxy names', async () => {
    const [origin, pullwright] = await mount()
    closers.push(() => pullwright.stop())
    const body = JSON.stringify(small)
    expect(await send(origin, body, { headers: { 'x-real-ip': '203.0.113.9' } })).toEqual([403, 403])
    expect(await send(origin, body, { headers: { 'x-real-ip': '192.0.2.7' } })).toEqual([202, 'recorded'])
  })
})

describe('Fastify', () => {
  it('closes as soon as a caller has sent the rest of what was refused', async () => {
    const { pullwrightFastify } = await shown('fastify.ts')
    const [app, agent, pullwright] = [fastify(), new Agent({ keepAlive: true }), createHost()]
    closers.push(() => [agent.destroy(), app.close(), pullwright.stop()])
    await app.register(pullwrightFastify(pullwright, { basePath: BASE }))
    const origin = await app.listen({ port: 0, host: '127.0.0.1' })
    const headers = { 'content-length': LIMIT + 1 }
    const caller = forward(`${origin}${BASE}/hooks/notes`, { method: 'POST', headers, agent })
    caller.write('x')
    const answer = await new Promise<IncomingMessage>((resolve) => caller.once('response', resolve))
    await once(answer.resume(), 'end')
    const closed = app.close()
    await vi.waitFor(() => expect(app.server.listening).toBe(false))
    caller.end('x'.repeat(LIMIT))
    await closed
    expect(answer.statusCode).toBe(413)
  })
})

describe('a host whose parser comes first', () => {
  it('on Fastify is told the line to add, which then works', async () => {
    const code = readFileSync(join(folder, 'fastify.ts'), 'utf8')
    const parsed = code.replace(/.*(removeAll|add)ContentTypeParser.*\n/g, '')
    const mounted = async (name: string, source: string) => {
      writeFileSync(join(folder, name), source)
      const pullwright = createHost()
      const app = fastify()
      await app.register((await shown(name)).pullwrightFastify(pullwright, { basePath: BASE }))
      closers.push(() => [app.close(), pullwright.stop()])
      return app.listen({ port: 0, host: '127.0.0.1' })
    }
    const detail = await adviceOf(await mounted('fastify-parsed.ts', parsed))
    for (const line of code.match(/app\.(removeAll|add)ContentTypeParser.*/g) ?? []) expect(detail).toContain(line)
    const keeps = /`(app\.addContentTypeParser\('application.*?)`/.exec(detail)?.[1] ?? ''
    const kept = parsed.replace('return async (app) => {', `$&\n${keeps}`)
    expect(await send(await mounted('fastify-kept.ts', kept), ' {"app_name":"bot","variant_name":"kept"} ')).toEqual([
      ...[202, 'recorded'],
    ])
  })

  it('on Next.js is told to hand the request on first', async () => {
    const code = readFileSync(join(folder, 'route.ts'), 'utf8')
    const reads = 'export const POST = async (request: Request) => { await request.json(); return handle(request) }'
    const parsed = code.replace('export const POST = GET', reads)
    expect(parsed).not.toBe(code)
    writeFileSync(join(folder, 'parsed-route.ts'), parsed)
    const { POST } = await shown('parsed-route.ts')
    const detail = await adviceOf(await serve(POST))
    expect(detail).toContain('before `await request.json()` (in Next.js: `export const POST = ')
  })

  async function adviceOf(origin: string): Promise<string> {
    const body = JSON.stringify(small)
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(`${origin}${BASE}/hooks/notes`, { method: 'POST', body, headers })
    expect(response.status).toBe(500)
    return ((await response.json()) as { detail: string }).detail
  }
})

describe('a source of one’s own', () => {
  it('records what the page says, by either of two secrets', async () => {
    const [old, fresh] = [1, 2].map((byte) => Buffer.alloc(24, byte).toString('base64'))
    Object.assign(process.env, { BILLING_SECRET: fresh, BILLING_SECRET_BEFORE: old })
    const { pullwright } = (await shown('billing.ts')) as { pullwright: Pullwright }
    closers.push(() => pullwright.stop())
    delete process.env.BILLING_SECRET
    delete process.env.BILLING_SECRET_BEFORE
    const bill = async (type: string, id: string, secret = '') => {
      const body = JSON.stringify({ type, data: { id } })
      const headers = signWebhook('standard', { secrets: secret, id: `msg_${id}`, timestamp: new Date(), body })
      const request = new Request('http://127.0.0.1/hooks/billing', { method: 'POST', headers, body })
      return (await pullwright.handler(request)).status
    }
    expect(await bill('invoice.paid', 'in_1', old)).toBe(202)
    expect(await bill('invoice.paid', 'in_2', fresh)).toBe(202)
    expect(await bill('invoice.made', 'in_3', fresh)).toBe(200)
    const events = await pullwright.events.list()
    expect(events.map(({ data }) => data)).toEqual([{ invoice: 'in_2' }, { invoice: 'in_1' }])
  })

  it('written by hand, believes its own signature and no other', async () => {
    const { createHmac } = await import('node:crypto')
    const { legacy } = await shown('legacy.ts')
    const body = Buffer.from('{}')
    const signature = (secret: string) => createHmac('sha1', secret).update(body).digest('base64')
    const verify = (given: string) => legacy(SECRET).verify({ headers: { 'x-legacy-signature': given }, body })
    expect(verify(signature(SECRET))).toEqual({ ok: true })
    expect([verify(signature('another')).ok, verify('').ok]).toEqual([false, false])
  })
})

const small = { app_name: 'bot', variant_name: 'small' }

interface Send {
  /** Other bytes than those that were signed. */
  sent?: string
  headers?: Record<string, string>
}

async function send(origin: string, body: string, { sent = body, headers = {} }: Send = {}) {
  const signed = signWebhook('github', { secrets: SECRET, id: 'd', timestamp: 0, body })
  const id = { 'x-github-delivery': `${body.length}-${body.slice(-12).trim().replace(/\W/g, '')}` }
  const type = { 'content-type': 'application/json' }
  const response = await fetch(`${origin}${BASE}/hooks/notes`, {
    ...{ method: 'POST', body: sent, headers: { ...type, ...headers, ...signed, ...id } },
  })
  return [response.status, ((await response.json()) as { status: unknown }).status]
}

/** A server as frameworks of standard requests bring one. */
function serve(handle: (request: Request) => Promise<Response>): Promise<string> {
  const listener: RequestListener = async (req, res) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of req) chunks.push(chunk)
    const method = req.method ?? 'GET'
    const body = method === 'GET' || method === 'HEAD' ? null : Buffer.concat(chunks)
    const headers = new Headers(Object.entries(req.headers).map(([name, value]) => [name, String(value)]))
    const response = await handle(new Request(`http://${req.headers.host}${req.url}`, { method, headers, body }))
    res.writeHead(response.status, Object.fromEntries(response.headers))
    res.end(Buffer.from(await response.arrayBuffer()))
  }
  return listen(createServer(listener))
}

/** As nginx does: its own connection, the caller's host, the caller's address in a header. */
function proxyTo(origin: string): Promise<string> {
  return listen(
    createServer((req, res) => {
      const headers = { ...req.headers, 'x-real-ip': '192.0.2.20', 'x-forwarded-proto': 'https' }
      const passed = forward(`${origin}${req.url}`, { method: req.method ?? 'GET', headers }, (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(res)
      })
      passed.on('error', () => res.destroy())
      // Once it is answered, a request says no more that its caller has left; the socket does.
      req.socket.once('close', () => passed.destroy())
      req.pipe(passed)
    }),
  )
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    server.close()
    server.closeAllConnections()
    await once(server, 'close')
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
