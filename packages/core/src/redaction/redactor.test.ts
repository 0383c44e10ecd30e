import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import { pseudonym } from './pseudonym.ts'
import { createRedactor, type RedactorOptions } from './redactor.ts'

const redactor = createRedactor()
const GITHUB = `${['gh', 'p_'].join('')}${'aB3dE6gH9j'.repeat(4)}`.slice(0, 40)
const OPENAI = `${['sk', '-proj-'].join('')}${'Zx9Kq2Lm7P'.repeat(5)}`
const PEM = [
  ['-----BEGIN RSA', ' PRIVATE KEY-----'].join(''),
  ...Array.from({ length: 8 }, (_, line) => `MIIEow${String(line).repeat(50)}/+`),
  ['-----END RSA', ' PRIVATE KEY-----'].join(''),
].join('\n')
const HIDDEN = '[REDACTED]'
const CURL = ['cu', 'rl'].join('')
const reference = (name: string) => `$\{${name}}`

describe('value', () => {
  it('hides what stands under telling keys, at any depth and of any type', () => {
    const given = {
      apiKey: 'anything',
      llm: { 'X-API-KEY': 12345, nested: [{ password: { user: 'a', pass: 'b' } }, { secrets: ['a', 'b'] }] },
      max_tokens: 500,
      temperature: 0.7,
    }
    expect(redactor.value(given)).toEqual({
      apiKey: HIDDEN,
      llm: { 'X-API-KEY': HIDDEN, nested: [{ password: HIDDEN }, { secrets: HIDDEN }] },
      max_tokens: 500,
      temperature: 0.7,
    })
  })

  it('lets stand under telling keys what gives nothing away', () => {
    const given = {
      password: null,
      token: '',
      has_secret: true,
      api_key: false,
      secrets: [],
      credentials: {},
      auth_token: reference('GITHUB_TOKEN'),
      secret: '{{ api_key }}',
      client_secret: undefined,
    }
    expect(redactor.value(given)).toBe(given)
  })

  it('knows a secret by the name beside it', () => {
    const given = {
      env: [
        { name: 'OPENAI_API_KEY', value: 'abc' },
        { name: 'LOG_LEVEL', value: 'abc' },
        { key: 'Authorization', value: 'x y' },
      ],
    }
    expect(redactor.value(given)).toEqual({
      env: [
        { name: 'OPENAI_API_KEY', value: HIDDEN },
        { name: 'LOG_LEVEL', value: 'abc' },
        { key: 'Authorization', value: HIDDEN },
      ],
    })
  })

  it('leaves the description of a parameter that is called like a secret, but not its default', () => {
    const tools = [
      {
        type: 'function',
        function: {
          name: 'login',
          parameters: {
            type: 'object',
            properties: {
              password: { type: 'string', description: 'Of the user' },
              token: { type: ['string', 'null'] },
            },
            required: ['password'],
          },
        },
      },
    ]
    expect(redactor.value(tools)).toBe(tools)
    const withDefault = { properties: { api_key: { type: 'string', default: 'abc', examples: ['abc'] } } }
    expect(redactor.value(withDefault)).toEqual({
      properties: { api_key: { type: 'string', default: HIDDEN, examples: HIDDEN } },
    })
    expect(redactor.value({ properties: { api_key: 'abc' } })).toEqual({ properties: { api_key: HIDDEN } })
  })

  it('finds secrets in text, in JSON inside a string, in URLs and in keys', () => {
    const given = {
      prompt: `Call the API with ${OPENAI}, please.`,
      json: JSON.stringify({ user: 'a', password: 'hunter2', nested: { api_key: 12345 } }),
      twice: JSON.stringify({ json: JSON.stringify({ password: 'hunter2' }) }),
      url: 'postgres://admin:hunter2@db.example.com:5432/app?sslmode=require',
      [GITHUB]: 1,
    }
    const text = JSON.stringify(redactor.value(given))
    for (const secret of [OPENAI, 'hunter2', '12345', GITHUB]) expect(text).not.toContain(secret)
    const safe = redactor.value(given)
    expect(JSON.parse(safe.json)).toEqual({ user: 'a', password: HIDDEN, nested: { api_key: HIDDEN } })
    expect(JSON.parse(JSON.parse(safe.twice).json)).toEqual({ password: HIDDEN })
    expect(safe.url).toBe('postgres://admin:[REDACTED]@db.example.com:5432/app?sslmode=require')
    expect(Object.keys(safe)).toContain(HIDDEN)
  })

  it('keeps apart keys that are hidden alike', () => {
    const other = GITHUB.replace('a', 'b')
    const safe = redactor.value({ a: 1, [GITHUB]: 2, [other]: 3, b: 4 })
    expect(Object.entries(safe)).toEqual([
      ['a', 1],
      [HIDDEN, 2],
      [`${HIDDEN}#2`, 3],
      ['b', 4],
    ])
  })

  it('gives back what is clean, and copies only the way to what is not', () => {
    const given = Object.freeze({
      clean: Object.freeze({ a: [1, 'two'] }),
      dirty: Object.freeze({ token: 'x', rest: Object.freeze([1]) }),
    })
    const safe = redactor.value(given)
    expect(safe.clean).toBe(given.clean)
    expect(safe.dirty.rest).toBe(given.dirty.rest)
    expect(given.dirty.token).toBe('x')
    expect(safe.dirty.token).toBe(HIDDEN)
    const clean = JSON.parse('{"a":{"b":[{"c":"text"}]}}')
    expect(redactor.value(clean)).toBe(clean)
  })

  it('takes __proto__ for a key like any other', () => {
    const given = JSON.parse('{"__proto__":{"password":"x"},"constructor":{"token":"y"},"a":{"__proto__":"z"}}')
    const safe = redactor.value(given)
    expect(JSON.stringify(safe)).toBe(
      '{"__proto__":{"password":"[REDACTED]"},"constructor":{"token":"[REDACTED]"},"a":{"__proto__":"z"}}',
    )
    expect(Object.getPrototypeOf(safe)).toBe(Object.prototype)
    expect(({} as Record<string, unknown>).password).toBeUndefined()
  })

  it('cuts what contains itself', () => {
    const given: Record<string, unknown> = { password: 'x', list: [] }
    given.self = given
    ;(given.list as unknown[]).push(given, { given })
    const text = JSON.stringify(redactor.value(given))
    expect(text).toBe('{"password":"[REDACTED]","list":["[Circular]",{"given":"[Circular]"}],"self":"[Circular]"}')
    const shared = { a: 1 }
    expect(redactor.value([shared, shared])).toEqual([shared, shared])
  })

  it('goes 10,000 levels down, through objects and lists', () => {
    let value: unknown = { password: 'x' }
    for (let depth = 0; depth < 10_000; depth++) value = depth % 2 ? [value] : { a: value }
    let safe: unknown = redactor.value(value)
    for (let depth = 9_999; depth >= 0; depth--) safe = depth % 2 ? (safe as unknown[])[0] : (safe as { a: unknown }).a
    expect(safe).toEqual({ password: HIDDEN })
    let loop: Record<string, unknown> = {}
    const end = loop
    for (let depth = 0; depth < 5_000; depth++) loop = { a: loop }
    end.back = loop
    let cut: unknown = redactor.value(loop)
    for (let depth = 0; depth < 5_000; depth++) cut = (cut as { a: unknown }).a
    expect(cut).toEqual({ back: '[Circular]' })
  })

  it('shows no secret of an error, a map, a set, headers or an address', () => {
    const error = Object.assign(new Error(`failed with ${GITHUB}`, { cause: { token: 'abc123' } }), { code: 'x' })
    const given = {
      error,
      map: new Map([['password', 'abc123']]),
      set: new Set([GITHUB]),
      headers: new Headers({ authorization: 'abc123' }),
      url: new URL('https://user:abc123@example.com/'),
      date: new Date(0),
      bytes: Buffer.from('x'),
    }
    const safe = redactor.value(given)
    const text = JSON.stringify(safe)
    for (const secret of [GITHUB, 'abc123']) expect(text).not.toContain(secret)
    expect(safe.error).toMatchObject({
      name: 'Error',
      message: `failed with ${HIDDEN}`,
      code: 'x',
      cause: { token: HIDDEN },
    })
    expect(safe.date).toBe(given.date)
    expect(safe.bytes).toBe(given.bytes)
  })

  it.each([null, undefined, true, 0, Number.NaN, 1n, '', 'text', Symbol.iterator, () => 1])(
    'gives back %s',
    (value) => {
      expect(redactor.value(value)).toBe(value)
    },
  )
})

