import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { PullwrightError } from '../errors.ts'
import type { InboundEvent, InboundSource } from '../ports/source.ts'
import { createReceive, DEFAULT_BODY_WINDOW_MS, type RecordInboundInput, type RecordInboundResult } from './receive.ts'

const NOW = 1_700_000_000_000
const URL_OF_HOOK = 'https://host.example/hooks/probe'

function setUp(given: Partial<InboundSource> & { answer?: RecordInboundResult | Error } = {}) {
  const { answer, ...parts } = given
  const steps: string[] = []
  const recorded: RecordInboundInput[] = []
  const logged: { level: string; fields: object; message: string }[] = []
  const source: InboundSource = {
    name: 'probe',
    verify: () => {
      steps.push('verify')
      return { ok: true }
    },
    deliveryId: (request) => request.headers['x-delivery'] ?? null,
    normalise: (request): InboundEvent[] => {
      steps.push('normalise')
      return [{ type: 'probe.happened', data: request.json }]
    },
    ...parts,
  }
  const level = (name: string) => (fields: object, message: string) =>
    void logged.push({ level: name, fields, message })
  const receive = createReceive({
    sources: new Map([['probe', source]]),
    record: async (input) => {
      steps.push('record')
      recorded.push(input)
      if (answer instanceof Error) throw answer
      return answer ?? { status: 'recorded', events: [{ id: 'evt_1', status: 'recorded' }] }
    },
    clock: { now: () => NOW },
    log: { debug: level('debug'), info: level('info'), warn: level('warn'), error: level('error') },
  })
  return { receive, steps, recorded, logged }
}

const post = (body: string | Uint8Array<ArrayBuffer> | ReadableStream, headers: Record<string, string> = {}) =>
  new Request(URL_OF_HOOK, { method: 'POST', body, headers, duplex: 'half' })

async function answerOf(response: Promise<Response>) {
  const settled = await response
  return {
    status: settled.status,
    headers: settled.headers,
    body: (await settled.json()) as { code?: string; detail?: string },
  }
}

