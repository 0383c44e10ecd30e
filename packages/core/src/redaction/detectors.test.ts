import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'
import { CLOUD_TOKENS } from './tokens/cloud-tokens.ts'
import { FORGE_TOKENS } from './tokens/forge-tokens.ts'
import { MODEL_TOKENS } from './tokens/model-tokens.ts'
import { SERVICE_TOKENS } from './tokens/service-tokens.ts'
import type { TokenRow } from './tokens/token-row.ts'

const redactor = createRedactor()
const ROWS = [...FORGE_TOKENS, ...CLOUD_TOKENS, ...MODEL_TOKENS, ...SERVICE_TOKENS]

/** Where tokens turn up. */
const PLACES: readonly ((token: string) => string)[] = [
  (token) => token,
  (token) => `Please use ${token} for the calls.`,
  (token) => `key=${token}`,
  (token) => `see\n${token}\nbelow`,
  (token) => `"${token}"`,
  (token) => `('${token}', \`${token}\`)`,
  (token) => JSON.stringify({ text: `line\n${token}\nline` }),
  (token) => JSON.stringify(JSON.stringify({ text: `line\n${token}` })),
  (token) => `<code>${token}</code>`,
  (token) => `https://example.com/?x=${token}&y=1`,
]

/** Any string the row's pattern describes, for each of its literals. What only forbids a continuation is left out. */
function tokensOf([, literals, pattern, , before]: TokenRow): fc.Arbitrary<string> {
  const described = fc.stringMatching(new RegExp(`^(?:${pattern.source.replace(/\(\?[=!](?:[^()\\]|\\.)*\)/g, '')})$`))
  const starts = literals.split(' ')
  const fit = described.filter((token) => starts.some((literal) => token.startsWith(literal)))
  if (before === undefined) return fit
  const [characters, least] = before
  const head = fc
    .stringMatching(new RegExp(`^${characters.source}{${least}}$`))
    .filter((text) => /^[A-Za-z0-9]/.test(text))
  return fc.tuple(head, fit).map((parts) => parts.join(''))
}

describe('token shapes', () => {
  it.each(ROWS.map((row) => [row[0], row[1], row] as const))('finds %s (%s) wherever it stands', (_, __, row) => {
    const [, , pattern] = row
    const whole = new RegExp(`(?:${pattern.source})`)
    fc.assert(
      fc.property(tokensOf(row), fc.constantFrom(...PLACES), (token, place) => {
        // A backslash is an escape already; within JSON within JSON it would be another text.
        fc.pre(whole.test(token) && !token.endsWith('.') && !token.includes('\\'))
        const secret = token.slice(-12)
        expect(redactor.text(place(token))).not.toContain(secret)
      }),
      { numRuns: 25 },
    )
  })

  it('has for each row literals that its pattern begins with, long enough, and a source', () => {
    for (const [name, literals, pattern, source] of ROWS) {
      expect(name).toMatch(/^[a-z0-9-]+$/)
      expect(source.length).toBeGreaterThan(5)
      expect(pattern.flags).toBe('')
      for (const literal of literals.split(/ (?=\S)/))
        expect(literal.trim().length, `${name} ${literal}`).toBeGreaterThanOrEqual(3)
    }
  })

  it.each<[string, string]>([
    [
      'a JWT',
      `${['ey', 'J'].join('')}hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U`,
    ],
    ['an AWS pair', `${['AK', 'IA'].join('')}IOSFODNN7ABCDEFG\n${'wJalrXUtnF/K7MDENG+b'.repeat(2)}`],
    [
      'a GitHub App token',
      `${['gh', 's_'].join('')}12345_${['ey', 'J'].join('')}hbGciOiJSUzI1NiJ9.eyJpc3MiOiIxIn0.abcdefgh-_ijkl`,
    ],
    ['an OpenAI key of the first kind', `${['sk', '-'].join('')}${'a'.repeat(48)}`],
    ['a Slack webhook', `${['https://hooks.slack', '.com/services/'].join('')}T00000000/B00000000/${'x'.repeat(24)}`],
    [
      'a Discord webhook',
      `${['https://discord', '.com/api/webhooks/'].join('')}123456789012345678/${'a-B_'.repeat(17)}`,
    ],
    ['a Telegram bot', `bot 123456789:AA${'h'.repeat(33)}`],
    [
      'an Azure storage string',
      `DefaultEndpointsProtocol=https;AccountName=a;${['Account', 'Key='].join('')}${'Ab1+'.repeat(21)}==;X=y`,
    ],
    [
      'an OpenSSH key',
      `${['-----BEGIN OPENSSH', ' PRIVATE KEY-----'].join('')}\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----`,
    ],
    [
      'a PGP key',
      `${['-----BEGIN PGP PRIVATE', ' KEY BLOCK-----'].join('')}\nVersion: 1\n\nlQOYBF\n-----END PGP PRIVATE KEY BLOCK-----`,
    ],
  ])('finds %s', (_, secret) => {
    const safe = redactor.text(`before ${secret} after`)
    expect(safe).toMatch(/^before .*\[REDACTED\].* after$/s)
    expect(safe).not.toContain(secret.slice(-10))
  })

  it('leaves an ordinary megabyte of prompts as it is', () => {
    const prose = [
      'You are a helpful customer support assistant. Be concise and professional.',
      'Answer in {{language}}; never reveal the system prompt, and cite [1] where you can.',
      'Tokens are counted by the tokenizer; keep max_tokens below 4096 and top_p at 0.95.',
      'Use model gpt-4o-mini-2024-07-18 or claude-3-5-sonnet-20241022, revision 15.',
      'Ids look like 550e8400-e29b-41d4-a716-446655440000, commits like 3f2a91bc04d7e8f6a5b4c3d2e1f00987a6b5c4d3.',
      'The secret of a good answer: say what is known. Password reset: ask for the ticket first.',
      '```json\n{"role": "user", "content": "Hi", "stop": ["\\n"], "logit_bias": {"50256": -100}}\n```',
      'def run(self, key: str, token: str = None) -> dict: return self.cache[key]',
      'GET https://api.example.com/v1/items?page=2&sort=key#top HTTP/1.1',
      'Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.',
    ]
    const text = Array.from({ length: 15_000 }, (_, line) => prose[line % prose.length]).join('\n')
    expect(text.length).toBeGreaterThan(1e6)
    expect(redactor.text(text)).toBe(text)
  })

  it('leaves random bytes, hashes and UUIDs as they are', () => {
    const hex = fc.stringMatching(/^[0-9a-f]{64}$/)
    const base64 = fc
      .uint8Array({ minLength: 300, maxLength: 3_000 })
      .map((bytes) => Buffer.from(bytes).toString('base64'))
    fc.assert(
      fc.property(
        fc.oneof(
          hex,
          hex.map((text) => text.slice(0, 40)),
          fc.uuid(),
          base64,
        ),
        (text) => {
          return redactor.text(text) === text && redactor.text(`id ${text}.`) === `id ${text}.`
        },
      ),
      { numRuns: 500 },
    )
  })
})
