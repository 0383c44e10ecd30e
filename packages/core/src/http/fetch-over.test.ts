import { afterEach, expect, test } from 'vitest'
import { type Sink, startSink } from './test-sink.ts'
import { createTransport } from './transport.ts'
import { transportFailure } from './transport-error.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})

async function start(...args: Parameters<typeof startSink>): Promise<Sink & { fetch: typeof fetch }> {
  const sink = await startSink(...args)
  const transport = createTransport()
  open.push(transport, sink)
  return { ...sink, fetch: transport.fetch }
}

test('answers a real Response with url, status, headers and a body to read', async () => {
  const { url, fetch } = await start((_request, response) =>
    response.writeHead(201, { 'content-type': 'application/json', 'x-a': 'b' }).end('{"n":1}'),
  )
  const response = await fetch(`${url}/path?q=1`)
  expect(response).toBeInstanceOf(Response)
  expect(response.ok).toBe(true)
  expect(response.url).toBe(`${url}/path?q=1`)
  expect(response.status).toBe(201)
  expect(response.headers.get('X-A')).toBe('b')
  expect(await response.json()).toEqual({ n: 1 })
})

test.each([
  ['a string', 'a=1', 'a=1', 'text/plain;charset=UTF-8'],
  ['bytes', new TextEncoder().encode('a=1'), 'a=1', undefined],
  ['a buffer', new TextEncoder().encode('a=1').buffer, 'a=1', undefined],
  ['a view into a buffer', new TextEncoder().encode('xa=1x').subarray(1, 4), 'a=1', undefined],
  ['parameters', new URLSearchParams({ a: '1' }), 'a=1', 'application/x-www-form-urlencoded;charset=UTF-8'],
  ['a blob', new Blob(['a=1'], { type: 'text/csv' }), 'a=1', 'text/csv'],
])('sends %s', async (_name, body, expected, type) => {
  const { url, fetch, received } = await start()
  await fetch(url, { method: 'POST', body })
  expect(received[0]?.body).toBe(expected)
  expect(received[0]?.headers['content-type']).toBe(type)
})

test('sends a form with its boundary', async () => {
  const { url, fetch, received } = await start()
  const form = new FormData()
  form.set('message', 'hello')
  form.set('/a.json', new Blob(['{}']), 'a.json')
  await fetch(url, { method: 'POST', body: form })
  const boundary = /boundary=(.+)$/.exec(received[0]?.headers['content-type'] ?? '')?.[1]
  expect(boundary).toBeTruthy()
  expect(received[0]?.body).toContain(`--${boundary}`)
  expect(received[0]?.body).toContain('name="message"\r\n\r\nhello')
})

test.each([
  ['a record', { 'X-A': 'b', authorization: 'token' }],
  [
    'pairs',
    [
      ['X-A', 'b'],
      ['authorization', 'token'],
    ] satisfies [string, string][],
  ],
  ['Headers', new Headers({ 'X-A': 'b', authorization: 'token' })],
])('takes headers as %s', async (_name, headers) => {
  const { url, fetch, received } = await start()
  await fetch(new URL(url), { headers })
  expect(received[0]?.headers).toMatchObject({ 'x-a': 'b', authorization: 'token' })
})

test('takes a Request, and lets init win over it', async () => {
  const { url, fetch, received } = await start()
  await fetch(new Request(`${url}/r`, { method: 'POST', body: 'of the request', headers: { 'x-a': '1' } }))
  await fetch(new Request(`${url}/r`, { method: 'POST', body: 'of the request' }), { method: 'PUT', body: 'of init' })
  expect(received[0]).toMatchObject({ method: 'POST', path: '/r', body: 'of the request' })
  expect(received[1]).toMatchObject({ method: 'PUT', body: 'of init' })
})

test('leaves out headers that only the transport may set', async () => {
  const { url, fetch, received } = await start()
  await fetch(url, {
    method: 'POST',
    body: 'abc',
    headers: { 'content-length': '99', host: 'other', connection: 'close' },
  })
  expect(received[0]?.headers['content-length']).toBe('3')
  expect(received[0]?.headers.host).toMatch(/^127\.0\.0\.1:/)
})

test.each([204, 205, 304])('a %i has no body', async (status) => {
  const { url, fetch } = await start((_request, response) => response.writeHead(status).end())
  const response = await fetch(url)
  expect(response.status).toBe(status)
  expect(response.body).toBeNull()
})

test('a redirect is answered and an error status is no error', async () => {
  const { url, fetch, received } = await start((request, response) =>
    request.path === '/a' ? response.writeHead(302, { location: '/b' }).end() : response.writeHead(555).end('odd'),
  )
  expect((await fetch(`${url}/a`)).status).toBe(302)
  expect((await fetch(`${url}/c`)).status).toBe(555)
  expect(received).toHaveLength(2)
})

test('an abort rejects with the transport error', async () => {
  const { url, fetch } = await start(() => {})
  const controller = new AbortController()
  const running = fetch(url, { signal: controller.signal }).catch((error: unknown) => error)
  controller.abort()
  expect(transportFailure(await running)?.reason).toBe('aborted')
})
