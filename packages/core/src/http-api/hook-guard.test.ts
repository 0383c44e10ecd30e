import { describe, expect, it } from 'vitest'
import { type ClientAddress, createHookGuard, type HookOptions } from './hook-guard.ts'

function setUp(options: HookOptions, clientAddress?: ClientAddress) {
  let time = 0
  const logged: object[] = []
  const warn = (fields: object) => void logged.push(fields)
  const log = { debug: warn, info: warn, warn, error: warn }
  const guard = createHookGuard({ log, now: () => time }, options, clientAddress)
  const from = (remoteAddress: string | undefined, source = 'github', headers = {}) =>
    guard(source, new Request('https://host.example/hooks/x', { headers }), { socket: { remoteAddress } })?.status ??
    200
  return { from, logged, wait: (milliseconds: number) => (time += milliseconds) }
}

describe('createHookGuard', () => {
  it('lets everybody in unless told otherwise', () => {
    expect(setUp({}).from(undefined)).toBe(200)
  })

  it('takes from the networks named, over IPv4, IPv6 and both in one', () => {
    const { from, logged } = setUp({ allow: ['192.30.252.0/22', '2001:db8::/32'] })
    expect(['192.30.252.9', '::ffff:192.30.255.255', '2001:db8::1'].map((ip) => from(ip))).toEqual([200, 200, 200])
    expect(['192.31.0.1', '::1', undefined, 'unknown'].map((ip) => from(ip))).toEqual([403, 403, 403, 403])
    expect(logged[0]).toEqual({ source: 'github', address: '192.31.0.1' })
  })

  it('takes from networks by source, and from anywhere for sources not named', () => {
    const { from } = setUp({ allow: { github: ['192.0.2.1'] } })
    expect([from('192.0.2.1'), from('192.0.2.2'), from('192.0.2.2', 'agenta')]).toEqual([200, 403, 200])
  })

  it('believes the header that the host says, and none otherwise', () => {
    const forwarded = { 'x-real-ip': '192.0.2.1' }
    expect(setUp({ allow: ['192.0.2.1'] }).from('10.0.0.1', 'github', forwarded)).toBe(403)
    const behind = setUp({ allow: ['192.0.2.1'] }, (request) => request.headers.get('x-real-ip'))
    expect(behind.from('10.0.0.1', 'github', forwarded)).toBe(200)
    expect(behind.from('10.0.0.1')).toBe(403)
  })

  it('limits each sender of each source', () => {
    const { from, wait } = setUp({ rateLimit: { requests: 1, perSeconds: 10 } })
    expect([from('192.0.2.1'), from('192.0.2.1'), from('192.0.2.2'), from('192.0.2.1', 'agenta')]).toEqual([
      200, 429, 200, 200,
    ])
    wait(10_000)
    expect(from('192.0.2.1')).toBe(200)
  })

  it('refuses at once a network that is none', () => {
    expect(() => setUp({ allow: ['github.com'] })).toThrow(/"github.com"/)
  })
})