describe('text', () => {
  it('finds a private key over many lines, whole, cut off or escaped', () => {
    expect(redactor.text(`before\n${PEM}\nafter`)).toBe(`before\n${HIDDEN}\nafter`)
    expect(redactor.text(JSON.stringify({ pem: `a ${PEM}\nb` }))).not.toContain('MIIEow')
    const cut = redactor.text(`before\n${PEM.slice(0, 300)}`)
    expect(cut).toBe(`before\n${HIDDEN}`)
    const diff = PEM.split('\n')
      .map((line) => `+${line}`)
      .join('\n')
    expect(redactor.text(` context\n${diff}\n context`)).not.toContain('MIIEow')
    expect(redactor.text(`key: |\n${PEM.replace(/^/gm, '  ')}\nnext: 1`)).toMatch(/^key: \|\n {2}\S*\nnext: 1$/)
  })

  it.each([
    ['password: hunter2', 'password: [REDACTED]'],
    ['password = "hunter2"', 'password = "[REDACTED]"'],
    ['passwd=swordfish', 'passwd=[REDACTED]'],
    ['token=abcdef&x=1', 'token=[REDACTED]&x=1'],
    ['x-api-key: 0123456789abcdef0123456789abcdef', 'x-api-key: [REDACTED]'],
    ['postgres://jane@corp.com:hunter2@db/x', 'postgres://jane@corp.com:[REDACTED]@db/x'],
    ["config['api_key'] = 'abcdefgh'", "config['api_key'] = '[REDACTED]'"],
    ['PASSWORD=swordfish\nexport DB_TOKEN=abcd', 'PASSWORD=[REDACTED]\nexport DB_TOKEN=[REDACTED]'],
    ['The password is hunter2!', 'The password is [REDACTED]'],
    ['API key: Zx9Kq2Lm7P', 'API key: [REDACTED]'],
    ['mysql --password s3cr3t db', 'mysql --password [REDACTED] db'],
    [`${CURL} -u admin:hunter2 https://x`, `${CURL} -u [REDACTED] https://x`],
    ['Authorization: Bearer abc123def456', 'Authorization: Bearer [REDACTED]'],
    ['authorization: Basic dXNlcjpwYXNz', 'authorization: Basic [REDACTED]'],
    ['send Basic dXNlcjpwYXNzd29yZA== along', 'send Basic [REDACTED] along'],
    ['X-Api-Key: Zx9Kq2Lm7P', 'X-Api-Key: [REDACTED]'],
    ['Cookie: session=abc; other=def', 'Cookie: [REDACTED]'],
    ['https://x.io/a?token=abc&b=1#access_token=def', 'https://x.io/a?token=[REDACTED]&b=1#access_token=[REDACTED]'],
    ['https://user:pa/ss@x.io/', 'https://user:[REDACTED]@x.io/'],
    ['redis://:hunter2@cache:6379/0', 'redis://:[REDACTED]@cache:6379/0'],
    ['Server=db;User Id=sa;Password=hunter2;Timeout=5', 'Server=db;User Id=sa;Password=[REDACTED];Timeout=5'],
    ['<password>hunter2</password>', '<password>[REDACTED]</password>'],
    ['api_key: |\n  Zx9Kq2Lm7P\nmodel: x', 'api_key: |\n  [REDACTED]\nmodel: x'],
    ['{"token": "abc", "max_tokens": 5}', '{"token": "[REDACTED]", "max_tokens": 5}'],
    ["{'token': 'abc'}", "{'token': '[REDACTED]'}"],
    ['{"secrets": {"a": "b}", "c": [1]}, "d": 1}', '{"secrets": "[REDACTED]", "d": 1}'],
    ['{"pin_code": 1, "api_key": 12345}', '{"pin_code": 1, "api_key": "[REDACTED]"}'],
    ['{\\"password\\": \\"a\\\\\\"b\\"}', '{\\"password\\": \\"[REDACTED]\\"}'],
    ['{"password": "cut off', '{"password": "[REDACTED]'],
    ['token%3Dx https://a/?q=1&api_key=abc', 'token%3Dx https://a/?q=1&api_key=[REDACTED]'],
    ['next=https%3A%2F%2Fa%2F%3Fcode%3Dabc1%26page%3D2', 'next=https%3A%2F%2Fa%2F%3Fcode%3D[REDACTED]%26page%3D2'],
    ['%7B%22password%22%3A%22hunter2%22%7D', '%7B%22password%22%3A%22[REDACTED]%22%7D'],
    ['x%253Faccess_token%253Dabc123%2526b%253D1', 'x%253Faccess_token%253D[REDACTED]%2526b%253D1'],
    ['https://x9Kq2Lm7PZx9Kq2Lm7P@host/x', 'https://[REDACTED]@host/x'],
    ['[{"name":"API_KEY","value":"abc"}]', '[{"name":"API_KEY","value":"[REDACTED]"}]'],
    ['{\\"name\\":\\"API_KEY\\",\\"value\\":\\"abc\\"}', '{\\"name\\":\\"API_KEY\\",\\"value\\":\\"[REDACTED]\\"}'],
    ['<input name="api_key" value="abc123def456">', '<input name="api_key" value="[REDACTED]">'],
    ['- name: DB_PASSWORD\n  value: hunter2\n', '- name: DB_PASSWORD\n  value: [REDACTED]\n'],
    ['api_keys:\n  - abc123def\n  - "b2"\nc: 1', 'api_keys:\n  - [REDACTED]\n  - "b2"\nc: 1'],
    ['api_keys:\n  - abc123def\n  - zyx987wvu\nc: 1', 'api_keys:\n  - [REDACTED]\nc: 1'],
    ['pass\u200bword: hunt\u00ader2 \u200b!', 'pass\u200bword: [REDACTED] \u200b!'],
    [
      `@@ -3 +3 @@\n see\n ${'Ab1+'.repeat(16)}\n-${'Cd2/'.repeat(16)}\n+${'Ef3='.repeat(6)}\n -----END RSA ${'PRIVATE KEY'}-----\n b`,
      '@@ -3 +3 @@\n see\n [REDACTED]\n b',
    ],
    [`${'Ab1+'.repeat(16)}\n-----END ${'PRIVATE KEY'}-----`, '[REDACTED]'],
    ['(the password is Zx9Kq2Lm!)', '(the password is [REDACTED])'],
    ['{{the token is Zx9Kq2Lm7Pqr}}', '{{the token is [REDACTED]}}'],
    ['password: NWlTdmxDVVlPTWFMRHBYNw==', 'password: [REDACTED]'],
    ['machine a.io login me password Zx9Kq2Lm7P', 'machine a.io login me password [REDACTED]'],
    // What holds the name of a cipher by chance, or looks like a number with its unit, or like a path.
    ['api_key: YbV2SCwck1ephxsRRMD5pFvl6TiUcM', 'api_key: [REDACTED]'],
    ['X-Api-Key: 66vzePqMvkfEOZDzHyEODTSTzbxCcTTm', 'X-Api-Key: [REDACTED]'],
    ['api_key: BrbsHxEoLYLwiRrDeSRmwUmhJyC863', 'api_key: [REDACTED]'],
    ['aws_secret_access_key = /EIn0KKS7/25mQVzzPK7zlTzMIl7utjTD1xvxxH9', 'aws_secret_access_key = [REDACTED]'],
    [`a ${GITHUB.slice(0, 3)}\u200b${GITHUB.slice(3, 9)}\u00ad${GITHUB.slice(9)} b`, 'a [REDACTED] b'],
  ])('reads %j', (given, hidden) => {
    expect(redactor.text(given)).toBe(hidden)
  })

  it.each([
    'Password: must be at least 8 characters long.',
    'password: required',
    'password: "Enter your password"',
    'Your token: {{token}}',
    'api_key=YOUR_API_KEY',
    `api_key: ${reference('OPENAI_API_KEY')}`,
    'api_key=os.environ["OPENAI_API_KEY"]',
    'const token = await fetchToken()',
    'token = process.env.TOKEN',
    'if (password == null || token != other) return',
    'login(password=password, token=self.token)',
    '{"token": "string", "password": "<password>"}',
    'Authorization: Bearer <token>',
    `Authorization: Bearer ${reference('TOKEN')}`,
    'Basic usage: see the guide. Basic authentication is simple.',
    'Bearer of bad news; bearer authentication-required',
    'The secret: never give up. The key: patience. The token: a small unit.',
    'max_tokens: 4096, stop_token: "<|end|>", top_k=40',
    'Model: gpt-4o-mini-2024-07-18, claude-3-5-sonnet-20241022, ft:gpt-3.5-turbo:acme::7p4lURel',
    'id: 550e8400-e29b-41d4-a716-446655440000',
    'commit 3f2a91bc04d7e8f6a5b4c3d2e1f00987a6b5c4d3',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'https://example.com:8080/@scope/package?page=2&sort=key',
    'git@github.com:owner/repo.git',
    'http://localhost:3000/users@example.com',
    `| \`-----BEGIN RSA ${'PRIVATE KEY'}-----\` | PKCS#1 |`,
    `It ends with\n-----END RSA ${'PRIVATE KEY'}-----`,
    'The token is getToken(), the password is getpass(). (The key is described in section 3.)',
    'Then type login name and password twice. login: me password: required',
    'token: HS256-HMAC, api_key: aes-256-gcm, secret: hmac-sha256, key_token: meta-llama/Llama-3.3-70B-Instruct',
    'task-management-and-orchestration, risk-assessment-framework-for-all, disk-usage',
    'sk-learn-compatible-estimators-and-more, sk-folding-cube',
    'https://jane.doe@example.com/ and https%3A%2F%2Fa.io%2F%3Fpage%3D2%26sort%3Dkey',
    'required_secrets:\n  - GITHUB_TOKEN\n  - NPM_TOKEN\ncredentials:\n  - name: foo1\n    user: x1',
    '<input name="password" value="Enter your password"> {"name": "model", "value": "gpt-4o-2024"}',
    'zero\u200bwidth \u202aprose, soft\u00adly: nothing hidden, 👩\u200d💻',
    'Dear {{name}}, the time is 12:30:45 and the ratio 3:1.',
    'What key: value pairs are there? import { token } from "./token.ts"',
    `data:image/png;base64,${Buffer.from('x'.repeat(300)).toString('base64')}`,
  ])('leaves %j', (text) => {
    expect(redactor.text(text)).toBe(text)
  })
})

