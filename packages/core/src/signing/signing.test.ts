import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import { generateSecret, schemes, signWebhook, type VerifyRequest, verifyWebhook, type WebhookScheme } from './index.ts'

const ALL = Object.values(schemes)
const WITH_TIME: readonly WebhookScheme[] = ['standard', 'gitlab', 'agenta']
const TIME = new Date(1_614_265_330_000)
const SECRET = generateSecret(Buffer.alloc(32, 7))
const OTHER = generateSecret(Buffer.alloc(32, 8))

const signed = (scheme: WebhookScheme, more: object = {}) =>
  signWebhook(scheme, { secrets: [SECRET], id: 'msg_1', timestamp: TIME, body: '{"a":1}', ...more })

const check = (scheme: WebhookScheme, more: Partial<VerifyRequest> = {}) =>
  verifyWebhook(scheme, { secrets: [SECRET], headers: signed(scheme), body: '{"a":1}', now: TIME, ...more })

describe('published vectors', () => {
  it('signs and verifies as Standard Webhooks', () => {
    const secret = ['MfKQ9r8GKYqrTwjU', 'PD8ILPZIo2LaLaSw'].join('')
    const vector = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: TIME, body: '{"test": 2432232314}' }
    const headers = signWebhook('standard', { secrets: [secret], ...vector })
    expect(headers).toEqual({
      'webhook-id': vector.id,
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
    expect(signWebhook('standard', { secrets: `whsec_${secret}`, ...vector })).toEqual(headers)
    expect(verifyWebhook('standard', { secrets: [secret], headers, body: vector.body, now: TIME })).toEqual({
      ok: true,
      id: vector.id,
      timestamp: TIME,
      secretIndex: 0,
    })
  })

  it('signs and verifies as GitHub', () => {
    const digest = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17'
    const secrets = ["It's a Secret to Everybody"]
    const headers = signWebhook('github', { secrets, id: 'd', timestamp: TIME, body: 'Hello, World!' })
    expect(headers).toEqual({ 'X-Hub-Signature-256': `sha256=${digest}`, 'X-GitHub-Delivery': 'd' })
    const verdict = verifyWebhook('github', { secrets, headers, body: 'Hello, World!' })
    expect(verdict).toEqual({ ok: true, id: 'd', secretIndex: 0 })
  })

  it('signs as Agenta does, and as its design does', () => {
    const hex = (text: string) => createHmac('sha256', SECRET).update(text).digest('hex')
    const ids = { 'X-Agenta-Delivery-Id': 'msg_1', 'Idempotency-Key': 'msg_1' }
    expect(signed('agenta')).toEqual({
      'X-Agenta-Signature': `t=1614265330,v1=${hex('1614265330.{"a":1}')}`,
      ...ids,
    })
    expect(signed('agentaSha256')).toEqual({ 'X-Agenta-Signature': `sha256=${hex('{"a":1}')}`, ...ids })
  })
})

describe('every scheme', () => {
  it.each(ALL)('%s verifies what it signed, for any body and any id', (scheme) => {
    const body = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array())
    const id = fc.stringMatching(/^[\w-]{1,40}$/)
    fc.assert(
      fc.property(body, id, (body, id) => {
        const verdict = check(scheme, { headers: signed(scheme, { body, id }), body })
        expect(verdict).toMatchObject({ ok: true, id, secretIndex: 0 })
      }),
      { numRuns: 50 },
    )
  })

  it.each(ALL)('%s takes a string and its bytes for the same', (scheme) => {
    const text = '{"name":"Zoë 🚀"}'
    expect(check(scheme, { headers: signed(scheme, { body: text }), body: Buffer.from(text) }).ok).toBe(true)
    expect(check(scheme, { headers: signed(scheme, { body: new TextEncoder().encode(text) }), body: text }).ok).toBe(
      true,
    )
  })

  it.each(ALL.filter((scheme) => scheme !== 'gitlab'))('%s refuses a changed byte and another secret', (scheme) => {
    expect(check(scheme, { body: '{"a":2}' })).toEqual({ ok: false, reason: 'no-match' })
    expect(check(scheme, { secrets: [OTHER] })).toEqual({ ok: false, reason: 'no-match' })
  })

  it.each(ALL)('%s says which secret matched', (scheme) => {
    expect(check(scheme, { secrets: ['', OTHER, SECRET] })).toMatchObject({ ok: true, secretIndex: 2 })
    expect(check(scheme, { secrets: SECRET })).toMatchObject({ ok: true, secretIndex: 0 })
  })

  it.each(ALL)('%s wants a secret', (scheme) => {
    for (const secrets of [[], '', [''], undefined, [undefined]]) {
      expect(check(scheme, { secrets: secrets as string[] })).toEqual({ ok: false, reason: 'no-secret' })
      expect(() => signed(scheme, { secrets })).toThrow(/secret/)
    }
  })

  it.each(ALL)('%s misses its headers', (scheme) => {
    for (const headers of [{}, new Headers(), new Map(), [], { 'webhook-signature': undefined }, null]) {
      const verdict = check(scheme, { headers: headers as VerifyRequest['headers'] })
      expect(verdict).toEqual({ ok: false, reason: 'missing-header' })
    }
  })

  it.each(ALL)('%s reads headers of any kind', (scheme) => {
    const headers = signed(scheme)
    const entries = Object.entries(headers)
    const kinds: VerifyRequest['headers'][] = [
      Object.fromEntries(entries.map(([name, value]) => [name.toLowerCase(), value])),
      Object.fromEntries(entries.map(([name, value]) => [name.toUpperCase(), [value]])),
      new Headers(headers),
      new Map(entries),
      entries,
      Object.assign(Object.create(null), headers),
      { ...headers, get: 'a header that is called get' },
    ]
    for (const kind of kinds) expect(check(scheme, { headers: kind })).toMatchObject({ ok: true, id: 'msg_1' })
  })

  it.each(ALL)('%s refuses a body that was parsed, and says so', (scheme) => {
    const body = { a: 1 } as unknown as string
    for (const work of [() => check(scheme, { body }), () => signed(scheme, { body })]) {
      expect(work).toThrow(/raw bytes/)
      expect(work).toThrow(expect.objectContaining({ code: 'invalid-argument' }))
    }
  })

  it.each(ALL)('%s never throws on hostile headers', (scheme) => {
    const hostile = fc.oneof(fc.string(), fc.constantFrom('v1,', 't=,v1=', 'sha256=', 't=1,t=1,v1=0', 'v1a,x v1,y'))
    const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-agenta-signature', 'x-hub-signature']
    fc.assert(
      fc.property(fc.record(Object.fromEntries(names.map((name) => [name, hostile]))), (headers) => {
        expect(check(scheme, { headers }).ok).toBe(false)
      }),
    )
  })
})

