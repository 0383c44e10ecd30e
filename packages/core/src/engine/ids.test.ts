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
