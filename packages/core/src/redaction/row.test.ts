import { expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'

const { text } = createRedactor()
const secret = ['Zk3v9Qx2', 'LmT7bR5wY1nC'].join('')

it('the value beside a telling key in a table is hidden', () => {
  for (const [head, tail] of [
    ['| api key | ', ' |'],
    ['| API key | `', '` | rotates |'],
    ['| **Client secret** | ', ' |\n| --- | --- |'],
    ['| 1 | access_token | ', ' | x |'],
    ['| `DB_PASSWORD` | ', '|'],
    ['|secret|', ''],
  ])
    expect(text(`| a | b |\n${head}${secret}${tail}`)).toBe(`| a | b |\n${head}[REDACTED]${tail}`)
})

it('what a table says of keys stays', () => {
  for (const row of [
    '| api key | The key, 32 characters |',
    '| max_tokens | 4096 |',
    '| token | string |',
    '| password | required |',
    '| api_key | `{{api_key}}` |',
    '| Access token | [RFC 6750](#rfc6750) |',
    '| secret | text-embedding-3-large |',
    '| token | expires in 30d | 7 |',
    'if (token || a1b2c3d4e5f6 | b) {',
    'type Token = Secret | Base64Url |',
  ])
    expect(text(row)).toBe(row)
})