describe('options', () => {
  it('hides known values wherever they stand, also encoded', () => {
    const secret = 'p@ss/word+with spaces'
    const redactor = createRedactor({ values: [secret] })
    const encoded = [
      secret,
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      Buffer.from(secret).toString('base64'),
      Buffer.from(Buffer.from(secret).toString('base64')).toString('base64'),
      Buffer.from(`data: ${Buffer.from(secret).toString('base64')}`).toString('base64'),
      Buffer.from(secret).toString('base64url'),
      Buffer.from(`user:${secret}`).toString('base64'),
      Buffer.from(`u:${secret}:x`).toString('base64'),
      Buffer.from(secret).toString('hex'),
      encodeURIComponent(encodeURIComponent(secret)),
      JSON.stringify(secret).replaceAll('/', '\\/'),
      `${secret.slice(0, 3)}\u200b${secret.slice(3)}`,
      JSON.stringify({ a: `"${secret}"` }),
      ...['', 'u:', 'us:'].map((head) => base64(JSON.stringify({ auth: base64(`${head}${secret}:x`) }))),
    ]
    for (const text of encoded) {
      const safe = redactor.text(`xx${text}yy`)
      expect(safe, text).toContain(HIDDEN)
      for (const form of encoded.slice(0, 5)) expect(safe).not.toContain(form)
    }
  })

  it('hides them in JSON inside of JSON and in HTML, where their quotes are other ones', () => {
    const redactor = createRedactor({ values: ['x9"Kq&2<Lm'] })
    expect(redactor.text(JSON.stringify(JSON.stringify({ a: 'x9"Kq&2<Lm' })))).toBe('"{\\"a\\":\\"[REDACTED]\\"}"')
    expect(redactor.text('<b>x9&quot;Kq&amp;2&lt;Lm</b>')).toBe('<b>[REDACTED]</b>')
  })

  it('hides them as other languages write JSON, and where base64 goes over several lines', () => {
    const redactor = createRedactor({ values: ['gehéim-€', 'x'.repeat(70)] })
    expect(redactor.text('{"a": "geh\\u00e9im-\\u20ac"}')).toBe('{"a": "[REDACTED]"}')
    const [first, ...rest] =
      Buffer.from('x'.repeat(70))
        .toString('base64')
        .match(/.{1,64}/g) ?? []
    expect(redactor.text(`a ${[first, ...rest].join('\n')} b`)).toBe('a [REDACTED] b')
  })

  it('hides overlapping values, values in values, and short ones only alone', () => {
    const redactor = createRedactor({ values: ['abcdef', 'defghi', 'abcdefghijkl', 'xy', ''] })
    expect(redactor.text('-abcdefghi-')).toBe(`-${HIDDEN}-`)
    expect(redactor.text('-abcdefghijkl-')).toBe(`-${HIDDEN}-`)
    expect(redactor.text('xyz xy')).toBe('xyz xy')
    expect(redactor.value({ a: 'xy', b: 'abcdef' })).toEqual({ a: HIDDEN, b: HIDDEN })
  })

  it('hides any value of the host in any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        const redactor = createRedactor({ values: [secret], detectors: false, replacement: '\u0007' })
        return !redactor.text(`${before}${secret}${after}`).replaceAll('\u0007', '').includes(secret)
      }),
    )
  })

  it('tells secrets apart by fingerprint, if it has a key', () => {
    const redactor = createRedactor({ fingerprintKey: 'key' })
    const [a, b, c] = ['one', 'two', 'one'].map((token) => redactor.value({ token }).token)
    expect(a).toMatch(/^\[REDACTED:[0-9a-f]{4}\]$/)
    expect(a).toBe(c)
    expect(a).not.toBe(b)
    expect(createRedactor({ fingerprintKey: 'other' }).value({ token: 'one' }).token).not.toBe(a)
    const byOrder = [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ].map((secrets) => redactor.value({ secrets }).secrets)
    expect(byOrder[0]).toEqual(byOrder[1])
    expect(redactor.value({ token: a })).toEqual({ token: a })
  })

  it('takes another replacement', () => {
    const redactor = createRedactor({ replacement: '***', fingerprintKey: Buffer.from('k') })
    expect(redactor.value({ token: 'x' }).token).toMatch(/^\*\*\*:[0-9a-f]{4}$/)
    expect(createRedactor({ replacement: '<hidden>' }).text('password=hunter2')).toBe('password=<hidden>')
  })

  it('takes own shapes, and leaves some or all of the defaults', () => {
    const acme = { name: 'acme', pattern: /acme-\d{4,}/ }
    expect(createRedactor({ detectors: [acme] }).text(`acme-123456 ${GITHUB}`)).toBe(`${HIDDEN} ${HIDDEN}`)
    const fast = { ...acme, literals: ['acme-'] }
    expect(createRedactor({ detectors: { add: [fast], only: [] } }).text(`acme-123456 ${GITHUB}`)).toBe(
      `${HIDDEN} ${GITHUB}`,
    )
    expect(createRedactor({ detectors: { except: ['github-token'] } }).text(GITHUB)).toBe(GITHUB)
    expect(createRedactor({ detectors: false }).text(GITHUB)).toBe(GITHUB)
    const greedy = createRedactor({ detectors: [{ name: 'all', pattern: /[A-Z]+/ }] })
    expect(greedy.text(greedy.text('a BC d'))).toBe(`a ${HIDDEN} d`)
  })

  it('adds keys, in values and in text', () => {
    const redactor = createRedactor({ keys: ['ssn', 'customer_*'] })
    expect(redactor.value({ ssn: '1', customerName: 'x', password: 'y' })).toEqual({
      ssn: HIDDEN,
      customerName: HIDDEN,
      password: HIDDEN,
    })
    expect(redactor.text('{"SSN": "078-05-1120"}')).toBe('{"SSN": "[REDACTED]"}')
  })

  it.each<[string, unknown]>([
    ['an empty replacement', { replacement: '' }],
    ['an empty fingerprint key', { fingerprintKey: '' }],
    ['pseudonyms without a key', { pseudonymise: { key: '' } }],
    ['a detector without a pattern', { detectors: [{ name: 'x' }] }],
    ['a detector with a short literal', { detectors: [{ name: 'x', pattern: /x/, literals: ['x'] }] }],
    ['a key that is none', { keys: [''] }],
  ])('refuses %s', (_, options) => {
    let error: unknown
    try {
      createRedactor(options as RedactorOptions)
    } catch (thrown) {
      error = thrown
    }
    expect(isPullwrightError(error) && error.code).toBe('invalid-argument')
  })
})

