import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { generateKey, schemes, verifyWebhook } from '../src/index.ts'
import { deployed, setUp } from './harness.ts'

let sink: Awaited<ReturnType<typeof startSink>>

beforeEach(async () => {
  sink = await startSink()
})
afterEach(() => sink.close())

const egress = { allowHttp: true, allow: ['127.0.0.0/8'] }
const hosted = () => setUp({ key: generateKey(), egress })

describe('a webhook endpoint', () => {
  it('gets the envelope of the contract, signed, with the same id on every attempt and replay', async () => {
    const { pullwright, clock } = hosted()
    const endpoint = await pullwright.webhooks.endpoints.create({ url: sink.url, events: ['environment.*'] })
    sink.answers.push(503, 204, 204)
    const { id } = await pullwright.emitter.emit('environment.deployed', deployed)
    await pullwright.drain()
    await clock.advance(24 * 3_600_000)
    await pullwright.drain()
    const [delivery] = await pullwright.webhooks.deliveries.list()
    await pullwright.webhooks.deliveries.retry(delivery?.id ?? '')
    await pullwright.drain()
    expect(sink.requests).toHaveLength(3)
    for (const { headers, body } of sink.requests) {
      expect(headers['webhook-id']).toBe(delivery?.id)
      const now = new Date(Number(headers['webhook-timestamp']) * 1000)
      const verdict = verifyWebhook(schemes.standard, { secrets: [endpoint.secret], headers, body, now })
      expect(verdict).toMatchObject({ ok: true, id: delivery?.id, secretIndex: 0 })
      expect(JSON.parse(body)).toMatchObject({
        event: 'environment.deployed',
        timestamp: expect.stringMatching(/^2026-01-01T/),
        delivery_id: delivery?.id,
        project_id: 'default',
        data: { app_name: 'support-bot', config_diff: { added: { model: 'gpt-4' } } },
      })
    }
    expect(new Set(sink.requests.map(({ body }) => body)).size).toBe(1)
    const { history, status } = await pullwright.tasks.get(delivery?.id ?? '')
    expect(status).toBe('done')
    expect(history.map(({ outcome }) => outcome)).toEqual(['retry', 'done', 'done'])
    expect(await pullwright.tasks.list({ eventId: id })).toHaveLength(1)
  })

  it('gets only what it asked for, and only its own project', async () => {
    const { pullwright } = hosted()
    const { endpoints } = pullwright.webhooks
    await endpoints.create({ url: `${sink.url}/a`, events: ['variant.created'] })
    await endpoints.create({ url: `${sink.url}/b`, events: ['*'], filter: { environment: 'staging' } })
    await endpoints.create({ url: `${sink.url}/c`, events: ['*'], project: 'other' })
    await endpoints.create({ url: `${sink.url}/d`, events: ['environment.deployed'], filter: { app: 'support-bot' } })
    await pullwright.emitter.emit('environment.deployed', deployed)
    await pullwright.drain()
    expect(sink.requests.map(({ path }) => path)).toEqual(['/d'])
  })

  it('that never answers well makes its delivery dead, which is an event of its own', async () => {
    const { pullwright, clock } = hosted()
    await pullwright.webhooks.endpoints.create({
      url: `${sink.url}/bad`,
      events: ['environment.deployed'],
      retry: 'agenta',
    })
    await pullwright.webhooks.endpoints.create({ url: `${sink.url}/ops`, events: ['delivery.exhausted'] })
    sink.answer = (path) => (path === '/bad' ? 500 : 200)
    const { id } = await pullwright.emitter.emit('environment.deployed', deployed)
    for (let i = 0; i < 6; i++) {
      await pullwright.drain()
      await clock.advance(24 * 3_600_000)
    }
    await pullwright.drain()
    expect(sink.requests.filter(({ path }) => path === '/bad')).toHaveLength(4)
    const [told] = sink.requests.filter(({ path }) => path === '/ops')
    expect(JSON.parse(told?.body ?? '{}')).toMatchObject({
      event: 'delivery.exhausted',
      data: { event_id: id, attempts: 4 },
    })
  })

  it('that was removed or is private by address is refused', async () => {
    const { pullwright } = setUp({ key: generateKey() })
    const { endpoints } = pullwright.webhooks
    await expect(endpoints.create({ url: sink.url, events: ['*'] })).rejects.toMatchObject({ code: 'egress-blocked' })
    await expect(endpoints.create({ url: 'https://169.254.169.254/', events: ['*'] })).rejects.toMatchObject({
      code: 'egress-blocked',
    })
    await expect(endpoints.get('end_none')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('needs a key, because its secret is sealed', async () => {
    const { pullwright, store } = setUp({ egress })
    const refused = pullwright.webhooks.endpoints.create({ url: sink.url, events: ['*'] })
    await expect(refused).rejects.toMatchObject({ code: 'key-required' })
    const { pullwright: keyed, store: other } = hosted()
    const { secret } = await keyed.webhooks.endpoints.create({ url: sink.url, events: ['*'] })
    expect(JSON.stringify(await other.endpoints.list())).not.toContain(secret)
    expect(await store.endpoints.list()).toEqual([])
  })
})

async function startSink() {
  const requests: { path: string; headers: IncomingHttpHeaders; body: string }[] = []
  const state = { answers: [] as number[], answer: (_path: string): number => state.answers.shift() ?? 200 }
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      requests.push({ path: req.url ?? '', headers: req.headers, body: Buffer.concat(chunks).toString('utf8') })
      res.writeHead(state.answer(req.url ?? '')).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return Object.assign(state, {
    url,
    requests,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  })
}