describe('time', () => {
  it.each(WITH_TIME)('%s refuses what is too old or too new', (scheme) => {
    const at = (seconds: number) => new Date(TIME.getTime() + seconds * 1000)
    expect(check(scheme, { now: at(300) })).toMatchObject({ ok: true, timestamp: TIME })
    expect(check(scheme, { now: at(301) })).toEqual({ ok: false, reason: 'timestamp-too-old' })
    expect(check(scheme, { now: at(-300) }).ok).toBe(true)
    expect(check(scheme, { now: at(-301).getTime() })).toEqual({ ok: false, reason: 'timestamp-too-new' })
    expect(check(scheme, { now: at(5), toleranceSeconds: 1 })).toEqual({ ok: false, reason: 'timestamp-too-old' })
    expect(check(scheme, { now: at(1e9), toleranceSeconds: Number.POSITIVE_INFINITY }).ok).toBe(true)
    expect(verifyWebhook(scheme, { secrets: SECRET, headers: signed(scheme), body: '{"a":1}' }).ok).toBe(false)
  })

  it('refuses a clock or a tolerance that is no number', () => {
    expect(() => check('standard', { now: new Date(Number.NaN) })).toThrow(/now/)
    expect(() => check('standard', { toleranceSeconds: -1 })).toThrow(/tolerance/)
    expect(() => check('standard', { toleranceSeconds: Number.NaN })).toThrow(/tolerance/)
  })

  it.each(['', 'soon', '1e9', '-1', '1614265330.5', '0x1', '9'.repeat(40)])('takes %j for no time', (timestamp) => {
    const reason = timestamp === '' ? 'missing-header' : 'malformed-header'
    const headers = { ...signed('standard'), 'webhook-timestamp': timestamp }
    expect(check('standard', { headers })).toEqual({ ok: false, reason })
    const signature = signed('agenta')['X-Agenta-Signature']?.replace('1614265330', timestamp) ?? ''
    const verdict = check('agenta', { headers: { 'X-Agenta-Signature': signature } })
    expect(verdict).toEqual({ ok: false, reason: 'malformed-header' })
  })
})

