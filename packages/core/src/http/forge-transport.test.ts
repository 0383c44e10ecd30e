import { describe, expect, test } from 'vitest'
import { isVcsError, type VcsError } from '../errors.ts'
import type { Transport, TransportRequest, TransportResponse } from '../ports/transport.ts'
import { fetchOver } from './fetch-over.ts'
import { createForgeTransport, type ForgeTransportOptions } from './forge-transport.ts'
import { transportError, transportFailure } from './transport-error.ts'

const START = Date.UTC(2026, 0, 1)
const REST = 'https://api.github.com/repos/acme/prompts/git/refs'
const GRAPHQL = 'https://api.github.com/graphql'

type Reply = Partial<Omit<TransportResponse, 'body'>> & { body?: unknown; fails?: Parameters<typeof transportError>[0] }

/** A forge that answers as told, and a clock that jumps to whatever is waited for. */
function forge(
  answer: (request: TransportRequest, index: number) => Reply | Promise<Reply>,
  options: Partial<ForgeTransportOptions> = {},
) {
  const requests: TransportRequest[] = []
  const waits: number[] = []
  const time = { now: START }
  const send = async (request: TransportRequest): Promise<TransportResponse> => {
    requests.push(request)
    const { fails, body = '', ...rest } = await answer(request, requests.length - 1)
    if (fails !== undefined) throw transportError(fails, new URL(request.url).origin)
    const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
    const timings = { dns: null, connect: null, tls: null, firstByte: 1, total: 1 }
    return { status: 200, headers: {}, truncated: false, timings, ...rest, body: bytes }
  }
  const transport: Transport = { send, fetch: fetchOver(send), close: async () => {} }
  const clock = {
    now: () => time.now,
    setTimer(callback: () => void, milliseconds: number) {
      waits.push(milliseconds)
      time.now += milliseconds
      queueMicrotask(callback)
      return () => {}
    },
  }
  const http = createForgeTransport({ transport, clock, random: () => 0, ...options })
  const call = (method: string, url = REST, more: Partial<TransportRequest> & { idempotent?: boolean } = {}) =>
    http.send({ method, url, headers: { authorization: 'token one' }, ...more })
  return { http, call, requests, waits, time }
}

async function vcsErrorOf(promise: Promise<unknown>): Promise<VcsError> {
  try {
    await promise
  } catch (error) {
    if (isVcsError(error)) return error
    throw error
  }
  throw new Error('expected a VcsError')
}

const at = (milliseconds: number) => String(Math.floor((START + milliseconds) / 1000))

