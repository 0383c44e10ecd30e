import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HEALTH_RULES } from './health-rules.ts'
import { afterFailure, type HealthState, isPaused, mayProbe, withPermit } from './health-state.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 1)

/** So many failures, one every `everyMs`. */
function failing(count: number, everyMs: number, from: HealthState | null = null, start = START): HealthState {
  let state = from
  for (let n = 0; n < count; n += 1) state = afterFailure(state, start + n * everyMs)
  if (state === null) throw new Error('at least one failure')
  return state
}

describe('the health of an endpoint', () => {
  test('is shaky until the failures are enough and have lasted', () => {
    expect(failing(4, 60_000).phase).toBe('shaky')
    expect(failing(100, 10).phase).toBe('shaky')
    expect(failing(5, 60_000).phase).toBe('failing')
  })

  test('pauses longer after each probe that fails, up to the longest, and not for failures that were under way', () => {
    let state = failing(5, 60_000)
    const pauses: number[] = []
    let now = state.pausedUntil
    for (let n = 0; n < 8; n += 1) {
      state = afterFailure(withPermit(state, 15_000, now), now)
      pauses.push(state.pausedUntil - now)
      now = state.pausedUntil
    }
    expect(pauses).toEqual([60, 120, 240, 480, 900, 900, 900, 900].map((seconds) => seconds * 1000))
    expect(afterFailure(state, now).pausedUntil).toBe(state.pausedUntil)
  })

  test('is disabled after days and failures, neither alone', () => {
    const few = afterFailure(failing(5, 60_000), START + 30 * DAY)
    expect(few.phase).toBe('failing')
    expect(failing(40, 60_000).phase).toBe('failing')
    expect(failing(40, DAY).phase).toBe('disabled')
  })

  test('on probation is disabled again by one failure, for longer', () => {
    const disabled = failing(40, DAY)
    const now = disabled.pausedUntil
    expect(mayProbe(disabled, now - 1)).toBe(false)
    expect(mayProbe(disabled, now)).toBe(true)
    const again = afterFailure({ ...disabled, phase: 'probation', pausedUntil: now }, now)
    expect(again.phase).toBe('disabled')
    expect(again.pausedUntil - now).toBe(2 * HEALTH_RULES.probes.first)
  })

  test('never holds anybody up for a whole day, whatever the clock did', () => {
    const times = fc.array(fc.tuple(fc.integer({ min: -400, max: 400 }), fc.boolean()), { minLength: 1, maxLength: 60 })
    fc.assert(
      fc.property(times, (steps) => {
        let state: HealthState | null = null
        let now = START
        for (const [hours, permit] of steps) {
          now += hours * 3_600_000
          if (state !== null && permit) state = withPermit(state, 15_000, now)
          state = afterFailure(state, now)
          const { phase } = state
          const last = state
          const isHeld = (at: number) => (phase === 'disabled' ? !mayProbe(last, at) : isPaused(last, at))
          expect(isHeld(now) && isHeld(now + DAY)).toBe(false)
        }
      }),
    )
  })
})