describe('standard', () => {
  it('signs with every secret and accepts any of them', () => {
    const headers = signed('standard', { secrets: [SECRET, OTHER] })
    expect(headers['webhook-signature']).toMatch(/^v1,\S{44} v1,\S{44}$/)
    expect(check('standard', { headers, secrets: OTHER })).toMatchObject({ ok: true, secretIndex: 0 })
  })

  it('passes over versions and signatures that are not ours', () => {
    const own = signed('standard')['webhook-signature']
    const among = (signature: string) =>
      check('standard', { headers: { ...signed('standard'), 'webhook-signature': signature } })
    expect(among(`v1a,AAAA v1,BBBB ${own}`).ok).toBe(true)
    expect(among(`${own} junk`).ok).toBe(true)
    expect(among(String(own).replace('v1,', 'v1a,'))).toEqual({ ok: false, reason: 'no-match' })
    expect(among(String(own).replace('v1,', 'v2,'))).toEqual({ ok: false, reason: 'no-match' })
    expect(among(String(own).slice(3))).toEqual({ ok: false, reason: 'malformed-header' })
    expect(among('v1,')).toEqual({ ok: false, reason: 'malformed-header' })
    const doubled = { ...signed('standard'), 'webhook-signature': ['v1,AAAA', String(own)] }
    expect(check('standard', { headers: doubled }).ok).toBe(true)
  })

  it('refuses a dot in the id: what is signed would have two readings', () => {
    expect(() => signed('standard', { id: 'msg.1' })).toThrow(/dot/)
    const headers = signWebhook('standard', { secrets: SECRET, id: 'msg', timestamp: TIME, body: '1614265330.x' })
    const shifted = { ...headers, 'webhook-id': `msg.${headers['webhook-timestamp']}` }
    expect(check('standard', { headers: shifted, body: 'x' })).toEqual({ ok: false, reason: 'malformed-header' })
  })

  it.each(['', 'a b', 'a\nb', 'é', 'a.b'])('refuses %j as an id', (id) => {
    for (const scheme of ALL) expect(() => signed(scheme, { id })).toThrow(/webhook id/)
  })

  it('refuses to sign with a secret that is not base64, and matches nothing with it', () => {
    for (const secrets of ['not base64!', 'whsec_', 'whsk_é', 'abcde']) {
      const error = caught(() => signed('standard', { secrets }))
      expect(isPullwrightError(error) && error.code).toBe('invalid-argument')
      expect(check('standard', { secrets })).toEqual({ ok: false, reason: 'no-match' })
      expect(check('standard', { secrets: [secrets, SECRET] })).toMatchObject({ ok: true, secretIndex: 1 })
    }
  })

  it('refuses a time that is none', () => {
    for (const timestamp of [new Date(Number.NaN), null, undefined, new Date(-1)]) {
      expect(() => signed('standard', { timestamp })).toThrow(/timestamp/)
    }
  })
})

describe('both schemes of Agenta in one header', () => {
  const apart = [signed('agenta'), signed('agentaSha256')].map((headers) => headers['X-Agenta-Signature'] ?? '')
  const both = [apart.join(','), [...apart].reverse().join(', ')].map((header) => ({ 'X-Agenta-Signature': header }))

  it('are accepted by either verifier, in either order', () => {
    for (const headers of both) {
      expect(check('agenta', { headers })).toMatchObject({ ok: true, timestamp: TIME })
      expect(check('agentaSha256', { headers })).toMatchObject({ ok: true, secretIndex: 0 })
    }
  })

  it('are each judged by their own signature alone', () => {
    for (const headers of both) {
      expect(check('agenta', { headers, body: '{"a":2}' })).toEqual({ ok: false, reason: 'no-match' })
      expect(check('agentaSha256', { headers, body: '{"a":2}' })).toEqual({ ok: false, reason: 'no-match' })
      expect(check('github', { headers }).ok).toBe(false)
    }
    const forged = { 'X-Agenta-Signature': `${apart[0]},sha256=${'0'.repeat(64)}` }
    expect(check('agenta', { headers: forged }).ok).toBe(true)
    expect(check('agentaSha256', { headers: forged })).toEqual({ ok: false, reason: 'no-match' })
  })

  it('leave a doubled or odd signature malformed', () => {
    for (const more of [apart[1], 'sha1=00', '']) {
      const headers = { 'X-Agenta-Signature': `${apart.join(',')},${more}` }
      expect(check('agentaSha256', { headers })).toEqual({ ok: false, reason: 'malformed-header' })
    }
  })
})

