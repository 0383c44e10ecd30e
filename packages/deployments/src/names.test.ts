import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { branchSegment, pathSegment } from './names.ts'

describe('pathSegment', () => {
  it('leaves ordinary names as they are', () => {
    for (const name of ['support-bot', 'Support Bot', 'бот', 'v1.2_final', '機器人'])
      expect(pathSegment(name)).toBe(name)
  })

  it('has at most 255 bytes with an ending, and no character cut in half', () => {
    for (const name of ['機'.repeat(120), `x${'\u{20000}'.repeat(80)}`, 'a'.repeat(500)]) {
      const segment = pathSegment(name)
      expect(Buffer.byteLength(`${segment}.json`)).toBeLessThanOrEqual(255)
      expect(Buffer.from(segment).toString()).toBe(segment)
      expect(pathSegment(`${name}!`)).not.toBe(segment)
    }
    expect(pathSegment('機'.repeat(66))).toBe('機'.repeat(66))
  })

  it('never leaves its folder and never makes two names one', () => {
    const names = fc.uniqueArray(
      fc.oneof(fc.string(), fc.constantFrom('a/b', 'a-b', '..', '.', '../x', '', '.git', 'a\\b')),
    )
    fc.assert(
      fc.property(names, (all) => {
        const segments = all.map(pathSegment)
        for (const segment of segments) {
          expect(segment).not.toMatch(/[/\\\0]/)
          expect(segment).not.toMatch(/^\.|^$|[. ]$/)
        }
        expect(new Set(segments).size).toBe(new Set(all).size)
      }),
    )
  })
})

describe('branchSegment', () => {
  it('is always what git takes in a branch', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (name) => {
        const segment = branchSegment(name)
        expect(segment).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]*$/)
        expect(segment).not.toMatch(/\.\.|\.lock$|\.$/)
      }),
    )
  })

  it('keeps different names different', () => {
    const names = ['a b', 'a-b', 'a/b', 'a~b', '', '..', 'x.lock', 'x-lock']
    expect(new Set(names.map(branchSegment)).size).toBe(names.length)
  })
})
