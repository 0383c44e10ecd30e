import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { equalText, hmacSha256 } from './hmac.ts'

/** Short, about as long as a block, and past the length from which bodies are signed without a copy. */
const lengths = fc.oneof(fc.nat(70), fc.constantFrom(63, 64, 65, 128, 1_535, 1_536, 1_537, 5_000))
const bytes = lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
/** Lone surrogates among them, which become U+FFFD in UTF-8. */
const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\ud800', '\udc00x', '\u0000', 'é', '🚀', '漢'))
const text = fc.tuple(fc.array(piece), fc.nat(1_600)).map(([pieces, more]) => pieces.join('') + 'a'.repeat(more))
const body = fc.oneof(text, bytes)
const prefix = fc.oneof(fc.constantFrom('', '漢'.repeat(256), '漢'.repeat(257)), piece)

it('is HMAC-SHA256 as node:crypto has it, for keys of any length given in base64', () => {
  fc.assert(
    fc.property(bytes, prefix, body, (key, prefix, body) => {
      const expected = createHmac('sha256', key).update(prefix).update(body).digest('base64')
      for (const alphabet of ['base64', 'base64url'] as const) {
        const written = Buffer.from(key).toString(alphabet)
        expect(hmacSha256(written, prefix, body, 'base64')).toBe(expected)
      }
    }),
    { numRuns: 300 },
  )
})

it('is HMAC-SHA256 as node:crypto has it, for keys that are any text', () => {
  const key = fc.oneof(
    piece,
    fc.nat(130).map((length) => 'k'.repeat(length)),
    fc.array(piece).map((all) => all.join('')),
  )
  fc.assert(
    fc.property(key, prefix, body, (key, prefix, body) => {
      const expected = createHmac('sha256', key).update(prefix).update(body).digest('hex')
      expect(hmacSha256(key, prefix, body, 'hex')).toBe(expected)
    }),
    { numRuns: 300 },
  )
})

it('leaves the body as it was, and signs the part of a buffer that a view shows', () => {
  const whole = Buffer.from('before, the body, after')
  const view = whole.subarray(8, 16)
  const expected = createHmac('sha256', 'k').update('the body').digest('hex')
  expect(hmacSha256('k', '', view, 'hex')).toBe(expected)
  expect(whole.toString()).toBe('before, the body, after')
})

it('takes no text for another that has the same low bytes', () => {
  expect(equalText('AAAA', 'AAAA')).toBe(true)
  for (const other of ['AAAB', 'AAA', 'AAAA=', '\u0141\u0141\u0141\u0141']) expect(equalText(other, 'AAAA')).toBe(false)
})
