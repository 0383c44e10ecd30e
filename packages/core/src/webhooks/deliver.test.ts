import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { createEgressGuard } from '../http/egress-guard.ts'
import { type Received, type Sink, startSink, startTcp } from '../http/test-sink.ts'
import { createTransport } from '../http/transport.ts'
import { memoryStore } from '../memory/memory-store.ts'
import type { EndpointRow, TaskRecord } from '../ports/store.ts'
import { createRedactor } from '../redaction/redactor.ts'
import { createSecretBox, generateKey } from '../secrets/secret-box.ts'
import { generateSecret, verifyWebhook, type WebhookScheme } from '../signing/index.ts'
import type { DeliveryCapture } from './capture.ts'
import { createDeliver, type Delivered } from './deliver.ts'
import type { EndpointDraft } from './endpoint-schema.ts'
import { createEndpoints } from './endpoints.ts'
import { planDelivery } from './plan.ts'
import { anEvent, record, START, stillClock } from './test-records.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const thing of open.splice(0)) await thing.close()
})

async function sink(...args: Parameters<typeof startSink>): Promise<Sink> {
  const server = await startSink(...args)
  open.push(server)
  return server
}

/** Endpoints and the sender on a memory store, as the engine puts them together. */
function world() {
  const store = memoryStore()
  const clock = stillClock()
  const guard = createEgressGuard({ allowHttp: true, allow: ['127.0.0.1'] })
  const transport = createTransport({ guard })
  open.unshift(transport)
  const redactor = createRedactor()
  const parts = { store, clock, guard, transport, redactor, secretBox: createSecretBox(generateKey()), random: () => 0 }
  const endpoints = createEndpoints(parts)
  const deliver = createDeliver(parts)

  const send = async (row: EndpointRow | null, event = anEvent(), signal?: AbortSignal) => {
    const planned = planDelivery(row ?? (await makeRow()), event, 'dlv_1')
    const task = { ...planned, eventType: event.type, attempts: 0 } as TaskRecord
    return deliver({ task, endpoint: row, ...(signal === undefined ? {} : { signal }) })
  }
  const makeRow = async (draft: Partial<EndpointDraft> = {}): Promise<EndpointRow & { secret: string }> => {
    const { id, secret } = await endpoints.create({ url: 'http://127.0.0.1:1/', events: ['*'], ...draft })
    const row = await store.endpoints.get(id)
    if (row === null) throw new Error('not stored')
    return { ...row, secret }
  }
  const to = async (url: string, draft: Partial<EndpointDraft> = {}) => send(await makeRow({ url, ...draft }))
  return { store, clock, endpoints, deliver, send, makeRow, to }
}

const captured = ({ details }: Delivered): DeliveryCapture => {
  if (details === null) throw new Error('nothing was captured')
  return details as DeliveryCapture
}

function verified(scheme: WebhookScheme, secrets: string | string[], { headers, body }: Received): boolean {
  return verifyWebhook(scheme, { secrets, headers, body, now: new Date(START) }).ok
}

