import { describe, expect, it } from 'vitest'
import { createRhythm } from './rhythm.ts'

function setUp() {
  let nudges = 0
  const timers: (() => void)[] = []
  const clock = {
    now: () => 0,
    setTimer(callback: () => void) {
      timers.push(callback)
      return () => timers.splice(timers.indexOf(callback), 1)
    },
  }
  const rhythm = createRhythm(clock, () => nudges++)
  return { rhythm, timers, nudges: () => nudges }
}

describe('the rhythm of a busy worker', () => {
  it('fills places together, once a part of what runs has ended', () => {
    const { rhythm, nudges } = setUp()
    for (let running = 31; running > 26; running--) rhythm.ended(running)
    expect(nudges()).toBe(0)
    rhythm.ended(26)
    rhythm.ended(25)
    expect(nudges()).toBe(1)
  })

  it('leaves no place empty for longer than a moment, whatever goes on running', () => {
    const { rhythm, timers, nudges } = setUp()
    rhythm.ended(50)
    rhythm.ended(49)
    expect(timers).toHaveLength(1)
    timers[0]?.()
    expect(nudges()).toBe(1)
  })

  it('looks at once when the last one has ended', () => {
    const { rhythm, nudges } = setUp()
    rhythm.ended(0)
    expect(nudges()).toBe(1)
  })
})