describe('agenta', () => {
  it('takes several signatures, upper case and spaces', () => {
    const headers = signed('agenta', { secrets: [OTHER, SECRET] })
    expect(check('agenta', { headers })).toMatchObject({ ok: true, id: 'msg_1' })
    const loud = String(headers['X-Agenta-Signature']).replace(/v1=(\w+)/g, (_, hex) => ` v1=${hex.toUpperCase()} `)
    expect(check('agenta', { headers: { 'x-agenta-signature': loud } }).ok).toBe(true)
  })

  it.each(['t=1614265330', 'v1=00', 't=1614265330,v1=xyz', 't=1614265330,v1=', 'sha256=00', 'garbage', ',,,'])(
    'takes %j for malformed',
    (header) => {
      const verdict = check('agenta', { headers: { 'X-Agenta-Signature': header } })
      expect(verdict).toEqual({ ok: false, reason: 'malformed-header' })
    },
  )

  it('does not take one form for the other', () => {
    expect(check('agenta', { headers: signed('agentaSha256') })).toEqual({ ok: false, reason: 'malformed-header' })
    expect(check('agentaSha256', { headers: signed('agenta') })).toEqual({ ok: false, reason: 'malformed-header' })
  })
})

describe('gitlab', () => {
  const token = 'a plain token'

  it('signs with a signing token, and sends any other secret', () => {
    expect(Object.keys(signed('gitlab'))).toContain('webhook-signature')
    expect(signed('gitlab', { secrets: [token] })).toMatchObject({
      'X-Gitlab-Token': token,
      'X-Gitlab-Event-UUID': 'msg_1',
    })
    expect(check('gitlab', { headers: signed('gitlab', { secrets: token }), secrets: [token] })).toMatchObject({
      ok: true,
    })
    expect(check('gitlab', { headers: { 'x-gitlab-token': 'guess' }, secrets: [token] })).toEqual({
      ok: false,
      reason: 'no-match',
    })
  })

  it('never falls back to the token when a signature is there', () => {
    const headers = { ...signed('gitlab'), 'webhook-signature': 'v1,AAAA', 'X-Gitlab-Token': token }
    expect(check('gitlab', { headers, secrets: [token, SECRET] })).toEqual({ ok: false, reason: 'no-match' })
    const stale = { ...signed('gitlab'), 'X-Gitlab-Token': token }
    expect(check('gitlab', { headers: stale, secrets: [token, SECRET], now: new Date(0) }).ok).toBe(false)
  })
})

describe('signatures over the body alone', () => {
  const headerOf = {
    agentaSha256: 'X-Agenta-Signature',
    github: 'X-Hub-Signature-256',
    bitbucket: 'X-Hub-Signature',
    jira: 'X-Hub-Signature',
  }

  it.each(Object.entries(headerOf))('%s: %s in either case of hex, and nothing else', (name, header) => {
    const scheme = name as WebhookScheme
    const value = String(signed(scheme)[header])
    const given = (text: string | string[]) => check(scheme, { headers: { [header]: text } })
    expect(given(`sha256=${value.slice(7).toUpperCase()}`).ok).toBe(true)
    for (const text of [
      value.slice(7),
      value.slice(0, -1),
      `${value}0`,
      `sha1=${value.slice(7)}`,
      'sha256=',
      [value, value],
    ]) {
      expect(given(text), String(text)).toEqual({ ok: false, reason: 'malformed-header' })
    }
  })

  it('does not take the SHA-1 header of GitHub', () => {
    const verdict = check('github', { headers: { 'X-Hub-Signature': String(signed('github')['X-Hub-Signature-256']) } })
    expect(verdict).toEqual({ ok: false, reason: 'missing-header' })
  })
})

describe('the module', () => {
  it('refuses a scheme there is not', () => {
    for (const name of ['slack', 'constructor', undefined]) {
      expect(() => signed(name as WebhookScheme)).toThrow(/scheme/)
      expect(() => check('standard', {})).not.toThrow()
      expect(() => verifyWebhook(name as WebhookScheme, { secrets: SECRET, headers: {}, body: '' })).toThrow(/scheme/)
    }
  })

  it('makes secrets of 32 random bytes', () => {
    expect(generateSecret()).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(generateSecret()).not.toBe(generateSecret())
    expect(() => generateSecret(new Uint8Array(8))).toThrow(/bytes/)
  })

  it('loads nothing but node:crypto', () => {
    const files = [
      'index',
      'schemes',
      'hmac',
      'check-input',
      'read-header',
      'sign-webhook',
      'verify-webhook',
      'generate-secret',
    ]
    const imports = files.flatMap((file) => {
      const text = readFileSync(new URL(`./${file}.ts`, import.meta.url), 'utf8')
      return [...text.matchAll(/from '([^']+)'/g)].map((match) => match[1])
    })
    expect(imports.length).toBeGreaterThan(5)
    for (const from of imports) expect(from === 'node:crypto' || from?.startsWith('./'), from).toBe(true)
  })
})

function caught(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