describe('what goes out', () => {
  test('is the planned body, signed, with id, time and kind', async () => {
    const { url, received } = await sink()
    const { makeRow, send } = world()
    const row = await makeRow({ url: `${url}/hook?x=1` })
    const { outcome, error } = await send(row)
    expect(outcome).toEqual({ kind: 'done', result: { status: 200 } })
    expect(error).toBeNull()
    const [got] = received
    if (got === undefined) throw new Error('nothing arrived')
    expect(got).toMatchObject({ method: 'POST', path: '/hook?x=1' })
    expect(got.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': 'Pullwright-Webhook/1.0',
      'webhook-id': 'dlv_1',
      'webhook-timestamp': String(START / 1000),
    })
    expect(JSON.parse(got.body)).toMatchObject({ event: 'environment.deployed', delivery_id: 'dlv_1' })
    expect(verified('standard', row.secret, got)).toBe(true)
    expect(verified('standard', row.secret, { ...got, body: `${got.body} ` })).toBe(false)
  })

  test('carries several schemes at once', async () => {
    const { url, received } = await sink()
    const { makeRow, send } = world()
    const row = await makeRow({ url, scheme: ['standard', 'agenta'] })
    await send(row)
    const [got] = received
    if (got === undefined) throw new Error('nothing arrived')
    expect(got.headers).toMatchObject({
      'x-agenta-event': 'environment.deployed',
      'x-agenta-event-type': 'environment.deployed',
      'x-agenta-delivery-id': 'dlv_1',
      'idempotency-key': 'dlv_1',
    })
    expect(verified('standard', row.secret, got)).toBe(true)
    expect(verified('agenta', row.secret, got)).toBe(true)
  })

  test.each(['agentaSha256', 'github', 'bitbucket', 'jira', 'gitlab'] as const)('verifies as %s', async (scheme) => {
    const { url, received } = await sink()
    const { makeRow, send } = world()
    const row = await makeRow({ url, scheme })
    await send(row)
    expect(received[0] && verified(scheme, row.secret, received[0])).toBe(true)
  })

  test('carries the secret itself where the receiver wants that, and hides it in the capture', async () => {
    const { url, received } = await sink((_request, response) => response.end(`you sent plain-secret-123`))
    const { to } = world()
    const result = await to(url, { scheme: 'authorization', secret: 'plain-secret-123' })
    expect(received[0]?.headers.authorization).toBe('plain-secret-123')
    expect(JSON.stringify(result)).not.toContain('plain-secret-123')
  })

  test('carries own headers, which are hidden in the capture and when the receiver repeats them', async () => {
    const { url, received } = await sink((request, response) =>
      response.writeHead(200, { 'x-echo': String(request.headers['x-team']) }).end(JSON.stringify(request.headers)),
    )
    const { to } = world()
    const result = await to(url, { headers: { 'X-Team': 'prompt-hunters' } })
    expect(received[0]?.headers['x-team']).toBe('prompt-hunters')
    expect(JSON.stringify(result)).not.toContain('prompt-hunters')
    expect(captured(result).request.headers['x-team']).toBe('[REDACTED]')
    expect(captured(result).request.headers['webhook-id']).toBe('dlv_1')
  })

  test('is signed by the old and the new secret during a rotation, then by the new one alone', async () => {
    const { url, received } = await sink()
    const { endpoints, store, makeRow, send, clock } = world()
    const old = await makeRow({ url })
    const { secret: fresh } = await endpoints.rotateSecret(old.id, { overlapSeconds: 100 })
    await send(await store.endpoints.get(old.id))
    clock.at += 100_000
    await send(await store.endpoints.get(old.id))
    const [during, after] = received
    if (during === undefined || after === undefined) throw new Error('nothing arrived')
    expect(verified('standard', old.secret, during)).toBe(true)
    expect(verified('standard', fresh, during)).toBe(true)
    const now = new Date(clock.at)
    expect(verifyWebhook('standard', { secrets: fresh, headers: after.headers, body: after.body, now }).ok).toBe(true)
    expect(verifyWebhook('standard', { secrets: old.secret, headers: after.headers, body: after.body, now }).ok).toBe(
      false,
    )
  })
})

