import { expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'

const { text } = createRedactor()
const secret = ['Zk3v9Qx2', 'LmT7bR5wY1nC'].join('')

it.each([
  [`api_key：${secret}`, 'api_key：[REDACTED]'],
  [`請用 API key： ${secret}，然後登入。`, '請用 API key： [REDACTED]，然後登入。'],
  [`client_secret＝${secret}`, 'client_secret＝[REDACTED]'],
  [`api_key => ${secret}`, 'api_key => [REDACTED]'],
  [`'api_key' => '${secret}',`, "'api_key' => '[REDACTED]',"],
  [`api_key -> ${secret}`, 'api_key -> [REDACTED]'],
  [`("api_key" -> "${secret}")`, '("api_key" -> "[REDACTED]")'],
])('between key and value may stand another separator: %s', (given, safe) => {
  expect(text(given)).toBe(safe)
})

it.each([
  'token：最多4096个token，不要超过2次',
  '密码password：至少8位A-Z和0-9',
  '$this->token->value1Abc2Def3',
  '$token->getValue1(a)',
  'def load(self, token) -> Dict1Abc2Def3:',
  'fn secret(key: &str) -> Result2<Abc1>',
  'token -> next_token(4)',
  '"secret" -> secret.name',
  'token --> a1b2c3d4e5f6',
])('what is no assignment stays: %s', (given) => {
  expect(text(given)).toBe(given)
})

it('in a text that is JSON a bare value ends with its line', () => {
  const given = `{"a": "password: ${secret}.\\nTIMEOUT_MS=25"`
  expect(text(given)).toBe(given.replace(secret, '[REDACTED]'))
})

it('a parameter that a schema inside a text describes stays, and its value does not', () => {
  const schema = `Tool: ${JSON.stringify(JSON.stringify({ password: { type: 'string', minLength: 8 } }))} end`
  expect(text(schema)).toBe(schema)
  expect(text(schema.replace('8', `8, \\"default\\": \\"${secret}\\"`))).not.toContain(secret)
})
