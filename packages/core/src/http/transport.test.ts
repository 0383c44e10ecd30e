import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import type { Transport, TransportRequest } from '../ports/transport.ts'
import { createEgressGuard } from './egress-guard.ts'
import { type Sink, startSink, startTcp } from './test-sink.ts'
import { createTransport, type TransportOptions } from './transport.ts'
import { transportFailure } from './transport-error.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})

async function sink(...args: Parameters<typeof startSink>): Promise<Sink> {
  const server = await startSink(...args)
  open.push(server)
  return server
}

async function tcp(...args: Parameters<typeof startTcp>): ReturnType<typeof startTcp> {
  const server = await startTcp(...args)
  open.push(server)
  return server
}

function transport(options: TransportOptions = {}): Transport {
  const made = createTransport(options)
  open.unshift(made)
  return made
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('expected a failure')
}

async function reasonOf(promise: Promise<unknown>): Promise<string | undefined> {
  return transportFailure(await failureOf(promise))?.reason
}

const text = (body: Uint8Array) => Buffer.from(body).toString()

describe('send', () => {
  test('carries method, path, query, headers and body, and gives back status, headers and body', async () => {
    const { url, received } = await sink((_request, response) => {
      response.writeHead(201, { 'X-One': 'a', 'Set-Cookie': ['b=1', 'c=2'] }).end('made')
    })
    const answer = await transport().send({
      method: 'post',
      url: `${url}/p?q=1`,
      headers: { 'X-Mine': 'yes' },
      body: 'héllo',
    })
    expect(received[0]).toMatchObject({ method: 'POST', path: '/p?q=1', body: 'héllo' })
    expect(received[0]?.headers['x-mine']).toBe('yes')
    expect(received[0]?.headers['content-length']).toBe('6')
    expect(answer).toMatchObject({ status: 201, truncated: false })
    expect(answer.headers).toMatchObject({ 'x-one': 'a', 'set-cookie': 'b=1, c=2' })
    expect(text(answer.body)).toBe('made')
  })

  test('sends bytes as they are', async () => {
    const { url, received } = await sink()
    await transport().send({ method: 'PUT', url, body: new TextEncoder().encode('bytes') })
    expect(received[0]?.body).toBe('bytes')
  })

  test('leaves out headers that are undefined', async () => {
    const { url, received } = await sink()
    const headers = { authorization: undefined, 'accept-encoding': undefined, 'x-one': '' }
    await transport().send({ method: 'GET', url, headers: headers as unknown as Record<string, string> })
    expect(received[0]?.headers).toMatchObject({ 'x-one': '' })
    expect(received[0]?.headers).not.toHaveProperty('authorization')
    expect(received[0]?.headers).not.toHaveProperty('accept-encoding')
  })

  test('keeps the connection for the next request, and says so by null timings', async () => {
    const server = await sink()
    const http = transport()
    const first = await http.send({ method: 'GET', url: server.url })
    // undici takes a connection back in the turn after the answer.
    await new Promise(setImmediate)
    const second = await http.send({ method: 'GET', url: server.url })
    expect(server.connections()).toBe(1)
    expect(first.timings.connect).toBeGreaterThanOrEqual(0)
    expect(first.timings.dns).toBeNull()
    expect(second.timings).toMatchObject({ dns: null, connect: null, tls: null })
    expect(second.timings.firstByte).toBeGreaterThanOrEqual(0)
    expect(second.timings.total).toBeGreaterThanOrEqual(second.timings.firstByte ?? 0)
  })

  test('times the look-up of a name', async () => {
    const server = await sink()
    const guard = createEgressGuard({
      allowHttp: true,
      allow: ['127.0.0.1'],
      lookup: async () => [{ address: '127.0.0.1', family: 4 }],
    })
    const answer = await transport({ guard }).send({ method: 'GET', url: `http://receiver.test:${server.port}/` })
    expect(answer.timings.dns).toBeGreaterThanOrEqual(0)
    expect(server.received[0]?.headers.host).toBe(`receiver.test:${server.port}`)
  })

  test('opens no more connections than it was told', async () => {
    const held: (() => void)[] = []
    const server = await sink((_request, response) => {
      held.push(() => response.end())
      if (held.length === 2) for (const release of held.splice(0)) release()
    })
    const http = transport({ connections: 2 })
    await Promise.all(Array.from({ length: 6 }, () => http.send({ method: 'GET', url: server.url })))
    expect(server.connections()).toBe(2)
  })

  test('answers a redirect instead of following it', async () => {
    const server = await sink((_request, response) => response.writeHead(302, { location: '/elsewhere' }).end())
    const answer = await transport().send({ method: 'POST', url: server.url, body: 'x' })
    expect(answer.status).toBe(302)
    expect(server.received).toHaveLength(1)
  })

  test('refuses a header that would split the request, without repeating its value', async () => {
    const { url } = await sink()
    const error = await failureOf(transport().send({ method: 'GET', url, headers: { 'x-a': 'one\r\nx-b: hunter2' } }))
    expect(isPullwrightError(error) && error.code).toBe('invalid-argument')
    expect(String(error)).not.toContain('hunter2')
  })

  test('refuses what is no absolute http URL', async () => {
    for (const url of ['', '/path', 'ftp://host/', 'file:///etc/passwd', 'http://']) {
      const error = await failureOf(transport().send({ method: 'GET', url }))
      expect(isPullwrightError(error) && error.code).toBe('invalid-argument')
    }
  })
})