describe('what the answer means', () => {
  const answers: [number, Record<string, string>, object][] = [
    [200, {}, { kind: 'done' }],
    [204, {}, { kind: 'done' }],
    [301, { location: 'http://127.0.0.1/' }, { kind: 'dead', reason: 'HTTP 301: redirects are not followed' }],
    [304, {}, { kind: 'dead' }],
    [400, {}, { kind: 'dead', reason: 'HTTP 400: final' }],
    [404, {}, { kind: 'dead' }],
    [408, {}, { kind: 'retry', reason: 'HTTP 408' }],
    [409, {}, { kind: 'retry' }],
    [425, {}, { kind: 'retry' }],
    [429, { 'retry-after': '120' }, { kind: 'retry', afterMs: 120_000 }],
    [429, { 'retry-after': new Date(START + 60_000).toUTCString() }, { kind: 'retry', afterMs: 60_000 }],
    [429, { 'retry-after': '999999999' }, { kind: 'retry', afterMs: 86_400_000 }],
    [500, {}, { kind: 'retry', reason: 'HTTP 500' }],
    [503, { 'retry-after': 'soon' }, { kind: 'retry', reason: 'HTTP 503' }],
  ]

  test.each(answers)('%i with %o', async (status, headers, expected) => {
    const { url, received } = await sink((_request, response) => response.writeHead(status, headers).end())
    const { outcome } = await world().to(url)
    expect(outcome).toMatchObject(expected)
    if (!('afterMs' in expected)) expect(outcome).not.toHaveProperty('afterMs')
    expect(received).toHaveLength(1)
  })

  test('an endpoint may ask for other statuses to be tried again', async () => {
    const { url } = await sink((_request, response) => response.writeHead(404).end())
    expect((await world().to(url, { retryOn: [404] })).outcome).toMatchObject({ kind: 'retry', reason: 'HTTP 404' })
  })

  test('410 is dead and disables the endpoint', async () => {
    const { url } = await sink((_request, response) => response.writeHead(410).end())
    const { makeRow, send, store, endpoints } = world()
    const { id, ...row } = await makeRow({ url })
    const { outcome, events } = await send({ ...row, id })
    expect(outcome.kind).toBe('dead')
    expect(await endpoints.get(id)).toMatchObject({ enabled: false, disabledReason: 'The receiver answered 410 Gone' })
    expect(events).toMatchObject([{ type: 'endpoint.disabled', data: { endpoint_id: id } }])
    const again = await send(await store.endpoints.get(id))
    expect(again.outcome).toMatchObject({ kind: 'wait' })
  })

  test('a refused, reset or hanging receiver is tried again, with the class of the failure', async () => {
    const closed = await startSink()
    await closed.close()
    const refused = await world().to(closed.url)
    expect(refused.outcome.kind).toBe('retry')
    expect(captured(refused)).toMatchObject({ response: null, error: { class: 'refused' } })

    const resetting = await startTcp((socket) => socket.once('data', () => socket.resetAndDestroy()))
    const silent = await startTcp(() => {})
    open.push(resetting, silent)
    expect(captured(await world().to(`http://127.0.0.1:${resetting.port}`)).error?.class).toBe('reset')
    const hanging = await world().to(`http://127.0.0.1:${silent.port}`, { timeoutMs: 100 })
    expect(hanging.outcome.kind).toBe('retry')
    expect(captured(hanging).error?.class).toBe('timeout-total')
  })

  test('a status counts though the rest of the answer never comes', async () => {
    const cut = await startTcp((socket) =>
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\npart')),
    )
    const hanging = await sink((_request, response) => {
      response.writeHead(500).write('begun')
    })
    open.push(cut)
    const done = await world().to(`http://127.0.0.1:${cut.port}`)
    expect(done.outcome.kind).toBe('done')
    expect(captured(done).response).toMatchObject({
      status: 200,
      body: '[the answer broke off: reset]',
      truncated: true,
    })
    const failed = await world().to(hanging.url, { timeoutMs: 100 })
    expect(failed.outcome).toMatchObject({ kind: 'retry', reason: 'HTTP 500' })
  })

  test('of an answer that breaks off the headers are heeded and kept, and the phases that were over are timed', async () => {
    const head = 'HTTP/1.1 429 Too Many Requests\r\nretry-after: 120\r\nset-cookie: a=b\r\ncontent-length: 100\r\n\r\n'
    const cut = await startTcp((socket) => socket.once('data', () => socket.end(`${head}part`)))
    const silent = await startTcp(() => {})
    open.push(cut, silent)
    const limited = await world().to(`http://127.0.0.1:${cut.port}`)
    expect(limited.outcome).toMatchObject({ kind: 'retry', afterMs: 120_000 })
    expect(captured(limited).response?.headers).toMatchObject({ 'retry-after': '120', 'set-cookie': '[REDACTED]' })
    const some = expect.any(Number)
    expect(captured(limited).timings).toMatchObject({ connect: some, firstByte: some, total: some })
    const hanging = await world().to(`http://127.0.0.1:${silent.port}`, { timeoutMs: 100 })
    expect(captured(hanging).timings).toMatchObject({ connect: some, firstByte: null, total: some })
  })

  test('a blocked address is dead, with the reason', async () => {
    const { makeRow, send } = world()
    const row = await makeRow({ url: 'http://127.0.0.1:1/' })
    const { outcome, details } = await send({ ...row, url: 'http://10.0.0.1/' })
    expect(outcome).toMatchObject({ kind: 'dead', reason: expect.stringContaining('10.0.0.1 is private') })
    expect(details).toMatchObject({ error: { class: 'egress-blocked' } })
  })

  test('a removed endpoint ends its delivery, a disabled one makes it wait', async () => {
    const { makeRow, send } = world()
    expect((await send(null)).outcome).toEqual({ kind: 'dead', reason: 'The endpoint was removed' })
    const row = await makeRow({ enabled: false })
    expect((await send(row)).outcome).toMatchObject({ kind: 'wait' })
  })

  test('a key that is lost is tried again: an operator can bring it back', async () => {
    const { makeRow, deliver } = world()
    const row = await makeRow()
    const lost = createDeliver({ ...lostParts(), secretBox: createSecretBox(generateKey()) })
    const task = { ...planDelivery(row, anEvent(), 'dlv_1'), attempts: 0 } as TaskRecord
    const request = { task, endpoint: row }
    expect((await lost(request)).outcome).toMatchObject({
      kind: 'retry',
      reason: expect.stringContaining('secret cannot be opened'),
    })
    expect((await createDeliver(lostParts())(request)).outcome).toMatchObject({ kind: 'retry' })
    expect(await deliver(request)).toMatchObject({ details: { error: { class: 'refused' } } })

    function lostParts() {
      return { store: memoryStore(), clock: stillClock(), redactor: createRedactor(), transport: createTransport() }
    }
  })
})