describe('pseudonyms', () => {
  const key = 'project key'
  const redactor = createRedactor({ pseudonymise: { key } })

  it('stand in place of e-mail addresses, the same for the same person', () => {
    const name = pseudonym(key, 'jane@company.com')
    expect(name).toMatch(/^user-[0-9a-f]{10}$/)
    expect(pseudonym(key, ' Jane@Company.COM ')).toBe(name)
    expect(pseudonym('other', 'jane@company.com')).not.toBe(name)
    expect(redactor.text('By <jane@company.com>, and Jane@company.com.')).toBe(`By <${name}>, and ${name}.`)
    expect(redactor.value({ deployed_by: 'jane@company.com' })).toEqual({ deployed_by: name })
  })

  it('leave what is no address of a person', () => {
    for (const text of ['git@github.com:a/b', '@jane', 'a@b', 'x @ y.com', 'npm i @scope/name@1.2.3', 'jane@']) {
      expect(redactor.text(text)).toBe(text)
    }
    expect(createRedactor().text('jane@company.com')).toBe('jane@company.com')
    expect(createRedactor({ pseudonymise: { key, emails: false } }).text('jane@company.com')).toBe('jane@company.com')
  })

  it('come with a list of who they are, once each', () => {
    const { people, redactions } = redactor.valueWithReport(['a@x.io', { b: 'A@x.io and b@x.io' }])
    expect(people.map(({ email }) => email.toLowerCase())).toEqual(['a@x.io', 'b@x.io'])
    expect(people[0]?.pseudonym).toBe(pseudonym(key, 'a@x.io'))
    expect(redactions.map(({ path, detector }) => [path, detector])).toEqual([
      ['[0]', 'email'],
      ['[1].b', 'email'],
    ])
  })
})

