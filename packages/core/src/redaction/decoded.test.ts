import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRedactor } from './redactor.ts'

const redactor = createRedactor()
const token = `${['gl', 'pat-'].join('')}Zx9Kq2Lm7PZx9Kq2Lm7P`
const armour = ['PRIVATE', 'KEY'].join(' ')
const body = 'b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ'

describe('what is encoded for an address', () => {
  it.each([
    ['a header', 'Authorization: Bearer x9Kq2Lm7PZx9Kq2Lm7P', 'x9Kq2Lm7PZx9Kq2Lm7P'],
    ['a connection string', 'postgres://app:x9Kq2Lm7P@db:5432/app', 'x9Kq2Lm7P'],
    ['a webhook', `https://hooks.slack${'.com/services/'}T00000000/B00000000/${'x9'.repeat(12)}`, 'x9'.repeat(12)],
    ['a private key', `-----BEGIN ${armour}-----\n${body}\n${body}\n-----END ${armour}-----`, body],
    ['a sentence', `The admin password is Zx9Kq2Lm7P, and ${token} the token`, 'Zx9Kq2Lm7P'],
    ['JSON', JSON.stringify({ note: 'see below', api_key: ['x9Kq2Lm7P'] }), 'x9Kq2Lm7P'],
  ])('is read, once or twice encoded: %s', (_, text, secret) => {
    for (const encoded of [encodeURIComponent(text), encodeURIComponent(encodeURIComponent(text))]) {
      const safe = redactor.text(`see https://a.io/?next=${encoded}&page=2 please`)
      expect(safe).not.toContain(secret)
      expect(safe).toMatch(/^see https:\/\/a\.io\/\?next=.*\[REDACTED\].*&page=2 please$/)
      expect(redactor.text(safe)).toBe(safe)
    }
  })

  it('keeps a value whole that holds what ends it once decoded', () => {
    expect(redactor.text('https://a.io/?token=abc%26def%20ghi&b=1')).toBe('https://a.io/?token=[REDACTED]&b=1')
  })

  it.each(['', 'ä ', '你好 ', '\u{1f511} ', '\ud800 '])(
    'keeps all around it as it was: after %j, and long texts',
    (around) => {
      const encoded = encodeURIComponent('postgres://app:x9Kq2Lm7P@db:5432/app')
      const text = `${`${around}words and `.repeat(2_000)}${encoded} ${around}`
      expect(redactor.text(text)).toBe(text.replace('x9Kq2Lm7P', '[REDACTED]'))
    },
  )

  it('finds keys that are quoted, parted and encoded several times', () => {
    for (const before of [
      '%22api_key%22%3A%22',
      '%2522apiKey%2522%253D',
      '?x=1%26API-KEY%3D',
      '%3Fsig%3D',
      '%253Fsig%253D',
    ]) {
      expect(redactor.text(`${before}v4L1xQ%22 or so`)).toBe(`${before}[REDACTED]%22 or so`)
    }
    for (const clean of [
      '%22sig%22%3Av4L1xQ',
      'a%3Dv4L1xQ',
      '%22%3D%22%3D',
      '%zzname%3Dv4L1xQ',
      'api_key%3D[your key]',
    ]) {
      expect(redactor.text(clean)).toBe(clean)
    }
  })

  it('hides nothing in clean text, however it is encoded', () => {
    const words = fc.stringMatching(/^[a-z ,./?!"{}äö-]{0,80}$/)
    fc.assert(
      fc.property(words, (text) => {
        const encoded = encodeURIComponent(text)
        expect(redactor.text(encoded)).toBe(encoded)
      }),
    )
    for (const text of ['100% sure, 5%2 and %zz%', '%%%25%', 'https://a.io/?q=%E4%BD%A0%E5%A5%BD%20you'])
      expect(redactor.text(text)).toBe(text)
  })
})
