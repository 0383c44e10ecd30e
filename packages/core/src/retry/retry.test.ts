import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isPullwrightError } from '../errors.ts'
import { decideRetry } from './decide.ts'
import { parseRetryAfter } from './parse-retry-after.ts'
import { type RetryScheduleOptions, retrySchedule } from './retry-schedule.ts'

describe('retrySchedule', () => {
  it('waits as the default preset says, then gives up', () => {
    const schedule = retrySchedule('default')
    const waits = [1, 2, 3, 4, 5, 6, 7, 8].map((attempt) => schedule(attempt, 0))
    expect(waits).toEqual([5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 36_000_000, null])
    expect(retrySchedule()(1, 0)).toBe(5_000)
    expect(retrySchedule({})(8, 0)).toBeNull()
  })

  it('retries three times with growing waits as agenta', () => {
    const schedule = retrySchedule('agenta')
    const [first, second, third, fourth] = [1, 2, 3, 4].map((attempt) => schedule(attempt, 0))
    expect(second).toBeGreaterThan(first as number)
    expect(third).toBeGreaterThan(second as number)
    expect(fourth).toBeNull()
  })

  it('grows from base by factor up to max', () => {
    const schedule = retrySchedule({ base: 1_000, factor: 3, max: 5_000, attempts: 5, jitter: 0 })
    expect([1, 2, 3, 4, 5].map((attempt) => schedule(attempt))).toEqual([1_000, 3_000, 5_000, 5_000, null])
  })

  it('counts the first try among attempts, and repeats the last delay when attempts ask for more', () => {
    expect(retrySchedule({ delays: [10, 20], attempts: 1 })(1)).toBeNull()
    const schedule = retrySchedule({ delays: [10, 20], attempts: 5, jitter: false })
    expect([1, 2, 3, 4, 5].map((attempt) => schedule(attempt))).toEqual([10, 20, 20, 20, null])
    expect(retrySchedule({ delays: [] })(1)).toBeNull()
    expect(retrySchedule({ delays: [7], attempts: Number.POSITIVE_INFINITY, jitter: 0 })(1e9)).toBe(7)
  })

  it('takes random as a number or a function', () => {
    const schedule = retrySchedule({ delays: [1_000], jitter: 0.5 })
    expect(schedule(1, 0.5)).toBe(1_250)
    expect(schedule(1, () => 0.5)).toBe(1_250)
    expect(schedule(1)).toBeGreaterThanOrEqual(1_000)
  })

  it('never comes earlier than the schedule, and never later than the jitter allows', () => {
    const options = fc.record({
      base: fc.integer({ min: 0, max: 1e9 }),
      factor: fc.double({ min: 1, max: 10, noNaN: true }),
      max: fc.integer({ min: 0, max: 1e9 }),
      attempts: fc.integer({ min: 1, max: 3_000 }),
    })
    const chance = fc.double({ min: 0, max: 0.999, noNaN: true })
    fc.assert(
      fc.property(options, chance, chance, fc.integer({ min: 1, max: 3_000 }), (given, jitter, random, attempt) => {
        const plain = retrySchedule({ ...given, jitter: 0 })(attempt)
        const spread = retrySchedule({ ...given, jitter })(attempt, random)
        if (plain === null || spread === null) return plain === spread && attempt >= given.attempts
        return (
          Number.isInteger(spread) && spread >= plain && spread <= Math.ceil(plain * (1 + jitter)) && plain <= given.max
        )
      }),
    )
  })

  it.each<[string, unknown]>([
    ['an unknown preset', 'svix'],
    ['the name of a built-in property', 'constructor'],
    ['null', null],
    ['a negative delay', { delays: [-1] }],
    ['a delay that is no number', { delays: ['5s'] }],
    ['delays beside base', { delays: [1], base: 1 }],
    ['no whole attempts', { base: 1, attempts: 1.5 }],
    ['no attempts', { base: 1, attempts: 0 }],
    ['a shrinking factor', { base: 1, factor: 0.5 }],
    ['an endless factor', { base: 1, factor: Number.POSITIVE_INFINITY }],
    ['a base that is NaN', { base: Number.NaN }],
    ['jitter over 1', { base: 1, jitter: 2 }],
    ['jitter below 0', { base: 1, jitter: -0.1 }],
  ])('refuses %s', (_, options) => {
    expect(() => retrySchedule(options as RetryScheduleOptions)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    )
    expect(isPullwrightError(catching(() => retrySchedule(options as RetryScheduleOptions)))).toBe(true)
  })
})