describe('reports', () => {
  it('name path and detector, and no secret', () => {
    const { value, redactions } = redactor.valueWithReport({
      llm: { api_key: 'x', headers: { 'x-token': 'y' } },
      messages: [{ content: `use ${GITHUB} and ${GITHUB}` }],
      [GITHUB]: { token: 'z' },
    })
    expect(redactions).toEqual([
      { path: 'llm.api_key', detector: 'key:*_key' },
      { path: 'llm.headers["x-token"]', detector: 'key:*_token' },
      { path: 'messages[0].content', detector: 'github-token' },
      { path: '["[REDACTED]"]', detector: 'github-token' },
      { path: '["[REDACTED]"].token', detector: 'key:token' },
    ])
    expect(JSON.stringify({ value, redactions })).not.toContain(GITHUB)
    expect(redactor.textWithReport(`a ${GITHUB}`)).toMatchObject({ text: `a ${HIDDEN}`, redactions: [{ path: '' }] })
    expect(redactor.valueWithReport({ a: 1 }).redactions).toEqual([])
  })
})

describe('url', () => {
  it.each([
    ['https://user:pass@example.com/p?x=1', 'https://user:[REDACTED]@example.com/p?x=1'],
    ['https://example.com/p?api_key=abc&x=1&sig=def', 'https://example.com/p?api_key=[REDACTED]&x=1&sig=[REDACTED]'],
    [
      'https://example.com/?X-Amz-Signature=abc&X-Amz-Date=1',
      'https://example.com/?X-Amz-Signature=[REDACTED]&X-Amz-Date=1',
    ],
    ['https://example.com/#access_token=abc', 'https://example.com/#access_token=[REDACTED]'],
    ['https://example.com/?api%5Fkey=abc', 'https://example.com/?api%5Fkey=[REDACTED]'],
    ['/hooks?token=abc', '/hooks?token=[REDACTED]'],
    ['https://example.com:8080/a/b?c=d#e', 'https://example.com:8080/a/b?c=d#e'],
    ['https://example.com/?token=', 'https://example.com/?token='],
    ['not a url password=hunter2', 'not a url password=[REDACTED]'],
    ['', ''],
  ])('shows %s as %s', (given, shown) => {
    expect(redactor.url(given)).toBe(shown)
    expect(redactor.url(shown)).toBe(shown)
  })

  it('takes a URL object, and hides shapes anywhere', () => {
    expect(redactor.url(new URL('https://a:b@example.com/'))).toBe('https://a:[REDACTED]@example.com/')
    expect(redactor.url(`https://${GITHUB}@github.com/a/b`)).toBe('https://[REDACTED]@github.com/a/b')
    const slack = ['https://hooks.slack', '.com/services/T0000/B0000/', 'x'.repeat(24)].join('')
    expect(redactor.url(slack)).toBe('https://hooks.slack.com/services/[REDACTED]')
  })

  it('tells characters outside of ASCII apart from those inside', () => {
    const redactor = createRedactor()
    for (const secret of ['aš1á1šaá1áš1aáš1', 'a1áša1áša1áša1áš'])
      expect(redactor.text(`token=${secret}`)).toBe('token=[REDACTED]')
  })
})

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