describe('createReceive', () => {
  it('verifies, understands and records, in that order, and answers 202 with the id', async () => {
    const { receive, steps, recorded } = setUp()
    const answer = await answerOf(receive('probe', post('{"a":1}', { 'X-Delivery': 'd-1' })))
    expect(answer.status).toBe(202)
    expect(answer.body).toEqual({ id: 'evt_1', status: 'recorded' })
    expect(steps).toEqual(['verify', 'normalise', 'record'])
    expect(recorded).toEqual([
      {
        source: 'probe',
        events: [{ type: 'probe.happened', data: { a: 1 } }],
        receipt: {
          source: 'probe',
          deliveryId: 'd-1',
          bodyHash: createHash('sha256').update('{"a":1}').digest('hex'),
          bodyWindowMs: DEFAULT_BODY_WINDOW_MS,
          receivedAt: NOW,
          eventId: null,
        },
      },
    ])
  })

  it('hands the source the very bytes that came, split or not', async () => {
    const bytes = new TextEncoder().encode('{ "ü":\t"\\u0041" }\n')
    let seen: Uint8Array | undefined
    const { receive } = setUp({
      verify: (request) => {
        seen = request.body
        return { ok: true }
      },
    })
    const stream = new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
        controller.close()
      },
    })
    expect((await receive('probe', post(stream))).status).toBe(202)
    expect(Buffer.from(seen ?? []).equals(Buffer.from(bytes))).toBe(true)
  })

  it('takes bytes that a host kept', async () => {
    const { receive } = setUp()
    const body = new TextEncoder().encode('{}')
    expect((await receive('probe', { headers: { 'X-Delivery': 'd' }, body })).status).toBe(202)
  })

  it('answers 200 with the first id to a delivery it has', async () => {
    const { receive } = setUp({ answer: { status: 'duplicate', eventId: 'evt_first' } })
    const answer = await answerOf(receive('probe', post('{}')))
    expect([answer.status, answer.body]).toEqual([200, { id: 'evt_first', status: 'duplicate' }])
  })

  it('answers 200 when every event of a new delivery was known', async () => {
    const { receive } = setUp({ answer: { status: 'recorded', events: [{ id: 'evt_0', status: 'duplicate' }] } })
    const answer = await answerOf(receive('probe', post('{}')))
    expect([answer.status, answer.body]).toEqual([200, { id: 'evt_0', status: 'duplicate' }])
  })

  it('answers 200 and records nothing when a delivery means nothing', async () => {
    const { receive, steps } = setUp({ normalise: () => [] })
    const answer = await answerOf(receive('probe', post('{}')))
    expect([answer.status, answer.body]).toEqual([200, { id: null, status: 'ignored' }])
    expect(steps).toEqual(['verify'])
  })

  it('answers 404 for a source that is not there', async () => {
    const { receive, steps, logged } = setUp()
    const answer = await answerOf(receive('toString', post('{}')))
    expect(answer.status).toBe(404)
    expect(JSON.stringify(logged)).toMatch(/"source":"toString","sources":\["probe"\]/)
    expect(answer.headers.get('content-type')).toMatch('application/problem+json')
    expect(steps).toEqual([])
  })

  it('answers 401 without a word about the reason, and logs it', async () => {
    const { receive, recorded, logged } = setUp({ verify: () => ({ ok: false, reason: 'no-match' }) })
    const answer = await answerOf(receive('probe', post('not json')))
    expect(answer.status).toBe(401)
    const type = 'urn:pullwright:problem:unauthorized'
    expect(answer.body).toEqual({ type, title: 'Unauthorized', status: 401, code: 'unauthorized' })
    expect(recorded).toEqual([])
    expect(logged).toMatchObject([{ level: 'warn', fields: { source: 'probe', reason: 'no-match' } }])
  })

  it('refuses a declared length over the limit without reading', async () => {
    const { receive, steps } = setUp({ maxBodyBytes: 10 })
    const pulls: string[] = []
    const body = new ReadableStream({ pull: () => void pulls.push('pull') }, { highWaterMark: 0 })
    expect((await receive('probe', post(body, { 'content-length': '11' }))).status).toBe(413)
    expect([pulls, steps]).toEqual([[], []])
  })

  it('stops reading a body that grows over the limit, whatever it declared', async () => {
    const { receive, steps } = setUp({ maxBodyBytes: 10 })
    let sent = 0
    const body = new ReadableStream({
      pull: (controller) => {
        sent += 4
        controller.enqueue(new Uint8Array(4))
      },
    })
    expect((await receive('probe', post(body, { 'content-length': '2' }))).status).toBe(413)
    expect(sent).toBeLessThan(30)
    expect(steps).toEqual([])
  })

  it('takes a body of exactly the limit', async () => {
    const { receive } = setUp({ maxBodyBytes: 2 })
    expect((await receive('probe', post('{}'))).status).toBe(202)
    expect((await receive('probe', { headers: {}, body: new Uint8Array(3) })).status).toBe(413)
  })

  it.each([
    ['not json', {}],
    ['', {}],
    ['{"a":', {}],
    ['payload=%7B%7D', { 'content-type': 'application/x-www-form-urlencoded' }],
  ])('answers 400 to a body that is not JSON: %j', async (body, headers) => {
    const { receive, recorded } = setUp()
    const answer = await answerOf(receive('probe', post(body, headers)))
    expect([answer.status, answer.body.code]).toEqual([400, 'not-json'])
    expect(recorded).toEqual([])
  })

  it('answers 400 to bytes that are not UTF-8', async () => {
    const { receive } = setUp()
    expect((await receive('probe', post(Uint8Array.of(0x22, 0xff, 0x22)))).status).toBe(400)
  })

  it('answers 400 when the connection ends early', async () => {
    const { receive, steps } = setUp()
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) })
    expect((await receive('probe', post(body))).status).toBe(400)
    expect(steps).toEqual([])
  })

  it('answers 408 when a body does not come to its end in time, however long its pieces come', async () => {
    const { receive, steps, logged } = setUp({ bodyTimeoutMs: 25 })
    let cancelled = false
    const body = new ReadableStream({
      pull: async (controller) => {
        await new Promise((resolve) => setTimeout(resolve, 5))
        controller.enqueue(new Uint8Array(1))
      },
      cancel: () => {
        cancelled = true
      },
    })
    const answer = await answerOf(receive('probe', post(body)))
    expect([answer.status, answer.body.code, answer.headers.get('connection')]).toEqual([408, 'too-slow', 'close'])
    expect([steps, cancelled]).toEqual([[], true])
    expect(logged).toMatchObject([{ level: 'warn' }])
  })

  it.each<[string, unknown, RegExp]>([
    ['Express', { app: () => {}, res: {} }, /`app.use\('\/pullwright', .* before `app.use\(express.json\(\)\)`/],
    ['Fastify', { routeOptions: {}, raw: {} }, /`app.removeAllContentTypeParsers\(\)`.*request.rawBody = bytes/],
    ['Hono', { req: { raw: {} } }, /`app.route\('\/pullwright'/],
    [
      'pages of Next.js',
      { query: {}, cookies: {}, headers: {} },
      /`export const config = { api: { bodyParser: false } }`/,
    ],
    ['standard requests', undefined, /before `await request.json\(\)`/],
    ['another framework', { headers: {} }, /`rawBody`/],
  ])('names the line to change in %s, also where only an empty stream is left', async (_name, native, line) => {
    const { receive, logged, steps } = setUp()
    const spent = post('{}')
    await spent.text()
    const emptied = post(new ReadableStream({ start: (controller) => controller.close() }), { 'content-length': '2' })
    for (const request of [spent, emptied]) {
      const answer = await answerOf(receive('probe', request, native))
      expect([answer.status, answer.body.code]).toEqual([500, 'body-consumed'])
      expect(answer.body.detail).toMatch(line)
      expect(logged.pop()?.message).toBe(answer.body.detail)
    }
    expect(steps).toEqual([])
  })

  it('sees by the stream of the framework that a body without a length was read', async () => {
    const { receive } = setUp()
    const cut = () => post(new ReadableStream({ pull: (controller) => controller.error(new Error('gone')) }))
    const empty = () => post(new ReadableStream({ start: (controller) => controller.close() }))
    for (const native of [{ readableDidRead: true }, { raw: { readableDidRead: true } }]) {
      expect((await receive('probe', cut(), native)).status).toBe(500)
      expect((await receive('probe', empty(), native)).status).toBe(500)
    }
    expect((await receive('probe', cut(), { readableDidRead: false })).status).toBe(400)
    expect((await receive('probe', post('{}'), { readableDidRead: true })).status).toBe(202)
  })

  it('names the line to change when a body parser was first', async () => {
    const { receive, logged } = setUp()
    const request = post('{}')
    await request.json()
    const answer = await answerOf(receive('probe', request))
    expect(answer.status).toBe(500)
    expect(answer.body.detail).toMatch('before `app.use(express.json())`')
    expect(answer.body.detail).toMatch('req.rawBody = bytes')
    expect(logged[0]?.message).toBe(answer.body.detail)
  })

  it('answers 422 to what the source does not understand; only our own words reach the sender', async () => {
    const throwing = (error: Error) =>
      setUp({
        normalise: () => {
          throw error
        },
      })
    const foreign = await answerOf(throwing(new Error('internal matter')).receive('probe', post('{}')))
    expect(foreign.status).toBe(422)
    expect(JSON.stringify(foreign.body)).not.toMatch('internal matter')
    const ours = throwing(new PullwrightError('invalid-event', 'Set the payload fields back.'))
    expect((await answerOf(ours.receive('probe', post('{}')))).body.detail).toBe('Set the payload fields back.')
    expect(ours.logged).toMatchObject([{ level: 'error' }])
  })

  it('answers 422 when the events do not fit their schema: sending again would not help', async () => {
    const { receive } = setUp({ answer: new PullwrightError('invalid-event', 'data.x is missing') })
    expect((await receive('probe', post('{}'))).status).toBe(422)
  })

  it('answers 503 with a time to come back when nothing could be stored', async () => {
    const { receive, logged } = setUp({ answer: new Error('connection refused by 10.0.0.7') })
    const answer = await answerOf(receive('probe', post('{}')))
    expect(answer.status).toBe(503)
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(JSON.stringify(answer.body)).not.toMatch('10.0.0.7')
    expect(logged).toMatchObject([{ level: 'error' }])
  })

  it('answers 500 when a source breaks while it verifies, and never rejects', async () => {
    const { receive, recorded } = setUp({
      verify: () => {
        throw new Error('bug')
      },
    })
    expect((await receive('probe', post('{}'))).status).toBe(500)
    expect(recorded).toEqual([])
  })
})