describe('rate limits', () => {
  const refusals: [string, Reply, number][] = [
    ['429 with retry-after', { status: 429, headers: { 'retry-after': '30' } }, 30_000],
    ['403 with retry-after', { status: 403, headers: { 'retry-after': '45' } }, 45_000],
    [
      '403 with nothing remaining',
      { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': at(600_000) } },
      600_000,
    ],
    [
      'the secondary limit by its message',
      { status: 403, body: { message: 'You have exceeded a secondary rate limit.' } },
      60_000,
    ],
    [
      'GitLab, with seconds since the epoch',
      { status: 429, headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': at(20_000) } },
      20_000,
    ],
    [
      'a reset in seconds from now',
      { status: 429, headers: { 'ratelimit-remaining': '0', 'ratelimit-reset': '17' } },
      17_000,
    ],
    [
      'GraphQL in a 200',
      {
        headers: { 'content-type': 'application/json', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': at(120_000) },
        body: { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] },
      },
      120_000,
    ],
  ]

  test.each(refusals)('%s: nothing more goes out until it is over', async (name, reply, waitMs) => {
    const url = name.startsWith('GraphQL') ? GRAPHQL : REST
    const { call, requests, time } = forge((_request, index) => (index === 0 ? reply : {}))
    const first = await vcsErrorOf(call('GET', url))
    expect(first).toMatchObject({ code: 'rate-limited', retryable: true, retryAfter: waitMs })
    expect(first.message).toContain(new Date(START + waitMs).toISOString())
    expect(first.message).not.toContain('token one')
    time.now += waitMs - 5_000
    expect((await vcsErrorOf(call('POST', url))).retryAfter).toBe(5_000)
    expect(requests).toHaveLength(1)
    time.now += 5_000
    expect((await call('GET', url)).status).toBe(200)
  })

  test('the reset is measured by the server clock, so a skewed one does no harm', async () => {
    const date = new Date(START + 3_600_000).toUTCString()
    const headers = { date, 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': at(3_600_000 + 10_000) }
    const { call } = forge(() => ({ status: 403, headers }))
    expect((await vcsErrorOf(call('GET'))).retryAfter).toBe(10_000)
  })

  test('a short limit is waited out and the request sent again, also a write: it was refused, not done', async () => {
    const { call, requests, waits } = forge((_request, index) =>
      index === 0 ? { status: 429, headers: { 'retry-after': '1' } } : { status: 201 },
    )
    expect((await call('POST')).status).toBe(201)
    expect(requests).toHaveLength(2)
    expect(waits).toEqual([1_000])
  })

  test('short limits without end are given up', async () => {
    const { call, requests } = forge(() => ({ status: 429, headers: { 'retry-after': '1' } }))
    expect(await vcsErrorOf(call('GET'))).toMatchObject({ code: 'rate-limited', status: 429 })
    expect(requests).toHaveLength(3)
  })

  test('refusals that name no time wait twice as long each time', async () => {
    const { call, time } = forge((_request, index) =>
      index < 3 ? { status: 429 } : index === 3 ? {} : { status: 429 },
    )
    const waits: (number | undefined)[] = []
    for (let i = 0; i < 3; i += 1) {
      const { retryAfter = 0 } = await vcsErrorOf(call('GET'))
      waits.push(retryAfter)
      time.now += retryAfter
    }
    await call('GET')
    waits.push((await vcsErrorOf(call('GET'))).retryAfter)
    expect(waits).toEqual([60_000, 120_000, 240_000, 60_000])
  })

  test('an answer that spends the last request is given back, and the next one waits', async () => {
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': at(90_000) }
    const { call, requests } = forge(() => ({ headers }))
    expect((await call('GET')).status).toBe(200)
    expect((await vcsErrorOf(call('GET'))).retryAfter).toBe(90_000)
    expect(requests).toHaveLength(1)
  })

  test('a primary limit holds back its own allowance only, a secondary one the whole credential', async () => {
    const spent = { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': at(90_000) } }
    const primary = forge((request) => (request.url === GRAPHQL ? {} : spent))
    await vcsErrorOf(primary.call('GET'))
    expect((await primary.call('POST', GRAPHQL)).status).toBe(200)
    const secondary = forge((request) =>
      request.url === GRAPHQL ? {} : { status: 403, headers: { 'retry-after': '60' } },
    )
    await vcsErrorOf(secondary.call('GET'))
    expect((await vcsErrorOf(secondary.call('POST', GRAPHQL))).code).toBe('rate-limited')
  })

  test('another credential, another host and another instance are not held back', async () => {
    const limits = () =>
      forge((request) =>
        request.headers?.authorization === 'token one' && request.url === REST
          ? { status: 429, headers: { 'retry-after': '60' } }
          : {},
      )
    const one = limits()
    await vcsErrorOf(one.call('GET'))
    expect((await one.call('GET', REST, { headers: { authorization: 'token two' } })).status).toBe(200)
    expect((await one.call('GET', REST, { headers: { 'PRIVATE-TOKEN': 'token one' } })).status).toBe(200)
    expect((await one.call('GET', REST.replace('api.github.com', 'ghe.example.com'))).status).toBe(200)
    const other = limits()
    await vcsErrorOf(other.call('GET'))
    expect(other.requests).toHaveLength(1)
  })

  test('a permission refused is an answer, not a limit', async () => {
    const { call } = forge(() => ({
      status: 403,
      headers: { 'x-ratelimit-remaining': '4999' },
      body: { message: 'Resource not accessible' },
    }))
    expect((await call('GET')).status).toBe(403)
    expect((await call('GET')).status).toBe(403)
  })

  test('GraphQL that did part of its work is given back', async () => {
    const body = { data: { updateRefs: { ok: true } }, errors: [{ type: 'RATE_LIMITED' }] }
    const { call } = forge(() => ({ headers: { 'content-type': 'application/json' }, body }))
    expect((await call('POST', GRAPHQL)).status).toBe(200)
  })
})

describe('repeats', () => {
  test.each([502, 503, 504])('a read that met %i is sent again, twice at most', async (status) => {
    const { call, requests, waits } = forge(() => ({ status }))
    expect((await call('GET')).status).toBe(status)
    expect(requests).toHaveLength(3)
    expect(waits).toEqual([200, 400])
  })

  test('a read whose connection broke is sent again', async () => {
    const { call, requests } = forge((_request, index) => (index === 0 ? { fails: 'reset' } : {}))
    expect((await call('GET')).status).toBe(200)
    expect(requests).toHaveLength(2)
  })

  test('a GraphQL query is a read, a mutation is not, and what is called idempotent is', async () => {
    const body = (query: string) => ({ body: JSON.stringify({ query }) })
    for (const [query, times] of [
      ['query Q { viewer { login } }', 3],
      ['# a comment\n{ viewer { login } }', 3],
      ['fragment F on User { login } query { viewer { ...F } }', 3],
      ['mutation { addStar { id } }', 1],
      ['query Q { a } mutation M { b }', 1],
      ['fragment F on User { login } mutation { b { ...F } }', 1],
    ] as const) {
      const { call, requests } = forge(() => ({ status: 502 }))
      await call('POST', GRAPHQL, body(query))
      expect([query, requests.length]).toEqual([query, times])
    }
    const { call, requests } = forge(() => ({ status: 502 }))
    await call('PUT', REST, { idempotent: true })
    expect(requests).toHaveLength(3)
    expect(requests[0]).not.toHaveProperty('idempotent')
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'a %s without an answer, or with a 502, is never sent twice',
    async (method) => {
      const broken = forge(() => ({ fails: 'reset' }))
      const error = await broken.call(method).catch((caught: unknown) => caught)
      expect(transportFailure(error)?.reason).toBe('reset')
      expect(broken.requests).toHaveLength(1)
      const gateway = forge(() => ({ status: 502 }))
      expect((await gateway.call(method)).status).toBe(502)
      expect(gateway.requests).toHaveLength(1)
    },
  )

  test('a 503 that asks for longer than we wait is given back', async () => {
    const { call, requests } = forge(() => ({ status: 503, headers: { 'retry-after': '60' } }))
    expect((await call('GET')).status).toBe(503)
    expect(requests).toHaveLength(1)
  })

  test('a time-out of the whole request is not repeated', async () => {
    const { call, requests } = forge(() => ({ fails: 'timeout-total' }))
    await expect(call('GET')).rejects.toThrow('timeout-total')
    expect(requests).toHaveLength(1)
  })
})

describe('order and number', () => {
  /** Requests that stay open until they are let go. */
  function held(options: Partial<ForgeTransportOptions> = {}) {
    const open: (() => void)[] = []
    const made = forge(() => new Promise((resolve) => open.push(() => resolve({}))), options)
    const settle = () => new Promise((resolve) => setImmediate(resolve))
    return { ...made, open, settle }
  }

  test('writes to one repository run one after another, others and reads beside them', async () => {
    const { call, open, settle, requests } = held()
    const all = [
      call('POST', `${REST}/1`),
      call('PATCH', 'https://api.github.com/repos/ACME/prompts/pulls/1'),
      call('POST', 'https://api.github.com/repos/acme/other/pulls'),
      call('GET', `${REST}/2`),
      call('POST', REST, { headers: { authorization: 'token two' } }),
    ]
    await settle()
    expect(requests).toHaveLength(4)
    for (const release of open.splice(0)) release()
    await settle()
    expect(requests).toHaveLength(5)
    for (const release of open.splice(0)) release()
    await Promise.all(all)
  })

  test('at most so many run at once with one credential', async () => {
    const { call, open, settle, requests } = held({ concurrency: 2 })
    const all = Array.from({ length: 5 }, () => call('GET'))
    for (const expected of [2, 4, 5]) {
      await settle()
      expect(requests).toHaveLength(expected)
      for (const release of open.splice(0)) release()
    }
    await Promise.all(all)
  })

  test('a write that fails lets the next one go', async () => {
    const { call, requests } = forge((_request, index) => (index === 0 ? { fails: 'reset' } : { status: 201 }))
    const [first, second] = await Promise.allSettled([call('POST'), call('POST')])
    expect(first.status).toBe('rejected')
    expect(second.status).toBe('fulfilled')
    expect(requests).toHaveLength(2)
  })

  test('an abort ends the wait for a turn, and the turn is not lost', async () => {
    const { call, open, settle, requests } = held()
    const controller = new AbortController()
    const first = call('POST')
    const second = call('POST', REST, { signal: controller.signal }).catch((error: unknown) => error)
    const third = call('POST')
    await settle()
    controller.abort()
    expect(transportFailure(await second)?.reason).toBe('aborted')
    open.shift()?.()
    await first
    await settle()
    open.shift()?.()
    await third
    expect(requests).toHaveLength(2)
  })

  test('a few writes go out at once; a flood is spaced', async () => {
    const { call, waits } = forge(() => ({}), { writeBurst: 3, writeSpacingMs: 1_000 })
    for (let i = 0; i < 3; i += 1) await call('POST')
    expect(waits).toEqual([])
    await call('POST')
    await call('POST', 'https://api.github.com/repos/acme/other/pulls')
    expect(waits).toEqual([1_000, 1_000])
    await call('GET')
    expect(waits).toHaveLength(2)
  })

  test('never more than 80 writes in a minute by default', async () => {
    const times: number[] = []
    const made = forge(() => {
      times.push(made.time.now)
      return {}
    })
    for (let i = 0; i < 300; i += 1) await made.call('POST')
    for (const start of times) {
      expect(times.filter((time) => time >= start && time < start + 60_000).length).toBeLessThanOrEqual(80)
    }
  })
})

test('fetch passes through the same rules', async () => {
  const { http, requests } = forge(() => ({ status: 429, headers: { 'retry-after': '60' } }))
  const fetching = () => http.fetch(REST, { headers: { authorization: 'token one' } })
  expect((await vcsErrorOf(fetching())).code).toBe('rate-limited')
  expect((await vcsErrorOf(fetching())).code).toBe('rate-limited')
  expect(requests).toHaveLength(1)
})
