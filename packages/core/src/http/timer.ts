import type { Clock } from '../ports/clock.ts'

/** Calls back once after so many milliseconds; returns what cancels it. */
export type SetTimer = (callback: () => void, milliseconds: number) => () => void

/** Node's limit for one timer, 2^31 - 1 ms; more would fire at once. */
const LONGEST_TIMER = 2_147_483_647

/** The clock's timer, or Node's own, which keeps the process alive: somebody awaits what it ends. */
export function timerOf(clock: Clock | undefined): SetTimer {
  return clock?.setTimer?.bind(clock) ?? systemTimer
}

function systemTimer(callback: () => void, milliseconds: number): () => void {
  const timer = setTimeout(callback, Math.min(milliseconds, LONGEST_TIMER))
  return () => clearTimeout(timer)
}
