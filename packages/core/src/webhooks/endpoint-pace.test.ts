import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPace } from './endpoint-pace.ts'

describe('the pace of an endpoint', () => {
  test('is a second’s worth at once and then one each interval, for each endpoint by itself', () => {
    const pace = createPace()
    const go = (id: string, now: number) => pace.next(id, { perSecond: 2 }, now)
    expect([go('a', 0), go('a', 0), go('a', 0), go('b', 0)]).toEqual([0, 0, 500, 0])
    expect(pace.held(0)).toEqual(['a'])
    expect(pace.held(500)).toEqual([])
    expect([go('a', 500), go('a', 500)]).toEqual([500, 1_000])
  })

  test('counts who can wait, in turn', () => {
    const pace = createPace()
    const go = () => pace.next('a', { perSecond: 1 }, 0, 2_000)
    expect([go(), go(), go(), go()]).toEqual([0, 1_000, 2_000, 3_000])
    expect(pace.held(0)).toEqual(['a'])
  })

  test('never lets more go in any stretch of time than a second’s worth and the rate allow', () => {
    const rates = fc.integer({ min: 1, max: 50 })
    fc.assert(
      fc.property(rates, fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 200 }), (perSecond, steps) => {
        const pace = createPace()
        const went: number[] = []
        let now = 0
        for (const step of steps) {
          now += step
          if (pace.next('a', { perSecond }, now) <= now) went.push(now)
        }
        for (const [index, from] of went.entries()) {
          for (const [more, to] of went.slice(index).entries()) {
            expect(more + 1).toBeLessThanOrEqual(perSecond + ((to - from) * perSecond) / 1000 + 1)
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  test('is not held up by a clock that ran ahead and came back', () => {
    const pace = createPace()
    const limit = { perSecond: 1 }
    for (let n = 0; n < 5; n += 1) pace.next('a', limit, 1_000_000)
    expect(pace.held(1_000)).toEqual([])
    expect(pace.next('a', limit, 1_000)).toBe(1_000)
  })

  test('is none where there is no limit', () => {
    const pace = createPace()
    for (let n = 0; n < 100; n += 1) expect(pace.next('a', null, 7)).toBe(7)
  })
})
