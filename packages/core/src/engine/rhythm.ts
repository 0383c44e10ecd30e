import type { Clock } from '../ports/clock.ts'

/** When a busy worker looks at the store: often enough to keep its places filled, seldom enough to take many at once. */
export interface Rhythm {
  /** Calls once, after all that is ready in this turn of the event loop. */
  soon(call: () => void): void
  /** A run has ended that others may wait for; so many still run. */
  ended(running: number): void
  /** A look begins. */
  looked(): void
  /** Whether it is time for what need not be part of every look. */
  mayLookAround(): boolean
  stop(): void
}

/** While a worker is busy it looks after retries, schedules and due times so often, milliseconds. */
export const LOOK_AROUND_MS = 50
/** A timer may come a little early. */
const SLACK_MS = 10

/** Places that became free are filled together, but none waits longer than this, milliseconds. */
const GATHER_MS = 5
/** Nor for more than this part of what still runs. */
const GATHER_PART = 4

// Taken while the module loads, so that timers faked later in a host's tests do not stop the worker.
const immediately = setImmediate

export function createRhythm(clock: Required<Clock>, nudge: () => void): Rhythm {
  let waiting = false
  let endings = 0
  let cancel: (() => void) | null = null
  let lookedAround = Number.NEGATIVE_INFINITY

  return {
    soon(call) {
      if (waiting) return
      waiting = true
      immediately(() => {
        waiting = false
        call()
      })
    },
    ended(running) {
      endings++
      if (endings * GATHER_PART >= running) nudge()
      else cancel ??= clock.setTimer(nudge, GATHER_MS)
    },
    looked() {
      endings = 0
      stop()
    },
    mayLookAround() {
      // Real time, whatever the clock: it saves work, it decides nothing.
      const now = performance.now()
      if (now - lookedAround < LOOK_AROUND_MS - SLACK_MS) return false
      lookedAround = now
      return true
    },
    stop,
  }

  function stop(): void {
    cancel?.()
    cancel = null
  }
}