describe('limits of the answer', () => {
  const encoded = { gzip: gzipSync, deflate: deflateSync, br: brotliCompressSync } as const

  test.each(Object.entries(encoded))('decodes %s', async (name, compress) => {
    const { url } = await sink((_request, response) =>
      response.writeHead(200, { 'content-encoding': name }).end(compress('hello '.repeat(100))),
    )
    const answer = await transport().send({ method: 'GET', url })
    expect(text(answer.body)).toBe('hello '.repeat(100))
    expect(answer.truncated).toBe(false)
  })

  test('decodes deflate without a header, and several encodings in a row', async () => {
    const raw = await sink((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'deflate' }).end(deflateRawSync('plain')),
    )
    const twice = await sink((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip, br' }).end(brotliCompressSync(gzipSync('plain'))),
    )
    expect(text((await transport().send({ method: 'GET', url: raw.url })).body)).toBe('plain')
    expect(text((await transport().send({ method: 'GET', url: twice.url })).body)).toBe('plain')
  })

  test('cuts a body at the limit and takes a body of exactly the limit whole', async () => {
    const { url } = await sink((_request, response) => response.end('x'.repeat(1000)))
    const http = transport()
    const cut = await http.send({ method: 'GET', url, maxResponseBytes: 999 })
    expect(cut).toMatchObject({ status: 200, truncated: true })
    expect(cut.body).toHaveLength(999)
    const whole = await http.send({ method: 'GET', url, maxResponseBytes: 1000 })
    expect(whole.truncated).toBe(false)
    expect(whole.body).toHaveLength(1000)
  })

  test('stops reading an endless answer', async () => {
    const { url } = await sink((_request, response) => {
      const pour = () => {
        while (!response.destroyed && response.write('y'.repeat(65_536)));
      }
      response.on('drain', pour)
      pour()
    })
    const answer = await transport().send({ method: 'GET', url, maxResponseBytes: 100_000 })
    expect(answer.body).toHaveLength(100_000)
    expect(answer.truncated).toBe(true)
  })

  test.each(Object.entries(encoded))('a %s bomb yields no more than the limit', async (name, compress) => {
    const bomb = compress(Buffer.alloc(64 * 1024 * 1024))
    const { url } = await sink((_request, response) => response.writeHead(200, { 'content-encoding': name }).end(bomb))
    const answer = await transport().send({ method: 'GET', url, maxResponseBytes: 256 * 1024 })
    expect(answer.body).toHaveLength(256 * 1024)
    expect(answer.truncated).toBe(true)
  })

  test('broken compression is an answer all the same, marked as cut', async () => {
    const { url } = await sink((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all'),
    )
    expect(await transport().send({ method: 'GET', url })).toMatchObject({ status: 200, truncated: true })
  })
})

describe('failures', () => {
  const get = (url: string, more: Partial<TransportRequest> = {}): TransportRequest => ({ method: 'GET', url, ...more })

  test('a closed port is refused', async () => {
    const server = await startSink()
    await server.close()
    expect(await reasonOf(transport().send(get(server.url)))).toBe('refused')
  })

  test('a connection cut before the answer is reset', async () => {
    const { port } = await tcp((socket) => socket.once('data', () => socket.resetAndDestroy()))
    expect(await reasonOf(transport().send(get(`http://127.0.0.1:${port}/`)))).toBe('reset')
  })

  test('a connection cut within the answer is reset and names the status', async () => {
    const { port } = await tcp((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart')),
    )
    const failure = transportFailure(await failureOf(transport().send(get(`http://127.0.0.1:${port}/`))))
    expect(failure).toMatchObject({ reason: 'reset', status: 200 })
  })

  test('what is not HTTP is a protocol error', async () => {
    const { port } = await tcp((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.6\r\n')))
    expect(await reasonOf(transport().send(get(`http://127.0.0.1:${port}/`)))).toBe('protocol')
  })

  test('https to a plain server is a tls error, and SNI carries the name', async () => {
    let hello = Buffer.alloc(0)
    const { port } = await tcp((socket) =>
      socket.once('data', (data) => {
        hello = data
        socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      }),
    )
    const guard = createEgressGuard({ allow: ['127.0.0.1'], lookup: async () => [{ address: '127.0.0.1', family: 4 }] })
    expect(await reasonOf(transport({ guard }).send(get(`https://receiver.test:${port}/`)))).toBe('tls')
    expect(hello.includes('receiver.test')).toBe(true)
  })

  test('a name that does not resolve is a dns error', async () => {
    const guard = createEgressGuard({
      lookup: async () => {
        throw Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' })
      },
    })
    expect(await reasonOf(transport({ guard }).send(get('https://nowhere.test/')))).toBe('dns')
    const empty = createEgressGuard({ lookup: async () => [] })
    expect(await reasonOf(transport({ guard: empty }).send(get('https://nowhere.test/')))).toBe('dns')
  })

  test('each time-out has its class', async () => {
    const silent = await tcp(() => {})
    const slow = await sink((_request, response) => {
      response.writeHead(200).write('begun')
    })
    const stuck = createEgressGuard({ lookup: () => new Promise(() => {}) })
    const url = `http://127.0.0.1:${silent.port}/`
    expect(await reasonOf(transport().send(get(url, { timeoutMs: 30 })))).toBe('timeout-total')
    expect(await reasonOf(transport().send(get(url, { firstByteTimeoutMs: 30 })))).toBe('timeout-first-byte')
    const total = transportFailure(
      await failureOf(transport().send(get(slow.url, { timeoutMs: 60, firstByteTimeoutMs: 50 }))),
    )
    expect(total).toMatchObject({ reason: 'timeout-total', status: 200 })
    const connecting = transport({ guard: stuck }).send(get('https://stuck.test/', { connectTimeoutMs: 30 }))
    expect(await reasonOf(connecting)).toBe('timeout-connect')
  })

  test('an aborted request ends at once, before, while queued and while under way', async () => {
    const silent = await tcp(() => {})
    const url = `http://127.0.0.1:${silent.port}/`
    const http = transport({ connections: 1 })
    expect(await reasonOf(http.send(get(url, { signal: AbortSignal.abort() })))).toBe('aborted')
    const running = new AbortController()
    const queued = new AbortController()
    const first = reasonOf(http.send(get(url, { signal: running.signal })))
    const second = reasonOf(http.send(get(url, { signal: queued.signal })))
    queued.abort()
    expect(await second).toBe('aborted')
    running.abort()
    expect(await first).toBe('aborted')
  })

  test('a failed request does not spoil the next one', async () => {
    const server = await sink((_request, response, index) => {
      if (index === 0) response.destroy()
      else response.end('fine')
    })
    const http = transport()
    expect(await reasonOf(http.send(get(server.url)))).toBe('reset')
    expect(text((await http.send(get(server.url))).body)).toBe('fine')
  })

  test('a message names the origin only', async () => {
    const server = await startSink()
    await server.close()
    const url = `http://user:pass-word@127.0.0.1:${server.port}/hook/path-secret?token=query-secret`
    const error = await failureOf(transport().send(get(url)))
    const seen = JSON.stringify([String(error), String((error as Error).cause), (error as Error).stack])
    for (const secret of ['pass-word', 'path-secret', 'query-secret']) expect(seen).not.toContain(secret)
    expect(String(error)).toContain(`http://127.0.0.1:${server.port}`)
  })

  test('closing ends what is under way and refuses what comes later', async () => {
    let arrived = () => {}
    const waiting = new Promise<void>((resolve) => {
      arrived = resolve
    })
    const silent = await tcp((socket) => socket.once('data', () => arrived()))
    const http = createTransport()
    const running = reasonOf(http.send(get(`http://127.0.0.1:${silent.port}/`)))
    await waiting
    await http.close()
    expect(await running).toBe('aborted')
    const error = await failureOf(http.send(get('http://127.0.0.1/')))
    expect(isPullwrightError(error) && error.code).toBe('stopped')
    await http.close()
  })
})

test('an idle transport lets the process end', async () => {
  const server = await sink((_request, response) => response.end('ok'))
  const file = fileURLToPath(new URL('./transport.ts', import.meta.url))
  const script = `import { createTransport } from ${JSON.stringify(file)}
    const { status } = await createTransport().send({ method: 'GET', url: ${JSON.stringify(server.url)} })
    console.log(status, performance.now())`
  const started = performance.now()
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', script],
    {
      timeout: 20_000,
      cwd: fileURLToPath(new URL('.', import.meta.url)),
    },
  )
  const [status, ready] = stdout.split(' ')
  expect(status).toBe('200')
  // A socket that held the process would do so for undici's keep-alive of 4 s.
  expect(performance.now() - started - Number(ready)).toBeLessThan(3_000)
})