describe('what is kept of an attempt', () => {
  const text = (result: Delivered) => captured(result).response?.body

  test('status, headers, body and the time of each phase', async () => {
    const { url } = await sink((_request, response) =>
      response.writeHead(202, { 'content-type': 'text/plain', 'x-trace': 'abc' }).end('thanks'),
    )
    const kept = captured(await world().to(url))
    expect(kept.response).toMatchObject({
      status: 202,
      headers: { 'x-trace': 'abc' },
      body: 'thanks',
      truncated: false,
    })
    expect(kept.timings.connect).toBeGreaterThanOrEqual(0)
    expect(kept.timings.total).toBeGreaterThanOrEqual(kept.timings.firstByte ?? 0)
    expect(kept.error).toBeNull()
    expect(kept.request.bytes).toBeGreaterThan(10)
  })

  test('secrets in headers, JSON and text are hidden', async () => {
    const token = `${['gh', 'p_'].join('')}${'a'.repeat(36)}`
    const headers = {
      'content-type': 'application/json',
      'set-cookie': 'session=hunter2hunter2',
      'x-api-key': 'hunter2hunter2',
    }
    const json = await sink((_request, response) =>
      response.writeHead(200, headers).end(JSON.stringify({ api_key: 'hunter2hunter2', note: token, fine: 'yes' })),
    )
    const plain = await sink((_request, response) => response.end(`token is ${token}`))
    const { to } = world()
    const first = await to(json.url)
    const second = await to(plain.url)
    const kept = JSON.stringify([first, second])
    expect(kept).not.toContain('hunter2hunter2')
    expect(kept).not.toContain(token)
    expect(text(first)).toContain('"fine":"yes"')
  })

  test('a header is judged by its name as it came, also where a part of that is a known secret', async () => {
    const { url } = await sink((_request, response) => response.writeHead(200, { 'x-api-key': 'plainlook' }).end())
    const kept = captured(await world().to(url, { headers: { 'X-Auth-Type': 'api-key' } }))
    expect(kept.response?.headers['x-[REDACTED]']).toBe('[REDACTED]')
    expect(JSON.stringify(kept)).not.toContain('plainlook')
  })

  test('the signing secret is hidden when a receiver repeats it', async () => {
    const secret = generateSecret()
    const { url } = await sink((_request, response) => response.end(`secret=${secret}`))
    expect(JSON.stringify(await world().to(url, { secret }))).not.toContain(secret)
  })

  test('a huge body is cut at 64 KiB, a gzip bomb too', async () => {
    const huge = await sink((_request, response) => response.end('x'.repeat(1_000_000)))
    const bomb = await sink((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(32 * 1024 * 1024, 'a'))),
    )
    for (const { url } of [huge, bomb]) {
      const result = await world().to(url)
      expect(result.outcome.kind).toBe('done')
      expect(captured(result).response?.truncated).toBe(true)
      expect(text(result)).toHaveLength(65_536)
    }
  })

  test('a cut never leaves half a character, and what is no text is only described', async () => {
    const wide = await sink((_request, response) => response.end(`a${'é'.repeat(40_000)}`))
    const image = await sink((_request, response) =>
      response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.from([0x89, 0x50, 0, 1])),
    )
    const binary = await sink((_request, response) => response.end(Buffer.from([0, 255, 254])))
    const { to } = world()
    expect(text(await to(wide.url))).toMatch(/^aé+$/)
    expect(text(await to(image.url))).toBe('[4 bytes of image/png]')
    expect(text(await to(binary.url))).toBe('[3 bytes of text/plain]')
  })

  test('a secret in the endpoint’s address is hidden', async () => {
    const { url } = await sink()
    const kept = captured(await world().to(`${url}/?token=hunter2hunter2`))
    expect(kept.request.url).not.toContain('hunter2hunter2')
  })
})

test('a worker that stops gives up the attempt', async () => {
  const silent = await startTcp(() => {})
  open.push(silent)
  const controller = new AbortController()
  const { makeRow, send } = world()
  const row = await makeRow({ url: `http://127.0.0.1:${silent.port}` })
  const running = send(row, anEvent(), controller.signal)
  setImmediate(() => controller.abort())
  expect(captured(await running).error?.class).toBe('aborted')
})

test('the store never sees a secret in the clear', async () => {
  const { store, makeRow } = world()
  const row = await makeRow({ headers: { authorization: 'Bearer hunter2hunter2' } })
  await record(store, anEvent(), [planDelivery(row, anEvent(), 'dlv_1')])
  const kept = JSON.stringify([await store.endpoints.list(), await store.query.tasks({}), await store.query.events({})])
  expect(kept).not.toContain('hunter2hunter2')
  expect(kept).not.toContain(row.secret)
})
