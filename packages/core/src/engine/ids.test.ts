import { expect, it } from 'vitest'
import { newId } from './ids.ts'

it('makes ids that sort by time, never repeat and hold no dot', () => {
  const early = newId('evt', 1_000)
  const late = newId('evt', 1_700_000_000_000)
  expect(early < late).toBe(true)
  expect(late).toMatch(/^evt_[0-9a-hjkmnp-tv-z]{26}$/)
  const many = new Set(Array.from({ length: 10_000 }, () => newId('evt', 5)))
  expect(many.size).toBe(10_000)
})

it('begins with the time, ten digits of base 32', () => {
  const digits = '0123456789abcdefghjkmnpqrstvwxyz'
  const timeOf = (id: string) => [...id.slice(4, 14)].reduce((time, digit) => time * 32 + digits.indexOf(digit), 0)
  for (const time of [0, 1, 31, 1_023, 1_024, 2 ** 20 - 1, 2 ** 20, 2 ** 40, 1_763_742_000_123, 2 ** 48 - 1])
    expect(timeOf(newId('evt', time))).toBe(time)
  expect(timeOf(newId('evt', -5))).toBe(0)
})
