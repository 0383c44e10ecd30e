import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { SECRET_KEYS } from './default-keys.ts'
import { createRedactor } from './redactor.ts'
import { CLOUD_TOKENS } from './tokens/cloud-tokens.ts'
import { FORGE_TOKENS } from './tokens/forge-tokens.ts'
import { MODEL_TOKENS } from './tokens/model-tokens.ts'
import { SERVICE_TOKENS } from './tokens/service-tokens.ts'

// Laws over many and long texts, on a machine that may be busy with others.
vi.setConfig({ testTimeout: 120_000 })

const ROWS = [...FORGE_TOKENS, ...CLOUD_TOKENS, ...MODEL_TOKENS, ...SERVICE_TOKENS]
const LITERALS = ROWS.flatMap(([, literals]) => literals.split(' '))
const REDACTORS = [
  createRedactor(),
  createRedactor({ fingerprintKey: 'k', pseudonymise: { key: 'p' } }),
  createRedactor({ replacement: '***', values: ['known-secret', 'abcd'] }),
  createRedactor({ replacement: 'x', keys: ['*_ref'] }),
]

/** Pieces that mean something to the scanner, in any order. */
const piece = fc.oneof(
  fc.constantFrom(...LITERALS),
  fc.constantFrom(...SECRET_KEYS.map((key) => key.replaceAll('*', 'a'))),
  fc.constantFrom(
    '=',
    ':',
    ': ',
    ' = ',
    '"',
    "'",
    '\\"',
    '\\',
    '\n',
    ' ',
    '{',
    '}',
    '[',
    ']',
    '://',
    '@',
    '<',
    '>',
    ';',
    '&',
    '?',
    '.',
  ),
  fc.constantFrom(
    '[REDACTED]',
    '[REDACTED',
    '***',
    'x',
    'known-secret',
    'a@b.io',
    'Bearer ',
    'eyJ',
    '-----BEGIN ',
    'PRIVATE KEY-----',
    '-----END ',
  ),
  fc.constantFrom('\u200b', '\u00ad', '\u202e', '%3D', '%22', '%2526', ' value="', 'name: ', '\n  - '),
  fc.stringMatching(/^[A-Za-z0-9]{1,40}$/),
  fc.string({ unit: 'binary', maxLength: 5 }),
)
const hostile = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))

describe('laws', () => {
  it.each(REDACTORS.map((redactor, index) => [index, redactor] as const))(
    'twice is once, in text (%i)',
    (_, redactor) => {
      fc.assert(
        fc.property(hostile, (text) => {
          const once = redactor.text(text)
          expect(redactor.text(once)).toBe(once)
        }),
        { numRuns: 3_000 },
      )
    },
  )

  it.each(REDACTORS.map((redactor, index) => [index, redactor] as const))(
    'twice is once, in values (%i)',
    (_, redactor) => {
      const value = fc.anything({
        key: fc.oneof(hostile, fc.constantFrom('token', 'value', 'name', 'properties')),
        values: [hostile, fc.integer()],
      })
      fc.assert(
        fc.property(value, (given) => {
          const before = structuredClone(given)
          const once = redactor.value(given)
          expect(redactor.value(once)).toEqual(once)
          expect(given).toEqual(before)
        }),
        {
          numRuns: 500,
          examples: [
            [{ 'ghp_ghp_ghp_-----END token': 'ghp_' }],
            [{ properties: { 'known-secret': { 'PRIVATE KEY-----': 0, properties: '' } } }],
          ],
        },
      )
    },
  )

  it('gives back by identity what has no secret', () => {
    const clean = fc.jsonValue()
    fc.assert(
      fc.property(clean, (given) => {
        const { value, redactions } = REDACTORS[0]?.valueWithReport(given) ?? { value: undefined, redactions: [] }
        expect(value === given || Number.isNaN(given)).toBe(redactions.length === 0)
      }),
    )
  })
})

describe('speed on hostile text', () => {
  const MARKS = [':', '=', '="', "='", '":', '":"', '":{', '":{"', '":["', '\\":\\"', ': |\n ', '>', '=\\"', '=x&']
  const MEANT = [
    ...['password', 'x_key'].flatMap((key) => MARKS.map((mark) => key + mark)),
    ...[
      'a',
      ' ',
      '"',
      '\\',
      '\\"',
      ':',
      '=',
      '@',
      'a@',
      'a@b',
      '@a.',
      '://',
      '://a',
      '://a:',
      '://a:b',
      '://a:b@',
      '://a@',
    ],
    ...[
      'eyJ',
      'eyJaaaaaaaaaaa-',
      'eyJa.',
      'eyJaaaaaaaaaaaa.',
      '-----BEGIN ',
      '-----BEGIN PRIVATE KEY-----',
      '-----END ',
    ],
    ...[
      'data:image/png;base64,',
      'cookie:',
      'cookie:a=',
      'cookie: a ',
      'bearer ',
      'basic ',
      'basic A',
      'password is ',
      '--password ',
    ],
    ...[
      '"token":{"type":"string","properties":{',
      '"password":{"type":"',
      '[REDACTED]',
      '[',
      '[REDACTED:',
      'abcd',
      'key: key: ',
      'key value: ',
      'name="api_key" value=',
      'a_key:\n  - abc1234\n',
      'a_key:\n- "',
      'a_key%3d',
      '%3d',
      'https://aaaaaaaaaaaaaaaa1@',
      'password=\u200b',
    ],
  ]
  const redactor = createRedactor({ pseudonymise: { key: 'k' }, values: ['abcd1234', 'aaaaaaaaab'] })

  /**
   * Linear work takes some 20 ms at these sizes, quadratic work minutes. Measured is the processor's time of this process,
   * and what takes long must also take longer than its length tells: a busy machine slows down a quarter as well.
   */
  function isSlow(unit: string, size: number): boolean {
    const whole = spentOn(unit.repeat(Math.ceil(size / unit.length)))
    return whole > 500 && whole > 8 * spentOn(unit.repeat(Math.ceil(size / 4 / unit.length)))
  }

  function spentOn(text: string): number {
    const start = process.cpuUsage()
    redactor.text(text)
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1_000
  }

  it('stays linear on whatever means something to it', () => {
    expect(MEANT.filter((unit) => isSlow(unit, 400_000))).toEqual([])
  }, 120_000)

  it.each(['', 'a', `${'a'.repeat(12)} `])(
    'stays linear on literals followed by %j',
    (tail) => {
      const literals = [...new Set(ROWS.map(([, literals]) => literals.split(' ')[0] ?? ''))]
      expect(literals.filter((literal) => isSlow(literal + tail, 200_000))).toEqual([])
    },
    120_000,
  )

  it('stays linear on keys that never repeat', () => {
    const plain = Array.from({ length: 50_000 }, (_, index) => `k${index}x: ${index}`).join('\n')
    const telling = Array.from({ length: 30_000 }, (_, index) => `a${index}_token: v`).join('\n')
    expect([plain, telling].filter((text) => spentOn(text) > 5_000)).toEqual([])
  }, 60_000)
})
