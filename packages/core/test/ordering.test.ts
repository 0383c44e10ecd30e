import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import type { Received } from '../src/http/test-sink.ts'
import type { Pullwright } from '../src/index.ts'
import { deployed } from './harness.ts'
import { closing } from './sinks.ts'

const { sink, instances } = closing()
const HOUR = 3_600_000

/** Two processes, and an endpoint that asks for order. */
async function world(answer: (request: Received, response: ServerResponse) => void = (_, response) => response.end()) {
  const receiver = await sink(answer)
  const setting = instances(2)
  const [pullwright] = setting.all as [Pullwright, Pullwright]
  const retry = { delays: [60_000], attempts: 2, jitter: 0 }
  const endpoint = await pullwright.webhooks.endpoints.create({
    url: receiver.url,
    events: ['deployment.succeeded'],
    ordering: 'key',
    retry,
  })
  const emit = (n: number, orderingKey?: string, by = pullwright) =>
    by.emitter.emit(
      'deployment.succeeded',
      { ...deployed, revision: n },
      orderingKey === undefined ? {} : { orderingKey },
    )
  const revisions = () => receiver.received.map(revisionOf)
  const drainAll = () => Promise.all(setting.all.map((one) => one.drain()))
  return { ...setting, receiver, endpoint, pullwright, emit, revisions, drainAll }
}

const revisionOf = ({ body }: { body: string }): number => JSON.parse(body).data.revision

describe('ordered delivery', () => {
  it('keeps the order of commit for each key, over two processes that both emit and deliver', async () => {
    const { all, emit, drainAll, receiver } = await world((_request, response) => setTimeout(() => response.end(), 2))
    const [a, b] = all as [Pullwright, Pullwright]
    for (let n = 0; n < 40; n += 1) await emit(n, n % 2 === 0 ? 'even' : 'odd', n % 3 === 0 ? a : b)
    await drainAll()
    const got = receiver.received.map(revisionOf)
    expect(got).toHaveLength(40)
    const evens = got.filter((n) => n % 2 === 0)
    const odds = got.filter((n) => n % 2 === 1)
    expect(evens).toEqual([...evens].sort((x, y) => x - y))
    expect(odds).toEqual([...odds].sort((x, y) => x - y))
  })

  it('makes later deliveries wait for the earlier one’s success, while other keys and events without one flow', async () => {
    const broken = new Set([1])
    const { emit, drainAll, revisions, clock } = await world((request, response) =>
      response.writeHead(broken.has(revisionOf(request)) ? 503 : 200).end(),
    )
    await emit(1, 'a')
    await emit(2, 'a')
    await emit(3, 'a')
    await emit(4, 'b')
    await emit(5)
    await drainAll()
    expect(revisions().sort()).toEqual([1, 4, 5])
    broken.clear()
    await clock.advance(60_000)
    await drainAll()
    expect(revisions().slice(3)).toEqual([1, 2, 3])
  })

  it('lets the next one go when the one before is dead, or was cancelled', async () => {
    const { emit, drainAll, revisions, clock, pullwright } = await world((request, response) =>
      response.writeHead(revisionOf(request) <= 2 ? 503 : 200).end(),
    )
    for (const n of [1, 2, 3]) await emit(n, 'a')
    await drainAll()
    await clock.advance(60_000)
    await drainAll()
    expect(revisions()).toEqual([1, 1, 2])
    const [second] = await pullwright.webhooks.deliveries.list({ status: 'retrying' })
    await pullwright.tasks.cancel(second?.id ?? '')
    await drainAll()
    expect(revisions()).toEqual([1, 1, 2, 3])
  })

  it('stands behind a health pause and a rate limit alike', async () => {
    let status = 503
    const { emit, drainAll, revisions, clock, pullwright, endpoint } = await world((_request, response) =>
      response.writeHead(status).end(),
    )
    await pullwright.webhooks.endpoints.update(endpoint.id, {
      retry: { base: 3_000, factor: 1, attempts: 1_000, jitter: 0 },
      rateLimit: { perSecond: 1 },
    })
    for (const n of [1, 2, 3, 4]) await emit(n, 'a')
    for (let n = 0; n < 20; n += 1) {
      await drainAll()
      await clock.advance(3_000)
    }
    expect(new Set(revisions())).toEqual(new Set([1]))
    status = 200
    for (let n = 0; n < 400; n += 1) {
      await clock.advance(10_000)
      await drainAll()
    }
    expect(revisions().filter((n) => n > 1)).toEqual([2, 3, 4])
    expect(clock.now()).toBeGreaterThan(HOUR)
  })
})
