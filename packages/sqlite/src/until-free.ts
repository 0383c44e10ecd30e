import { setTimeout as pause } from 'node:timers/promises'
import { asStoreError, isBusy } from './errors.ts'

/** Between tries to get a lock, in milliseconds, each drawn between half and all of it. */
const FIRST_PAUSE_MS = 1
const LONGEST_PAUSE_MS = 25

// Taken while the module loads, so that a clock faked later in a host's tests does not stop the store.
const clock = performance

/**
 * Tries again as long as somebody else holds the lock, until `timeoutMs` after `since`. Waiting never blocks the process,
 * for the one who holds the lock may live in this very process.
 */
export async function untilFree<T>(attempt: () => T, timeoutMs: number, since = clock.now()): Promise<T> {
  for (let longest = FIRST_PAUSE_MS; ; longest = Math.min(longest * 2, LONGEST_PAUSE_MS)) {
    try {
      return attempt()
    } catch (error) {
      if (!isBusy(error) || clock.now() >= since + timeoutMs) throw asStoreError(error)
    }
    await pause(longest * (0.5 + Math.random() / 2))
  }
}
