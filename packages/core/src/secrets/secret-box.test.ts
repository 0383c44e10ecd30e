import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import { createSecretBox, generateKey, type SecretBox, toSecretBox } from './secret-box.ts'

const refusal = (code: string) => expect.objectContaining({ code })

describe('createSecretBox', () => {
  it('opens whatever it sealed, and never seals the same twice', async () => {
    const box = createSecretBox(generateKey())
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constant('\ud800 alone'),
      fc.constant(''),
      fc.constant('\u0000'),
    )
    await fc.assert(
      fc.asyncProperty(anyText, fc.string(), async (text, context) => {
        const sealed = await box.seal(text, context)
        expect(sealed).toMatch(/^pw1\.[\w-]{8}\.[\w-]+$/)
        expect(await box.seal(text, context)).not.toBe(sealed)
        expect(await box.open(sealed, context)).toBe(text)
      }),
    )
  })

  it('seals with the first key and opens with all of them', async () => {
    const [older, newer] = [generateKey(), generateKey()]
    const before = await createSecretBox(older).seal('token')
    const rotated = createSecretBox([newer, older])
    expect(await rotated.open(before)).toBe('token')
    expect(rotated.resealNeeded(before)).toBe(true)
    const after = await rotated.seal('token')
    expect(rotated.resealNeeded(after)).toBe(false)
    await expect(createSecretBox(older).open(after)).rejects.toEqual(refusal('key-mismatch'))
  })

  it('refuses sealed text that was changed anywhere', async () => {
    const box = createSecretBox(generateKey())
    const sealed = await box.seal('a secret of some length')
    for (let at = 0; at < sealed.length; at++) {
      const other = sealed[at] === 'A' ? 'B' : 'A'
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1)
      // The last character carries unused bits: another spelling of the same bytes is no change.
      if (at === sealed.length - 1) continue
      await expect(box.open(changed), `character ${at}`).rejects.toEqual(refusal('key-mismatch'))
    }
  })

  it.each(['', 'plain', 'pw1.', 'pw1.abcdefgh.', 'pw1.abcdefgh.AAAA', 'pw2.abcdefgh.AAAA'])(
    'refuses %j with key-mismatch',
    async (text) => {
      await expect(createSecretBox(generateKey()).open(text)).rejects.toEqual(refusal('key-mismatch'))
    },
  )

  it('refuses a text too short for its own key id', async () => {
    const box = createSecretBox(generateKey())
    const id = (await box.seal('x')).split('.')[1]
    await expect(box.open(`pw1.${id}.AAAA`)).rejects.toEqual(refusal('key-mismatch'))
  })

  it('binds to the context', async () => {
    const box = createSecretBox(generateKey())
    const sealed = await box.seal('token', 'endpoint:1')
    expect(await box.open(sealed, 'endpoint:1')).toBe('token')
    await expect(box.open(sealed, 'endpoint:2')).rejects.toEqual(refusal('key-mismatch'))
    await expect(box.open(sealed)).rejects.toEqual(refusal('key-mismatch'))
  })

  it.each<[string, unknown]>([
    ['a short key', Buffer.alloc(16, 7).toString('base64')],
    ['a long key', Buffer.alloc(33, 7).toString('base64')],
    ['hex', 'ab'.repeat(32)],
    ['words', 'correct horse battery staple!'],
    ['nothing', ''],
    ['no key', []],
    ['one bad among good ones', [generateKey(), 'c2hvcnQtcGFzcw==']],
    ['a number', [42]],
  ])('refuses %s without echoing it', (_, keys) => {
    const error = caught(() => createSecretBox(keys as string[]))
    expect(isPullwrightError(error) && error.code).toBe('invalid-argument')
    const last = [keys].flat().at(-1)
    if (typeof last === 'string' && last !== '') expect(String(error)).not.toContain(last)
  })

  it('takes url-safe base64 and white space around', async () => {
    const key = Buffer.alloc(32, 0xfb)
    const sealed = await createSecretBox(key.toString('base64')).seal('x')
    expect(await createSecretBox(` ${key.toString('base64url')}\n`).open(sealed)).toBe('x')
  })
})

describe('toSecretBox', () => {
  it('takes keys, a box, or nothing', async () => {
    const key = generateKey()
    const box: SecretBox = { seal: async (text) => text, open: async (text) => text }
    expect(toSecretBox(undefined)).toBeUndefined()
    expect(toSecretBox(box)).toBe(box)
    const sealed = await toSecretBox(key)?.seal('x')
    expect(await toSecretBox([generateKey(), key])?.open(sealed ?? '')).toBe('x')
    expect(() => toSecretBox({} as SecretBox)).toThrow(refusal('invalid-argument'))
  })
})

function caught(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