describe('decideRetry', () => {
  const schedule = retrySchedule({ delays: [1_000, 2_000], jitter: 0 })
  const now = 1_000_000

  it('follows the schedule, then is dead with the count', () => {
    expect(decideRetry({ attempt: 1, schedule, now })).toEqual({ kind: 'retry', dueAt: now + 1_000 })
    expect(decideRetry({ attempt: 2, schedule, now })).toEqual({ kind: 'retry', dueAt: now + 2_000 })
    expect(decideRetry({ attempt: 3, schedule, now })).toEqual({ kind: 'dead', reason: 'gave up after 3 attempts' })
    expect(decideRetry({ attempt: 3, schedule, now, afterMs: 5 }).kind).toBe('dead')
  })

  it('takes what was asked for as a floor, capped', () => {
    expect(decideRetry({ attempt: 1, schedule, now, afterMs: 10 })).toEqual({ kind: 'retry', dueAt: now + 1_000 })
    expect(decideRetry({ attempt: 1, schedule, now, afterMs: 9_000 })).toEqual({ kind: 'retry', dueAt: now + 9_000 })
    const capped = decideRetry({ attempt: 1, schedule, now, afterMs: Number.POSITIVE_INFINITY, maxAfterMs: 5_000 })
    expect(capped).toEqual({ kind: 'retry', dueAt: now + 5_000 })
    expect(decideRetry({ attempt: 1, schedule, now, afterMs: Number.NaN })).toEqual({
      kind: 'retry',
      dueAt: now + 1_000,
    })
  })

  it('takes what was asked for exactly where told so', () => {
    const asked = { attempt: 1, schedule, now, afterIs: 'exact' } as const
    expect(decideRetry({ ...asked, afterMs: 10 })).toEqual({ kind: 'retry', dueAt: now + 10 })
    expect(decideRetry({ ...asked, afterMs: -10 })).toEqual({ kind: 'retry', dueAt: now })
    expect(decideRetry(asked)).toEqual({ kind: 'retry', dueAt: now + 1_000 })
  })
})

describe('parseRetryAfter', () => {
  const now = Date.UTC(2025, 10, 20, 10, 30, 0)

  it.each<[string | number | null | undefined, number | null]>([
    ['120', 120_000],
    [' 7 ', 7_000],
    [30, 30_000],
    ['0', 0],
    ['1.5', 1_500],
    ['99999999999999999999', 86_400_000],
    ['Thu, 20 Nov 2025 10:31:00 GMT', 60_000],
    ['Thursday, 20-Nov-25 10:31:00 GMT', 60_000],
    ['Thu Nov 20 10:31:00 2025', 60_000],
    ['Thu, 20 Nov 2025 10:29:00 GMT', 0],
    ['Thu, 20 Nov 2125 10:29:00 GMT', 86_400_000],
    ['', null],
    ['-5', null],
    ['soon', null],
    ['2025-11-20T10:31:00Z', null],
    ['Thu, 99 Foo 2025', null],
    [null, null],
    [undefined, null],
  ])('reads %j as %j', (header, milliseconds) => {
    expect(parseRetryAfter(header, now)).toBe(milliseconds)
    expect(parseRetryAfter(header, new Date(now))).toBe(milliseconds)
  })

  it('caps at what the caller allows', () => {
    expect(parseRetryAfter('120', now, 5_000)).toBe(5_000)
  })
})

function catching(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
